"""An EKS cluster through AWS: its address from the EKS API, its token signed by STS.

The token is a presigned GetCallerIdentity URL that names the cluster, in base64 behind
`k8s-aws-v1.`; EKS accepts it for 15 minutes (aws-iam-authenticator, "API Authorization from Outside
a Cluster"). Signing needs no request, so a new one is made after 10.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.signers import RequestSigner

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.sources.kubernetes.connection import Connect, Connection, from_configuration

TOKEN_SECONDS = 600
_CLUSTER_HEADER = "x-k8s-aws-id"
_PASSING = {"ThrottlingException", "Throttling", "ServerException", "ServiceUnavailableException"}
_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "adaptive"})


def from_eks(
    name: str, region: str, *, role_arn: str = "", session: Any = None, endpoint_url: str = ""
) -> Connect:
    """Connects to the EKS cluster of that name, as `role_arn` where one is given.

    `session` is a boto3 session; without one, boto3's usual chain is used. Raises WillNeverWork
    with the IAM action to allow, or TryAgainLater.
    """

    def connect() -> Connection:
        try:
            owner = _session(session, region, role_arn, endpoint_url)
            eks = owner.client(
                "eks", region_name=region, endpoint_url=endpoint_url or None, config=_CONFIG
            )
            described = eks.describe_cluster(name=name)["cluster"]
            if not described.get("endpoint"):
                status = described.get("status", "unknown")
                raise TryAgainLater(
                    f"EKS cluster {name} in {region} has no address yet ({status})."
                )
            return connection_to(described, EksToken(lambda: presigned(owner, name, region)))
        except (ClientError, BotoCoreError) as error:
            raise _failure(error, name, region) from error

    return connect


@dataclass(slots=True)
class EksToken:
    """The Authorization header, signed anew after ten minutes."""

    sign: Callable[[], str]
    clock: Callable[[], float] = time.monotonic
    _value: str = field(default="", init=False)
    _signed_at: float = field(default=0.0, init=False)

    def __call__(self) -> str:
        """`Bearer k8s-aws-v1.…`; raises WillNeverWork when the AWS credentials are gone."""
        if not self._value or self.clock() - self._signed_at >= TOKEN_SECONDS:
            try:
                self._value, self._signed_at = f"Bearer {self.sign()}", self.clock()
            except (ClientError, BotoCoreError) as error:
                raise WillNeverWork(
                    f"no token could be signed ({type(error).__name__}); check the AWS credentials"
                ) from error
        return self._value


def presigned(session: Any, cluster: str, region: str) -> str:
    """The token for a cluster, by the session's credentials."""
    sts = session.client("sts", region_name=region)
    signer = RequestSigner(
        sts.meta.service_model.service_id,
        region,
        "sts",
        "v4",
        session.get_credentials(),
        session.events,
    )
    # The regional host of the partition, such as sts.cn-north-1.amazonaws.com.cn.
    partition = session.client("eks", region_name=region).meta.endpoint_url.partition(region)
    suffix = partition[2] or ".amazonaws.com"  # nothing where AWS_ENDPOINT_URL names another host
    url = signer.generate_presigned_url(
        {
            "method": "GET",
            "url": f"https://sts.{region}{suffix}/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {_CLUSTER_HEADER: cluster},
            "context": {},
        },
        region_name=region,
        expires_in=60,
        operation_name="",
    )
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _session(session: Any, region: str, role_arn: str, endpoint_url: str) -> Any:
    owner = session or boto3.Session(region_name=region)
    if not role_arn:
        return owner
    sts = owner.client("sts", region_name=region, endpoint_url=endpoint_url or None, config=_CONFIG)
    answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="finops-bot")["Credentials"]
    return boto3.Session(
        aws_access_key_id=answer["AccessKeyId"],
        aws_secret_access_key=answer["SecretAccessKey"],
        aws_session_token=answer["SessionToken"],
        region_name=region,
    )


def connection_to(described: Any, token: Callable[[], str]) -> Connection:
    """A connection to what `describe_cluster` names, trusting its authority only."""
    from kubernetes.client.configuration import Configuration

    configuration = Configuration(
        host=described["endpoint"],
        ca_cert_data=base64.b64decode(described["certificateAuthority"]["data"]).decode(
            errors="replace"
        ),
    )
    made = from_configuration(configuration)
    return Connection(made.host, made.pool, token)


def _failure(
    error: ClientError | BotoCoreError, name: str, region: str
) -> WillNeverWork | TryAgainLater:
    where = f"EKS cluster {name} in {region}"
    if isinstance(error, NoCredentialsError):
        return WillNeverWork(f"{where} was not asked: there are no AWS credentials.")
    if not isinstance(error, ClientError):
        return TryAgainLater(f"{where} could not be asked for ({type(error).__name__}).")
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _PASSING:
        return TryAgainLater(f"{where} could not be asked for ({code}).")
    if code == "ResourceNotFoundException":
        return WillNeverWork(f"{where} does not exist; check its name and region.")
    action = "sts:AssumeRole" if error.operation_name == "AssumeRole" else "eks:DescribeCluster"
    return WillNeverWork(f"{where} was refused ({code}); allow the IAM action {action}.")
