"""Sessions and clients: whose credentials, one client a service and region, made once."""

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)

from finops.domain.errors import InvalidInput

SESSION_NAME = "finops-bot"
# What a person reads in CloudTrail, and where AWS counts the calls.
USER_AGENT = "finops-bot"
# Threads that share one client; more would wait for a connection.
CONNECTIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Whose credentials are used: AWS's own chain or a named profile, then a role if there is one.

    `region` is where STS is asked; `endpoint_url` replaces AWS in tests.
    """

    profile: str = ""
    role_arn: str = ""
    external_id: str = ""
    region: str = ""
    endpoint_url: str = ""


def session_for(login: Login) -> Any:
    """A boto3 session whose credentials renew themselves while it is used.

    Nothing is asked yet: missing credentials and refused roles show at the first call. Raises
    InvalidInput for a profile that is in no configuration file.
    """
    base = botocore.session.Session(profile=login.profile or None)
    if login.profile and login.profile not in base.available_profiles:
        known = ", ".join(sorted(base.available_profiles)) or "there is none"
        raise InvalidInput(f"AWS knows no profile {login.profile!r}; configured are: {known}.")
    if not login.role_arn:
        return boto3.Session(botocore_session=base)
    assumed = botocore.session.Session()
    resolver = CredentialResolver(providers=[_Role(base, login)])
    assumed.register_component("credential_provider", resolver)
    region = login.region or base.get_config_variable("region")
    return boto3.Session(botocore_session=assumed, region_name=region)


class _Role(CredentialProvider):  # type: ignore[misc] # botocore ships no types
    """The credentials of a role, assumed with those of another session when first needed."""

    METHOD = "assume-role"

    def __init__(self, base: Any, login: Login) -> None:
        super().__init__()
        self._base, self._login = base, login

    def load(self) -> Any:
        login = self._login
        source = self._base.get_credentials()
        if source is None:
            return None
        extra = {"RoleSessionName": SESSION_NAME}
        if login.external_id:
            extra["ExternalId"] = login.external_id
        create = partial(
            self._base.create_client,
            region_name=login.region or self._base.get_config_variable("region") or "us-east-1",
            endpoint_url=login.endpoint_url or None,
        )
        fetcher = AssumeRoleCredentialFetcher(create, source, login.role_arn, extra_args=extra)
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, self.METHOD)


@dataclass(slots=True)
class Clients:
    """Makes each client once and shares it between threads; called as `clients(service, region)`.

    A client waits at most 5 s to connect and `read_seconds` for an answer, and slows down when it
    is throttled (botocore's adaptive mode); after `tries` failed tries it gives up.
    """

    session: Any = None
    endpoint_url: str = ""
    tries: int = 6
    read_seconds: float = 30
    _made: dict[tuple[str, str], Any] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __call__(self, service: str, region: str) -> Any:
        """The client of a service in a region; sessions are not thread-safe, so one by one."""
        with self._lock:
            key = (service, region)
            if key not in self._made:
                self._made[key] = self._make(service, region)
            return self._made[key]

    def forget(self, region: str) -> None:
        """Close the clients of a region; 13 services in 20 regions would keep 160 MB (measured)."""
        with self._lock:
            closed = [self._made.pop(key) for key in list(self._made) if key[1] == region]
        for client in closed:
            client.close()

    @property
    def home_region(self) -> str:
        """The region of the session, where the account as a whole is asked."""
        with self._lock:
            return self._opened().region_name or "us-east-1"

    def knows_service(self, service: str, region: str) -> bool:
        """Whether AWS offers that service there, as botocore's own list says."""
        with self._lock:
            session = self._opened()
            partition = session.get_partition_for_region(region)
            return region in session.get_available_regions(service, partition_name=partition)

    def _make(self, service: str, region: str) -> Any:
        config = Config(
            retries={"mode": "adaptive", "total_max_attempts": self.tries},
            connect_timeout=5,
            read_timeout=self.read_seconds,
            max_pool_connections=CONNECTIONS,
            user_agent_extra=USER_AGENT,
        )
        return self._opened().client(
            service, region_name=region, endpoint_url=self.endpoint_url or None, config=config
        )

    def _opened(self) -> Any:
        if self.session is None:
            self.session = boto3.Session()
        return self.session
