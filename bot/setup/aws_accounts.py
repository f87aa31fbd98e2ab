"""The AWS accounts that credentials on this machine open, each asked for its number once."""

from collections.abc import Iterable
from concurrent.futures import wait
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bot.side_by_side import started

MOST_PROFILES = 20
WAIT_SECONDS = 10
# No second try: credentials that do not answer now are not visible.
_QUICK = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
_NO_REGION = "us-east-1"  # STS needs one, and any will do


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """An account number and the profile that opens it; an empty profile is AWS's own chain."""

    number: str
    profile: str = ""


def visible_accounts() -> tuple[AwsAccount, ...]:
    """One entry an account, the default credentials first; what does not answer is left out."""
    named = [name for name in boto3.session.Session().available_profiles if name.isprintable()]
    profiles = ["", *named[:MOST_PROFILES]]
    asked = [
        started(lambda name=name: account_of(name), name=f"aws {name}")  # type: ignore[misc]  # mypy infers no lambda with defaults
        for name in profiles
    ]
    wait(asked, timeout=WAIT_SECONDS)
    return one_each(future.result() for future in asked if future.done())


def account_of(profile: str) -> AwsAccount | None:
    """Whose credentials these are (`sts:GetCallerIdentity`, which needs no permission)."""
    try:
        session = boto3.session.Session(profile_name=profile or None)
        region = session.region_name or _NO_REGION
        identity = session.client("sts", region_name=region, config=_QUICK).get_caller_identity()
    except (BotoCoreError, ClientError):
        return None
    return AwsAccount(str(identity["Account"]), profile)


def one_each(accounts: Iterable[AwsAccount | None]) -> tuple[AwsAccount, ...]:
    """The first way into each account."""
    found: dict[str, AwsAccount] = {}
    for account in accounts:
        if account is not None:
            found.setdefault(account.number, account)
    return tuple(found.values())
