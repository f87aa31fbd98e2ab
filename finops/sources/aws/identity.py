"""Whose credentials these are: asked first, so that bad ones are one sentence, not hundreds."""

from dataclasses import dataclass

from botocore.exceptions import NoCredentialsError

from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.sources.aws.answers import printable
from finops.sources.aws.calls import IDENTITY
from finops.sources.aws.clients import Clients
from finops.sources.aws.failures import (
    AWS_ERRORS,
    AwsError,
    Failed,
    code_of,
    is_about_role,
    kind_of,
)

TRUST = "deploy/aws-iam-trust.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """The account's id (twelve digits), its partition (`aws`, `aws-cn`, `aws-us-gov`), who asks."""

    account: str
    partition: str
    arn: str


def identify(clients: Clients, region: str, *, who: str) -> Identity:
    """Ask STS, which needs no permission.

    Raises WillNeverWork for missing, expired or refused credentials, TryAgainLater when STS did
    not answer; both say what to do.
    """
    try:
        answer = clients(IDENTITY.service, region).get_caller_identity()
    except AWS_ERRORS as error:
        raise login_error(error, who) from error
    arn = printable(answer["Arn"])
    return Identity(answer["Account"], arn.split(":")[1], arn)


def login_error(error: AwsError, who: str) -> OutsideWorldFailed:
    """What to do about credentials that do not work."""
    code = code_of(error)
    if isinstance(error, NoCredentialsError):
        return WillNeverWork(
            f"There are no AWS credentials for {who}: give the bot a role (IRSA, an instance "
            "profile), set `profile`, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if is_about_role(error):
        return WillNeverWork(
            f"The role of {who} could not be assumed ({code}): its trust policy must name the "
            f"bot's own identity and the same external id ({TRUST}), and that identity needs "
            "sts:AssumeRole on the role."
        )
    if kind_of(error) in (Failed.CREDENTIALS, Failed.REGION_OFF):
        return WillNeverWork(
            f"AWS refused the credentials of {who} ({code}): they are expired or wrong. Renew "
            "them, or use a role that the bot assumes: its credentials renew themselves."
        )
    return TryAgainLater(f"AWS did not say who {who} is ({code}); check network and proxy.")
