"""Against moto's EC2 and EKS, and a client that refuses what IAM would refuse."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.estate import Gap, Node
from finops.ports import Inventory
from finops.sources.aws.answers import Place, team_from
from finops.sources.aws.clients import Clients
from finops.sources.aws.cluster import AwsInventory
from finops.sources.aws.disks import volume_from
from finops.sources.aws.machines import cluster_from
from finops.sources.aws.nodes import node_from, price_gaps

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
REGION = "us-east-1"
PRICES = AwsCostIntegration()


def inventory(clients: ClientFactory, *regions: str, cluster: str = "prod") -> Inventory:
    return AwsInventory(
        clients=clients,
        regions=regions or (REGION,),
        cluster=cluster,
        machine_price=PRICES.machine_price,
        volume_price=PRICES.volume_price,
    ).read(now=NOW)


def clients_of(aws: Any) -> ClientFactory:
    return boto3_clients(aws.session(), endpoint_url=aws.endpoint_url)


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


def test_an_unknown_cluster_and_a_foreign_price_list_are_said(aws: Any) -> None:
    run(aws.client("ec2", "eu-west-1"), "m5.large", {"eks:cluster-name": "prod"})
    real, missing = clients_of(aws), Refusing("ResourceNotFoundException")
    read = inventory(lambda s, region: missing if s == "eks" else real(s, region), "eu-west-1")
    sentences = [gap.sentence for gap in read.gaps]

    assert sentences[0] == "EKS knows no cluster prod in eu-west-1; check its name."
    assert sentences[1].startswith("Prices in eu-west-1 are those of us-east-1")


def test_a_type_without_known_size_is_a_gap(aws: Any) -> None:
    run(aws.client("ec2", REGION), "p3.2xlarge", {"eks:cluster-name": "prod"})
    read = inventory(clients_of(aws))

    assert read.nodes == ()
    assert "is a p3.2xlarge, whose size and price are not" in read.gaps[0].sentence


class Refusing:
    """A client whose every call fails with one error code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def get_paginator(self, operation: str) -> "Refusing":
        self.operation = operation
        return self

    def paginate(self, **arguments: object) -> object:
        del arguments
        raise ClientError({"Error": {"Code": self.code}}, self.operation)


@pytest.mark.parametrize(
    ("service", "code", "action"),
    [
        ("ec2", "UnauthorizedOperation", "ec2:DescribeVolumes"),
        ("eks", "AccessDeniedException", "eks:ListNodegroups and eks:DescribeNodegroup"),
    ],
)
def test_a_refused_service_names_the_action_and_stops_no_other(
    aws: Any, service: str, code: str, action: str
) -> None:
    aws.client("ec2", REGION).create_volume(AvailabilityZone=f"{REGION}a", Size=8, VolumeType="gp3")
    real = clients_of(aws)
    read = inventory(lambda s, region: Refusing(code) if s == service else real(s, region))
    sentences = [gap.sentence for gap in read.gaps]

    assert f"{service.upper()} in {REGION} refused access; allow the IAM actions {action}." in (
        sentences
    )
    assert len(read.volumes) == (0 if service == "ec2" else 1)


def test_an_account_that_does_not_answer_is_gaps() -> None:
    import boto3

    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")
    clients = boto3_clients(session, endpoint_url="http://127.0.0.1:1", tries=1)
    read = inventory(clients)

    assert len(read.gaps) == 3
    assert "EC2 in us-east-1 did not answer ec2:DescribeInstances (EndpointConnectionError)" in (
        read.gaps[0].sentence
    )


def test_missing_credentials_are_said() -> None:
    read = inventory(boto3_clients(endpoint_url="http://127.0.0.1:1", tries=1))

    assert "there are no AWS credentials" in read.gaps[0].sentence


def instance(**fields: object) -> dict[str, object]:
    return {"InstanceId": "i-1", "InstanceType": "m5.large", "PrivateDnsName": "n1"} | fields


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"InstanceLifecycle": "spot"}, "spot"), ({"Platform": "windows"}, "Windows")],
)
def test_a_machine_off_the_list_has_a_size_but_no_price(
    fields: dict[str, object], reason: str
) -> None:
    node = node_from(
        instance(**fields), cluster="prod", region=REGION, price_of=PRICES.machine_price
    )

    assert isinstance(node, Node)
    assert (node.cpu_millicores, node.price_usd_per_hour) == (2000, None)
    assert reason in node.price_source
    assert price_gaps([REGION], [node], []) == [
        Gap("AWS inventory", f"1 nodes have no price ({node.price_source}).")
    ]


def test_teams_and_clusters_are_found_in_dirty_tags() -> None:
    assert team_from({"TEAM": "web", "owner": "ann"}) == "web"
    assert team_from({"Owner": "ann", "team": ""}) == "ann"
    assert team_from({}) == "unknown"
    assert cluster_from({"kubernetes.io/cluster/prod": "owned"}) == "prod"
    assert cluster_from({"aws:eks:cluster-name": "prod"}) == "prod"
    assert cluster_from({"kubernetes.io/x": ""}) == ""


def test_a_detached_date_that_is_none_is_not_known() -> None:
    raw = {
        "VolumeId": "vol-1",
        "Size": 1,
        "VolumeType": "gp9",
        "State": "available",
        "Tags": [{"Key": "detached-since", "Value": "last week"}, {"Key": "a\x07", "Value": "b\n"}],
    }
    volume = volume_from(raw, price_of=PRICES.volume_price)

    assert volume.detached_since is None
    assert volume.price_usd_per_month is None
    assert volume.tags == {"detached-since": "last week", "a": "b"}
