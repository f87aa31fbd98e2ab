"""One cluster against moto's EC2 and EKS, and on the wire what IAM would refuse."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.domain.estate import SnapshotPart
from finops.ports import Inventory
from finops.sources.aws.clients import Clients
from finops.sources.aws.cluster import AwsInventory
from tests.real_parts.aws_in_front import InFront, Rule

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
REGION = "us-east-1"
PRICES = AwsCostIntegration()


def inventory(clients: Clients, *regions: str, cluster: str = "prod") -> Inventory:
    return AwsInventory(
        clients=clients, regions=regions or (REGION,), cluster=cluster, prices=PRICES
    ).read(now=NOW)


def clients_of(aws: Any, endpoint_url: str = "") -> Clients:
    return Clients(aws.session(), endpoint_url or aws.endpoint_url, tries=1)


def tags(kind: str, values: dict[str, str]) -> list[dict[str, Any]]:
    listed = [{"Key": key, "Value": value} for key, value in values.items()]
    return [{"ResourceType": kind, "Tags": listed}]


def run(ec2: Any, instance_type: str, values: dict[str, str], *, count: int = 1) -> list[str]:
    answer = ec2.run_instances(
        ImageId="ami-12c6146b",
        InstanceType=instance_type,
        MinCount=count,
        MaxCount=count,
        TagSpecifications=tags("instance", {"Name": "n"} | values),
    )
    return [instance["InstanceId"] for instance in answer["Instances"]]


def test_nodes_of_the_cluster_are_read_with_size_and_price(aws: Any) -> None:
    ec2 = aws.client("ec2", REGION)
    [first] = run(ec2, "m5.large", {"kubernetes.io/cluster/prod": "owned", "Team": "web"})
    run(ec2, "c7g.xlarge", {"eks:cluster-name": "prod", "eks:nodegroup-name": "general"}, count=2)
    run(ec2, "m5.large", {"eks:cluster-name": "other"})
    [stopped] = run(ec2, "m5.large", {"eks:cluster-name": "prod"})
    ec2.stop_instances(InstanceIds=[stopped])
    nodes = inventory(clients_of(aws)).nodes
    node = next(node for node in nodes if node.instance_id == first)

    assert sorted(node.instance_type for node in nodes) == ["c7g.xlarge", "c7g.xlarge", "m5.large"]
    assert re.fullmatch(r"ip-[0-9-]+\.ec2\.internal", node.name)
    assert (node.cpu_millicores, node.memory_bytes) == (2000, 8 * 2**30)
    assert node.price_usd_per_hour == Decimal("0.096")
    assert node.price_source == "AWS public on-demand price list, us-east-1, July 2026"
    assert node.team == "web"
    assert {n.node_group for n in nodes if n is not node} == {"general"}


def test_an_instance_tagged_both_ways_is_one_node(aws: Any) -> None:
    both = {"kubernetes.io/cluster/prod": "owned", "eks:cluster-name": "prod"}
    run(aws.client("ec2", REGION), "m5.large", both)

    assert len(inventory(clients_of(aws)).nodes) == 1


def test_node_groups_come_with_their_scaling_limits(aws: Any) -> None:
    eks = aws.client("eks", REGION)
    vpc = {"subnetIds": ["subnet-1"]}
    role = "arn:aws:iam::123456789012:role/eks"
    eks.create_cluster(name="prod", roleArn=role, resourcesVpcConfig=vpc)
    eks.create_nodegroup(
        clusterName="prod",
        nodegroupName="general",
        subnets=["subnet-1"],
        nodeRole=role,
        instanceTypes=["m5.large"],
        scalingConfig={"minSize": 1, "maxSize": 9, "desiredSize": 4},
    )
    [group] = inventory(clients_of(aws)).node_groups

    assert (group.name, group.min_size, group.desired_size, group.max_size) == ("general", 1, 4, 9)
    assert group.instance_type == "m5.large"


def test_volumes_of_every_page_are_read_attached_or_not(aws: Any) -> None:
    ec2 = aws.client("ec2", REGION)
    for _ in range(3):
        ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, VolumeType="gp3")
    orphan = ec2.create_volume(
        AvailabilityZone=f"{REGION}a",
        Size=100,
        VolumeType="gp2",
        TagSpecifications=tags(
            "volume",
            {
                "Name": "old-db",
                "owner": "data",
                "kubernetes.io/cluster/gone": "owned",
                "finops/detached-since": "2026-05-01",
            },
        ),
    )["VolumeId"]
    [instance] = run(ec2, "m5.large", {})
    volumes = inventory(clients_of(aws)).volumes
    found = next(volume for volume in volumes if volume.volume_id == orphan)

    assert len(volumes) == 5
    assert sum(volume.is_attached for volume in volumes) == 1
    assert (found.size_gib, found.volume_type, found.is_attached) == (100, "gp2", False)
    assert (found.name, found.team, found.cluster) == ("old-db", "data", "gone")
    assert found.detached_since == datetime(2026, 5, 1, tzinfo=UTC)
    assert found.created_at is not None
    assert found.created_at.tzinfo is not None
    assert found.price_usd_per_month == Decimal("10.00")
    assert instance


def test_an_unknown_cluster_and_a_foreign_price_list_are_said(
    aws: Any, aws_in_front: InFront
) -> None:
    run(aws.client("ec2", "eu-west-1"), "m5.large", {"eks:cluster-name": "prod"})
    aws_in_front.rules = [Rule("eks", code="ResourceNotFoundException", status=404)]
    read = inventory(clients_of(aws, aws_in_front.endpoint_url), "eu-west-1")
    sentences = [gap.sentence for gap in read.gaps]

    assert sentences[0] == (
        "EKS knows no cluster prod in eu-west-1; set aws.eks_name to how AWS calls it."
    )
    assert sentences[1].startswith("Prices in eu-west-1 are those of us-east-1")


def test_a_cluster_without_node_groups_is_not_unknown(aws: Any) -> None:
    vpc = {"subnetIds": ["subnet-1"]}
    role = "arn:aws:iam::123456789012:role/eks"
    eks = aws.client("eks", REGION)
    eks.create_cluster(name="prod", roleArn=role, resourcesVpcConfig=vpc)

    assert inventory(clients_of(aws)).gaps == ()


def test_the_size_of_a_type_that_no_price_list_knows_is_asked_from_ec2_once(
    aws: Any, aws_in_front: InFront
) -> None:
    run(aws.client("ec2", REGION), "p4d.24xlarge", {"eks:cluster-name": "prod"}, count=3)
    read = inventory(clients_of(aws, aws_in_front.endpoint_url))
    asked = [line for line in aws_in_front.seen if "DescribeInstanceTypes" in line]

    assert len(asked) == 1
    assert {(n.cpu_millicores, n.memory_bytes) for n in read.nodes} == {(96_000, 1152 * 2**30)}
    assert "3 nodes have no price (p4d.24xlarge is not in the price list)." in [
        gap.sentence for gap in read.gaps
    ]


def test_a_node_whose_size_nobody_says_is_left_out_and_hidden(
    aws: Any, aws_in_front: InFront
) -> None:
    run(aws.client("ec2", REGION), "p4d.24xlarge", {"eks:cluster-name": "prod"})
    aws_in_front.rules = [Rule("ec2", "DescribeInstanceTypes", code="UnauthorizedOperation")]
    read = inventory(clients_of(aws, aws_in_front.endpoint_url))
    [gap] = [gap for gap in read.gaps if gap.hides == {SnapshotPart.NODES}]

    assert read.nodes == ()
    assert "allow the IAM actions ec2:DescribeInstanceTypes" in gap.sentence


@pytest.mark.parametrize(
    ("service", "operation", "part"),
    [
        ("ec2", "DescribeVolumes", SnapshotPart.VOLUMES),
        ("ec2", "DescribeInstances", SnapshotPart.NODES),
        ("eks", "/node-groups", SnapshotPart.NODE_GROUPS),
    ],
)
def test_a_refused_call_is_one_gap_and_stops_no_other(
    aws: Any, aws_in_front: InFront, *, service: str, operation: str, part: SnapshotPart
) -> None:
    ec2 = aws.client("ec2", REGION)
    run(ec2, "m5.large", {"eks:cluster-name": "prod"})
    aws_in_front.rules = [Rule(service, operation, code="AccessDenied")]
    read = inventory(clients_of(aws, aws_in_front.endpoint_url))
    hidden = [gap for gap in read.gaps if gap.hides == {part}]

    assert "AWS account of cluster prod may not read" in hidden[0].sentence
    assert len(hidden) == 1
    assert (len(read.nodes), len(read.volumes)) == (
        int(part is not SnapshotPart.NODES),
        int(part is not SnapshotPart.VOLUMES),
    )


def test_an_account_that_does_not_answer_is_tried_again_later(aws: Any) -> None:
    with pytest.raises(TryAgainLater, match="did not say who AWS account of cluster prod is"):
        inventory(clients_of(aws, "http://127.0.0.1:1"))


def test_missing_credentials_are_said() -> None:
    with pytest.raises(WillNeverWork, match="There are no AWS credentials"):
        inventory(Clients(endpoint_url="http://127.0.0.1:1", tries=1))


def test_a_cluster_checks_only_what_it_needs(aws: Any, aws_in_front: InFront) -> None:
    aws_in_front.rules = [
        Rule("eks", code="ResourceNotFoundException", status=404),
        Rule("ec2", "DescribeVolumes", code="UnauthorizedOperation"),
    ]
    checks = AwsInventory(
        clients=clients_of(aws, aws_in_front.endpoint_url),
        regions=[REGION],
        cluster="prod",
        prices=PRICES,
    ).check()

    assert {check.subject.partition(" ")[0]: check.outcome.value for check in checks} == {
        "identity": "ok",
        "ec2:DescribeInstances": "ok",
        "ec2:DescribeVolumes": "failed",
        "ec2:DescribeInstanceTypes": "ok",
        "eks:ListNodegroups": "ok",
        "eks:DescribeNodegroup": "skipped",
    }
