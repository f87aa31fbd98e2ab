"""Errors are sorted by what a person does about them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from finops.domain.estate import SnapshotPart
from finops.sources.aws.disks import SNAPSHOTS, VOLUMES
from finops.sources.aws.failures import Failed, Failure, gaps_from, kind_of


def error(code: str, message: str = "", operation: str = "DescribeVolumes") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (error("UnauthorizedOperation"), Failed.DENIED),
        (error("AccessDenied", "with an explicit deny in a service control"), Failed.FORBIDDEN),
        (error("AccessDenied", operation="AssumeRole"), Failed.CREDENTIALS),
        (error("ExpiredTokenException"), Failed.CREDENTIALS),
        (NoCredentialsError(), Failed.CREDENTIALS),
        (error("AuthFailure"), Failed.REGION_OFF),
        (error("OptInRequired"), Failed.REGION_OFF),
        (error("RequestLimitExceeded"), Failed.THROTTLED),
        (EndpointConnectionError(endpoint_url="https://x"), Failed.UNREACHABLE),
        (error("InternalFailure"), Failed.OTHER),
    ],
)
def test_an_error_has_its_kind(raised: Any, kind: Failed) -> None:
    assert kind_of(raised) is kind


def test_equal_failures_are_one_sentence_in_a_steady_order() -> None:
    regions = [f"eu-west-{number}" for number in range(17)]
    failures = [
        Failure(call, region, Failed.DENIED, "UnauthorizedOperation")
        for region in regions
        for call in (VOLUMES, SNAPSHOTS)
    ]
    [gap] = gaps_from("AWS account data", failures)

    assert all(region in gap.sentence for region in regions)
    assert "ec2:DescribeSnapshots, ec2:DescribeVolumes" in gap.sentence
    assert gap.hides == {SnapshotPart.VOLUMES, SnapshotPart.CLOUD_RESOURCES}
    assert gaps_from("AWS account data", reversed(failures)) == [gap]


def test_a_service_that_aws_does_not_offer_there_hides_nothing() -> None:
    failure = Failure(VOLUMES, "eu-west-99", Failed.NO_SERVICE, "EndpointConnectionError")
    [gap] = gaps_from("AWS account data", [failure])

    assert gap.sentence == "AWS offers no ec2 in eu-west-99, so AWS account data has none there."
    assert gap.hides == frozenset()
