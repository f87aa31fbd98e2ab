"""EKS through moto: the address, the signed token, a role, and what is refused."""

import base64
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from finops.domain.errors import WillNeverWork
from finops.sources.kubernetes.api import KubernetesApi, Patience
from finops.sources.kubernetes.eks import EksToken, connection_to, from_eks, presigned
from tests.finops.sources.kubernetes.test_connection import certificate
from tests.real_parts.kubernetes_api import kubernetes_api

REGION = "eu-central-1"
ROLE = "arn:aws:iam::123456789012:role/finops"


def clusters(aws: Any, name: str = "prod") -> None:
    aws.client("eks", REGION).create_cluster(
        name=name,
        roleArn="arn:aws:iam::123456789012:role/eks",
        resourcesVpcConfig={"subnetIds": ["subnet-1"]},
    )


def url_in(authorization: str | None) -> Any:
    assert authorization is not None
    token = authorization.removeprefix("Bearer k8s-aws-v1.")
    return urlsplit(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())


@pytest.mark.parametrize("role_arn", ["", ROLE])
def test_a_cluster_is_found_and_its_token_names_it(aws: Any, role_arn: str) -> None:
    clusters(aws)
    connect = from_eks(
        "prod", REGION, role_arn=role_arn, session=aws.session(), endpoint_url=aws.endpoint_url
    )
    connection = connect()
    asked = url_in(connection.authorization())
    query = parse_qs(asked.query)

    assert connection.host.startswith("https://")
    assert asked.hostname == f"sts.{REGION}.amazonaws.com"
    assert query["Action"] == ["GetCallerIdentity"]
    assert query["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert ("X-Amz-Security-Token" in query) == bool(role_arn)


def test_a_cluster_that_is_not_there_is_named(aws: Any) -> None:
    connect = from_eks("gone", REGION, session=aws.session(), endpoint_url=aws.endpoint_url)
    with pytest.raises(WillNeverWork, match="EKS cluster gone in eu-central-1 does not exist"):
        connect()


def test_without_aws_credentials_nothing_is_asked() -> None:
    with pytest.raises(WillNeverWork, match="there are no AWS credentials"):
        from_eks("prod", REGION)()


def test_the_host_of_another_partition_is_its_own() -> None:
    import boto3

    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")
    token = presigned(session, "prod", "cn-north-1")

    assert url_in(f"Bearer {token}").hostname == "sts.cn-north-1.amazonaws.com.cn"


def test_a_token_is_signed_anew_before_its_fifteen_minutes_end() -> None:
    now, signed = [0.0], iter("abc")
    token = EksToken(lambda: next(signed), clock=lambda: now[0])
    first = [token(), token()]
    now[0] = 601.0

    assert first == ["Bearer a", "Bearer a"]
    assert token() == "Bearer b"


def test_the_authority_that_eks_names_is_trusted(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    with kubernetes_api({}, tls=context) as server:
        described = {"endpoint": server.url, "certificateAuthority": {"data": authority}}
        made = connection_to(described, lambda: "Bearer t")
        api = KubernetesApi(lambda: made, Patience(timeout_seconds=5, tries=1))

        assert api.get("/version").body["gitVersion"] == "v1.33.4"

        api.close()
