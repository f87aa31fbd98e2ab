"""What went wrong with AWS, sorted by what a person does about it, and said in few sentences."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from finops.domain.estate import Gap
from finops.sources.aws.answers import printable
from finops.sources.aws.calls import Call

SOURCE = "AWS inventory"
POLICY = "deploy/aws-iam-policy.json"
# The last: something that is not AWS answered, such as a proxy with a page of its own.
AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError)
AwsError: TypeAlias = ClientError | BotoCoreError | ResponseParserError


class Failed(StrEnum):
    """Why a call has no answer."""

    DENIED = "denied"
    FORBIDDEN = "forbidden by an explicit deny"
    CREDENTIALS = "bad credentials"
    REGION_OFF = "region not enabled"
    NO_SERVICE = "no such service there"
    UNREACHABLE = "no answer"
    THROTTLED = "throttled"
    OTHER = "another error"


_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "UnauthorizedOperation",
    "Client.UnauthorizedOperation",
}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_KEY = {
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_THROTTLED = {
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_NO_LOGIN = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
# Endings of the codes that say that a thing went away between two calls.
_GONE = ("NotFound", "NotFoundException", "NotFoundFault", "NoSuchBucket", "NoSuchEntity")


@dataclass(frozen=True, slots=True)
class Failure:
    """One call that failed in one region; `code` is AWS's word or the error's name."""

    call: Call
    region: str
    kind: Failed
    code: str


def code_of(error: AwsError) -> str:
    """AWS's error code, or the name of botocore's error."""
    if isinstance(error, ClientError):
        return printable(str(error.response.get("Error", {}).get("Code", "") or "no code"))
    return type(error).__name__


def is_gone(error: AwsError) -> bool:
    """Whether it says that the thing asked about no longer exists."""
    return isinstance(error, ClientError) and code_of(error).endswith(_GONE)


def kind_of(error: AwsError) -> Failed:
    """Sort an error that came although the account's credentials have just worked.

    A region that is not enabled refuses the same credentials that work elsewhere, and has no code
    of its own for it (EC2: AuthFailure, others UnrecognizedClientException).
    """
    code = code_of(error)
    if isinstance(error, _NO_LOGIN) or code in _EXPIRED or is_about_role(error):
        return Failed.CREDENTIALS
    if isinstance(error, (HTTPClientError, NoConnection)):
        return Failed.UNREACHABLE
    if code in _DENIED:
        return Failed.FORBIDDEN if "explicit deny" in str(error) else Failed.DENIED
    if code in _UNKNOWN_KEY or code == "OptInRequired":
        return Failed.REGION_OFF
    return Failed.THROTTLED if code in _THROTTLED else Failed.OTHER


def is_about_role(error: AwsError) -> bool:
    """Whether it came while a role was assumed, before the call itself."""
    return isinstance(error, ClientError) and error.operation_name == "AssumeRole"


def gaps_from(who: str, failures: Iterable[Failure]) -> list[Gap]:
    """One gap for each reason: equal failures of many calls and regions are one sentence.

    Calls that failed alike in the same regions come together, so seventeen regions that refuse
    everything are one sentence, and one region that refuses volumes only is another.
    """
    regions: dict[tuple[Failed, str, Call], list[str]] = defaultdict(list)
    for failure in sorted(failures, key=_order):
        regions[failure.kind, failure.code, failure.call].append(failure.region)
    calls: dict[tuple[Failed, str, tuple[str, ...]], list[Call]] = defaultdict(list)
    for (kind, code, call), where in regions.items():
        calls[kind, code, tuple(sorted(set(where)))].append(call)
    return [
        _gap(who, kind, code=code, regions=where, calls=found)
        for (kind, code, where), found in calls.items()
    ]


def _order(failure: Failure) -> tuple[str, ...]:
    """Threads fail in any order; people read the same sentence each day."""
    call = failure.call
    return failure.kind, failure.code, call.service, call.operation, call.reads, failure.region


def _gap(
    who: str, kind: Failed, *, code: str, regions: Sequence[str], calls: Sequence[Call]
) -> Gap:
    sentence = _SENTENCES[kind].format(
        who=who,
        code=code,
        where=", ".join(regions),
        services=_listed(call.service for call in calls),
        reads=_listed(call.reads for call in calls),
        actions=_listed(call.action for call in calls),
        policy=POLICY,
    )
    hidden = frozenset(call.hides for call in calls if call.hides)
    return Gap(SOURCE, sentence, hides=frozenset() if kind is Failed.NO_SERVICE else hidden)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


_SENTENCES = {
    Failed.DENIED: "{who} may not read {reads} in {where}: allow the IAM actions {actions} "
    "({policy}).",
    Failed.FORBIDDEN: "{who} may not read {reads} in {where}: a policy denies {actions} explicitly "
    "(a service control policy, a permissions boundary or the resource's own policy), so allowing "
    "it in the role does not help.",
    Failed.CREDENTIALS: "The credentials of {who} ended while it was read ({code}), so {reads} in "
    "{where} are missing. Use a role that the bot assumes: its credentials renew themselves.",
    Failed.REGION_OFF: "{where} refused credentials of {who} that work elsewhere ({code}): enable "
    "the region for the account or take it out of `regions`.",
    Failed.NO_SERVICE: "AWS offers no {services} in {where}, so {who} has none there.",
    Failed.UNREACHABLE: "{services} in {where} did not answer for {who} ({code}), so {reads} are "
    "missing. Check network, proxy and VPC endpoints.",
    Failed.THROTTLED: "AWS throttled {actions} of {who} in {where} until it was given up ({code}), "
    "so {reads} are missing until the next cycle.",
    Failed.OTHER: "{actions} failed for {who} in {where} ({code}), so {reads} are missing.",
}
