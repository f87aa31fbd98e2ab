"""What one failing service does to the others: nothing, and one sentence says so."""

from typing import Any

from finops.domain.estate import SnapshotPart
from finops.sources.aws.clients import Clients
from tests.finops.sources.aws.readings import clients, read, sentences
from tests.real_parts.aws_in_front import InFront, Rule

THREE = ("eu-central-1", "eu-west-1", "us-east-1")
BOTH = {SnapshotPart.VOLUMES, SnapshotPart.CLOUD_RESOURCES}


def asked(front: InFront, word: str) -> int:
    return sum(word in line for line in front.seen)


def test_a_refused_call_names_regions_and_action_and_hides_its_part_only(
    aws: Any, aws_in_front: InFront
) -> None:
    aws_in_front.rules = [Rule("ec2", "DescribeVolumes", code="UnauthorizedOperation")]
    aws.client("logs").create_log_group(logGroupName="/app")
    reading = read(aws, *THREE, endpoint_url=aws_in_front.endpoint_url)

    assert sentences(reading) == [
        "AWS account data may not read volumes in eu-central-1, eu-west-1, us-east-1: allow the "
        "IAM actions ec2:DescribeVolumes (deploy/aws-iam-policy.json)."
    ]
    assert reading.gaps[0].hides == {SnapshotPart.VOLUMES}
    assert [resource.name for resource in reading.resources] == ["/app"]


def test_an_explicit_deny_is_not_answered_with_an_allow(aws: Any, aws_in_front: InFront) -> None:
    message = "User is not authorized with an explicit deny in a service control policy"
    aws_in_front.rules = [Rule("rds", "DescribeDBInstances", code="AccessDenied", message=message)]
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url)

    assert "a policy denies rds:DescribeDBInstances explicitly" in sentences(reading)[0]
    assert reading.gaps[0].hides == {SnapshotPart.CLOUD_RESOURCES}


def test_credentials_that_expire_midway_end_the_reading_with_one_sentence(
    aws: Any, aws_in_front: InFront
) -> None:
    services = "autoscaling ec2 eks elasticache elasticloadbalancing lambda logs rds s3 tagging"
    aws_in_front.rules = [Rule(s, code="ExpiredToken", status=400) for s in services.split()]
    reading = read(aws, *THREE, endpoint_url=aws_in_front.endpoint_url)
    [sentence] = sentences(reading)

    assert sentence.startswith("The credentials of AWS account data ended while it was read")
    assert "in eu-central-1, eu-west-1, us-east-1 are missing" in sentence
    assert reading.gaps[0].hides == BOTH
    assert len(aws_in_front.seen) <= 1 + 3 * 4  # not 17 calls in each of three regions


def test_a_region_that_is_not_enabled_is_asked_little_and_named(
    aws: Any, aws_in_front: InFront
) -> None:
    off = "us-east-1"
    aws_in_front.rules = [
        Rule("ec2", region=off, code="AuthFailure", status=401),
        Rule("*", region=off, code="UnrecognizedClientException", status=401),
    ]
    reading = read(aws, "eu-central-1", off, endpoint_url=aws_in_front.endpoint_url)

    assert all(s.startswith("us-east-1 refused credentials of AWS") for s in sentences(reading))
    assert len(sentences(reading)) <= 2  # one for each code
    assert asked(aws_in_front, f"{off} ") <= 4


def test_a_throttled_call_is_tried_again_and_then_said(aws: Any, aws_in_front: InFront) -> None:
    aws_in_front.rules = [Rule("lambda", code="TooManyRequestsException", status=429)]
    patient = clients(aws, endpoint_url=aws_in_front.endpoint_url, tries=2)
    reading = read(aws, clients=patient)

    assert sentences(reading) == [
        "AWS throttled lambda:ListFunctions of AWS account data in eu-central-1 until it was given "
        "up (TooManyRequestsException), so Lambda functions are missing until the next cycle."
    ]
    assert asked(aws_in_front, " lambda ") == 2


def test_a_service_that_hangs_up_is_not_asked_its_other_questions(
    aws: Any, aws_in_front: InFront
) -> None:
    aws_in_front.rules = [Rule("eks", seconds=0.05), Rule("rds", seconds=0.05)]
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url)

    assert sentences(reading) == [
        "eks, rds in eu-central-1 did not answer for AWS account data (ConnectionClosedError), so "
        "EKS clusters, database clusters, databases are missing. Check network, proxy and VPC "
        "endpoints."
    ]


def test_a_service_that_hangs_is_waited_for_only_so_long(aws: Any, aws_in_front: InFront) -> None:
    aws_in_front.rules = [Rule("elasticache", seconds=2)]
    hasty = Clients(aws.session(), aws_in_front.endpoint_url, tries=1, read_seconds=0.5)
    reading = read(aws, clients=hasty)

    assert (
        "elasticache in eu-central-1 did not answer for AWS account data (ReadTimeoutError)"
        in (sentences(reading)[0])
    )


def test_a_page_of_a_proxy_is_a_gap_and_no_crash(aws: Any, aws_in_front: InFront) -> None:
    aws_in_front.rules = [Rule("rds", body="<!doctype html><p>Please log in")]
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url)

    assert "(ResponseParserError), so " in sentences(reading)[0]


def test_refused_details_of_many_things_are_not_asked_for_each(
    aws: Any, aws_in_front: InFront
) -> None:
    aws_in_front.rules = [Rule("s3", "versioning", code="AccessDenied")]
    s3 = aws.client("s3", "us-east-1")
    for number in range(20):
        s3.create_bucket(Bucket=f"bucket-{number}")
    reading = read(aws, "us-east-1", endpoint_url=aws_in_front.endpoint_url)

    assert len(reading.resources) == 20
    assert "versioning" not in reading.resources[0].attributes
    assert reading.resources[0].attributes["has_lifecycle"] is False
    assert reading.gaps[0].hides == frozenset()
    assert asked(aws_in_front, "versioning") < 10
