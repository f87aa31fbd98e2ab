"""How an API server is reached: address, TLS and credentials, by the official client.

Only its configuration and its pool of connections are used. Answers are read as plain JSON, because
its models refuse what older servers say. It is imported when the first connection is made: that
costs 0.5 s and 22 MB.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import urllib3
import yaml

from finops.domain.errors import FinOpsError, OutsideWorldFailed, TryAgainLater, WillNeverWork

# A credential plugin that waits for a browser or a second factor never comes back.
CREDENTIAL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Connection:
    """An open door to one API server. `authorization` is asked before each request."""

    host: str
    pool: urllib3.PoolManager
    authorization: Callable[[], str | None]

    def open(self, path: str, *, connect_seconds: float, read_seconds: float) -> Any:
        """Ask for a path and return urllib3's response, its body still unread.

        Nothing is retried and no redirect followed, so credentials go nowhere else. Raises what
        urllib3 raises.
        """
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if value := self.authorization():
            headers["Authorization"] = value
        return self.pool.request(
            "GET",
            f"{self.host.rstrip('/')}{path}",
            headers=headers | {"User-Agent": "finops-bot"},
            timeout=urllib3.Timeout(connect=connect_seconds, read=read_seconds),
            retries=False,
            redirect=False,
            preload_content=False,
        )


# Called for each reading, and once more when the server no longer accepts the credentials.
Connect = Callable[[], Connection]


def from_kubeconfig(context: str = "", kubeconfig: str = "") -> Connect:
    """Connects as kubectl does: the context (else the current one) of a kubeconfig file.

    Without a path, KUBECONFIG and then ~/.kube/config say where it is. The file is read anew each
    time, so a new login is noticed. Exec plugins run. Raises WillNeverWork, or TryAgainLater when
    a plugin hangs.
    """
    name = f"the kubeconfig context {context}" if context else "the kubeconfig's current context"

    def load() -> Connection:
        from kubernetes.client.configuration import Configuration
        from kubernetes.config import kube_config

        configuration = Configuration()
        kube_config.load_kube_config(  # type: ignore[no-untyped-call]  # it has no types
            config_file=kubeconfig or None,
            context=context or None,
            client_configuration=configuration,
            persist_config=False,
        )
        connection = from_configuration(configuration)
        _check_credentials(configuration, name, context)
        return connection

    return lambda: _within(CREDENTIAL_SECONDS, load, name)


def in_cluster() -> Connect:
    """Connects from inside, with the token of the pod's service account."""

    def load() -> Connection:
        from kubernetes.client.configuration import Configuration
        from kubernetes.config import incluster_config

        configuration = Configuration()
        incluster_config.load_incluster_config(  # type: ignore[no-untyped-call]  # it has no types
            client_configuration=configuration
        )
        return from_configuration(configuration)

    return lambda: _within(CREDENTIAL_SECONDS, load, "the pod's service account")


def from_configuration(configuration: Any) -> Connection:
    """A connection with the address, TLS and credentials of the client's Configuration."""
    from kubernetes.client.rest import RESTClientObject
    from kubernetes.config.config_exception import ConfigException

    def authorization() -> str | None:
        try:
            found = configuration.auth_settings().get("BearerToken")
        except (ConfigException, OSError) as error:
            raise WillNeverWork(f"its token could not be renewed: {_short(error)}") from error
        return found["value"] if found else None

    pool = RESTClientObject(configuration).pool_manager
    return Connection(configuration.host, pool, authorization)


def _check_credentials(configuration: Any, name: str, context: str) -> None:
    """A failing plugin is only logged by the client, which then asks as nobody."""
    is_open = configuration.host.startswith("http://")
    if not (is_open or configuration.auth_settings() or configuration.cert_file):
        flag = f" --context {context}" if context else ""
        raise WillNeverWork(
            f"{name} yields no credentials; run `kubectl{flag} get --raw /version` to see why."
        )


def _within(seconds: float, load: Callable[[], Connection], name: str) -> Connection:
    """The connection, or an error after that time; the stuck thread ends with the process."""
    answers: queue.SimpleQueue[Connection | FinOpsError] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_loaded(load, name)), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TryAgainLater(
            f"The credentials of {name} did not come within {seconds:g} s; a plugin that asks a "
            "person cannot be used by a bot."
        ) from None
    if isinstance(answer, FinOpsError):
        raise answer
    return answer


def _loaded(load: Callable[[], Connection], name: str) -> Connection | FinOpsError:
    from kubernetes.config.config_exception import ConfigException

    try:
        return load()
    except OutsideWorldFailed as error:
        return error
    except ConfigException as error:
        return WillNeverWork(f"Credentials could not be read from {name}: {_short(error)}.")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        # A kubeconfig of a wrong shape fails inside the client with whatever it stumbles over.
        return WillNeverWork(
            f"The settings of {name} could not be read ({type(error).__name__}); check the file."
        )


def _short(error: Exception) -> str:
    return "".join(c for c in str(error) if c.isprintable())[:200].rstrip(".")
