"""The AWS API, as moto serves it over HTTP to an unmodified boto3.

It is not AWS: pricing, compute-optimizer and percentile statistics of CloudWatch are missing,
Cost Explorer and Athena answer what a test puts into `/moto-api/static/…`.
"""

import json
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.real_parts.servers import free_port, running


@dataclass(frozen=True, slots=True)
class Aws:
    """Where it listens, and clients for it. Credentials stay inside those clients."""

    endpoint_url: str
    region: str = "eu-central-1"

    def client(self, service: str, region: str | None = None) -> Any:
        return self.session(region).client(service, endpoint_url=self.endpoint_url)

    def session(self, region: str | None = None) -> Any:
        return _session(region or self.region)

    @property
    def environment(self) -> dict[str, str]:
        """The same for another process, which has only its environment."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": self.region,
        }


@cache  # a new session reads the models of its services anew: 0.2 s for EC2
def _session(region: str) -> Any:
    import boto3  # here, so that a fast test does not wait for it

    return boto3.Session(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name=region
    )


@contextmanager
def aws_server(folder: Path) -> Iterator[str]:
    """The address of an empty account, until the block ends; `folder` takes its log."""
    port = free_port()
    with running(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        port=port,
        ready_path="/moto-api/",
        log=folder / "moto.log",
        environment={"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},  # saves 2 s and 500 images
    ):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with aws_server(tmp_path_factory.mktemp("moto")) as url:
        yield url


@pytest.fixture
def aws(moto_server: str) -> Aws:
    """An empty account."""
    urllib.request.urlopen(f"{moto_server}/moto-api/reset", data=b"", timeout=10).close()
    return Aws(moto_server)


@pytest.fixture
def enforced(aws: Aws) -> Iterator[Callable[[Mapping[str, Any]], Any]]:
    """Gives a session for a policy, after which moto refuses what that policy does not allow."""
    iam = aws.client("iam", "us-east-1")

    def login(policy: Mapping[str, Any]) -> Any:
        import boto3

        iam.create_user(UserName="bot")
        iam.put_user_policy(
            UserName="bot", PolicyName="p", PolicyDocument=json.dumps(policy, sort_keys=True)
        )
        key = iam.create_access_key(UserName="bot")["AccessKey"]
        _enforce(aws, "0")
        return boto3.Session(
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            region_name=aws.region,
        )

    yield login
    _enforce(aws, "inf")


def _enforce(aws: Aws, after_calls: str) -> None:
    request = urllib.request.Request(
        f"{aws.endpoint_url}/moto-api/reset-auth",
        data=after_calls.encode(),
        headers={"Content-Type": "text/plain"},
    )
    urllib.request.urlopen(request, timeout=10).close()
