"""What went wrong with Cost Explorer, said so that a person knows what to do about it."""

from typing import TypeAlias

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork

POLICY = "deploy/aws-iam-policy.json"
AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError)
AwsError: TypeAlias = ClientError | BotoCoreError | ResponseParserError

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidSignatureException",
}
_THROTTLED = {
    "LimitExceededException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
}
_BUSY = {
    "InternalFailure",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "InternalServerError",
}
# What the messages of DataUnavailableException and of a new account say.
_NOT_ENABLED = ("not enabled for cost explorer", "user not enabled")


def code_of(error: AwsError) -> str:
    """AWS's error code, or the name of botocore's error."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        return "".join(c for c in code if c.isprintable())[:60] or "no code"
    return type(error).__name__


def is_throttled(error: AwsError) -> bool:
    """Whether the same request may work in a moment."""
    return code_of(error) in _THROTTLED


def failure_of(error: AwsError, *, action: str) -> OutsideWorldFailed:
    """The error of this program; `action` is the IAM action that was needed."""
    code, said = code_of(error), str(error).lower()
    if any(words in said for words in _NOT_ENABLED):
        return WillNeverWork(
            "Cost Explorer is not enabled in this account: open it once in the Billing console; "
            "AWS then needs 24 hours to prepare it. A member account needs the management account "
            "to allow it."
        )
    if code in _DENIED:
        return WillNeverWork(_denied(action, is_explicit="explicit deny" in said))
    if isinstance(error, NoCredentialsError) or code in _CREDENTIALS:
        return WillNeverWork(
            f"AWS took no credentials for Cost Explorer ({code}): give a role, a profile or "
            "environment variables under cost_explorer in finops.yaml, or renew them."
        )
    if code in _THROTTLED:
        return TryAgainLater(
            "AWS throttles Cost Explorer for this account (it allows about five requests a second "
            "for all its users together); ask again in a minute.",
            after_seconds=60,
        )
    return _other(error, code)


def _denied(action: str, *, is_explicit: bool) -> str:
    if is_explicit:
        return (
            f"A policy denies {action} explicitly (a service control policy or a permissions "
            "boundary), so allowing it in the role does not help; ask whoever owns that policy."
        )
    return (
        f"AWS does not let the bot ask Cost Explorer: allow the IAM action {action} ({POLICY}); "
        "in a member account the management account must also activate IAM access to billing."
    )


def _other(error: AwsError, code: str) -> OutsideWorldFailed:
    if code == "DataUnavailableException":
        return WillNeverWork(
            "Cost Explorer has no data for that: an account needs about a month of history for a "
            "forecast, and keeps 14 months of days."
        )
    if code == "BillExpirationException":
        return WillNeverWork("Cost Explorer no longer has that period; it keeps 14 months.")
    if isinstance(error, NoConnection) or code in _BUSY or "Timeout" in code:
        return TryAgainLater(
            f"Cost Explorer did not answer ({code}); check network and proxy, or ask again later.",
            after_seconds=60,
        )
    return WillNeverWork(f"Cost Explorer refused the question ({code}).")
