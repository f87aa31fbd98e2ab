"""What `finops doctor` finds: against moto's own IAM with the policy that is shipped."""

import json
from pathlib import Path
from typing import Any

from finops.domain.checks import Check, Outcome
from finops.sources.aws import table
from finops.sources.aws.clients import Clients
from finops.sources.aws.permissions import check
from tests.finops.sources.aws.readings import REGION
from tests.real_parts.aws_in_front import InFront, Rule

DEPLOY = Path(__file__).parents[4] / "deploy"


def statements() -> dict[str, dict[str, Any]]:
    policy = json.loads((DEPLOY / "aws-iam-policy.json").read_text())
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_the_policy_only_reads() -> None:
    verbs = ("Describe", "Get", "List")
    names = [action.partition(":")[2] for action in statements()["FinOpsBotInventory"]["Action"]]

    assert [name for name in names if not name.startswith(verbs)] == []


def test_the_trust_policy_asks_for_an_external_id() -> None:
    [statement] = json.loads((DEPLOY / "aws-iam-trust.json").read_text())["Statement"]

    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Condition"]["StringEquals"]["sts:ExternalId"]


def by_action(checks: Any) -> dict[str, Check]:
    return {check.subject.partition(" ")[0]: check for check in checks}


# moto does not have these two operations at all.
LACKING = {"rds:DescribeDBMajorEngineVersions", "eks:DescribeClusterVersions"}
# While it enforces IAM, moto miscounts the signatures of these JSON services.
UNSIGNED = ("cloudwatch:", "eks:", "lambda:", "tag:")


def test_with_the_shipped_policy_everything_that_can_be_tried_is_green(
    aws: Any, enforced: Any
) -> None:
    policy = {"Version": "2012-10-17", "Statement": list(statements().values())}
    clients = Clients(enforced(policy), aws.endpoint_url, tries=1)
    found = by_action(check(clients, REGION, name="data"))
    tried = {a: c.outcome for a, c in found.items() if not a.startswith(UNSIGNED)}

    assert {a for a, o in tried.items() if o is Outcome.WARNING} == LACKING & tried.keys()
    assert {a for a, o in tried.items() if o is Outcome.FAILED} == set()
    assert tried["s3:ListAllMyBuckets"] is Outcome.OK
    # An empty account has no bucket to try it on.
    assert tried["s3:GetBucketVersioning"] is Outcome.SKIPPED


def test_every_action_of_the_policy_is_tried(aws: Any) -> None:
    eks, subnets = aws.client("eks"), {"subnetIds": ["subnet-1"]}
    role = "arn:aws:iam::123456789012:role/eks"
    eks.create_cluster(name="prod", roleArn=role, resourcesVpcConfig=subnets)
    eks.create_nodegroup(
        clusterName="prod", nodegroupName="general", subnets=["subnet-1"], nodeRole=role
    )
    place = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    aws.client("s3").create_bucket(Bucket="logs", **place)
    found = by_action(check(Clients(aws.session(), aws.endpoint_url, tries=1), REGION, name="data"))
    not_green = {action for action, c in found.items() if c.outcome is not Outcome.OK}

    assert not_green == {
        *LACKING,
        "elasticloadbalancing:DescribeInstanceHealth",
        "elasticloadbalancing:DescribeTargetHealth",
    }
    assert {c.action for c in table.CALLS} - found.keys() == {"sts:GetCallerIdentity"}


def test_what_is_not_allowed_is_red_with_the_statement_to_add(aws: Any, enforced: Any) -> None:
    few = {"Effect": "Allow", "Action": ["ec2:DescribeVolumes"], "Resource": "*"}
    login = enforced({"Version": "2012-10-17", "Statement": [few]})
    found = by_action(check(Clients(login, aws.endpoint_url, tries=1), REGION, name="data"))
    red = found["ec2:DescribeSnapshots"]

    assert found["ec2:DescribeVolumes"].outcome is Outcome.OK
    assert (red.area, red.outcome) == ("AWS data", Outcome.FAILED)
    assert red.fix == (
        'Add to the role\'s policy: {"Effect": "Allow", "Action": "ec2:DescribeSnapshots", '
        '"Resource": "*"}'
    )
    # Only a fact about NAT gateways is missing without it.
    assert found["ec2:DescribeRouteTables"].outcome is Outcome.WARNING


def test_with_bad_credentials_nothing_else_is_tried(aws: Any, aws_in_front: InFront) -> None:
    aws_in_front.rules = [Rule("sts", code="ExpiredToken", status=400)]
    clients = Clients(aws.session(), aws_in_front.endpoint_url, tries=1)
    [only] = check(clients, REGION, name="data")

    assert (only.subject, only.outcome) == ("identity", Outcome.FAILED)
    assert "Renew them" in only.detail
    assert "aws sts get-caller-identity" in only.fix
    assert len(aws_in_front.seen) == 1
