"""Whose credentials are used: profiles and assumed roles, against moto's STS."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from finops.domain.errors import InvalidInput, WillNeverWork
from finops.sources.aws.clients import Clients, Login, session_for
from finops.sources.aws.identity import identify
from tests.finops.sources.aws.readings import REGION
from tests.real_parts.aws_in_front import InFront, Rule

ROLE = "arn:aws:iam::210987654321:role/finops-bot"


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "credentials"
    file.write_text("[audit]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))


def login(endpoint_url: str, **options: str) -> Clients:
    session = session_for(Login(endpoint_url=endpoint_url, region=REGION, **options))
    return Clients(session, endpoint_url, tries=1)


@pytest.mark.usefixtures("profiles")
def test_a_role_of_another_account_is_assumed_once_with_its_external_id(
    aws_in_front: InFront,
) -> None:
    clients = login(aws_in_front.endpoint_url, profile="audit", role_arn=ROLE, external_id="secret")
    identity = identify(clients, REGION, who="AWS account data")
    clients("ec2", REGION).describe_volumes()
    assumed = [line for line in aws_in_front.seen if "AssumeRole" in line]

    assert identity.account == "210987654321"
    assert identity.arn.endswith("assumed-role/finops-bot/finops-bot")
    assert len(assumed) == 1
    assert "ExternalId=secret" in aws_in_front.bodies[0]


# As STS answers AssumeRole; these credentials are near their end, so botocore renews them.
ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


@pytest.mark.usefixtures("profiles")
def test_credentials_of_a_role_are_renewed_before_they_end(aws_in_front: InFront) -> None:
    body = ASSUMED.format(ends=datetime.now(UTC) + timedelta(minutes=5))
    aws_in_front.rules = [Rule("sts", "AssumeRole", body=body)]
    clients = login(aws_in_front.endpoint_url, profile="audit", role_arn=ROLE)
    for _ in range(3):
        clients("ec2", REGION).describe_regions()

    assert sum("AssumeRole" in line for line in aws_in_front.seen) >= 3


@pytest.mark.usefixtures("profiles")
def test_a_role_that_may_not_be_assumed_says_how_it_could(aws_in_front: InFront) -> None:
    aws_in_front.rules = [Rule("sts", "AssumeRole", code="AccessDenied")]
    clients = login(aws_in_front.endpoint_url, profile="audit", role_arn=ROLE)

    with pytest.raises(WillNeverWork, match=r"could not be assumed .*deploy/aws-iam-trust.json"):
        identify(clients, REGION, who="AWS account data")


@pytest.mark.usefixtures("profiles")
def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="no profile 'audt'; configured are: audit"):
        session_for(Login(profile="audt"))


def test_missing_credentials_say_how_to_give_some() -> None:
    with pytest.raises(WillNeverWork, match="There are no AWS credentials for AWS account data"):
        identify(Clients(tries=1), REGION, who="AWS account data")


def test_expired_credentials_are_one_sentence(aws: Any, aws_in_front: InFront) -> None:
    aws_in_front.rules = [Rule("sts", code="ExpiredToken", status=400)]
    clients = Clients(aws.session(), aws_in_front.endpoint_url, tries=1)

    with pytest.raises(WillNeverWork, match=r"refused the credentials .*ExpiredToken"):
        identify(clients, REGION, who="AWS account data")


def test_one_client_is_made_for_each_service_and_region(aws: Any) -> None:
    clients = Clients(aws.session(), aws.endpoint_url)

    assert clients("ec2", REGION) is clients("ec2", REGION)
    assert clients("ec2", REGION) is not clients("ec2", "us-east-1")


def test_a_region_that_is_read_leaves_no_clients_behind(aws: Any) -> None:
    clients = Clients(aws.session(), aws.endpoint_url)
    made, kept = clients("ec2", REGION), clients("ec2", "us-east-1")
    clients.forget(REGION)

    assert clients("ec2", REGION) is not made
    assert clients("ec2", "us-east-1") is kept


def test_aws_offers_not_every_service_everywhere() -> None:
    assert Clients().knows_service("ec2", "eu-central-1")
    assert not Clients().knows_service("ec2", "eu-central-99")
