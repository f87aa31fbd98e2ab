from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from finops.domain.cloud import CloudKind
from finops.sources.aws.machines import cluster_from, stopped_since
from tests.finops.sources.aws.readings import only, read, tag


def run(ec2: Any, **options: Any) -> str:
    answer = ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="m5.large", MinCount=1, MaxCount=1, **options
    )
    instance_id: str = answer["Instances"][0]["InstanceId"]
    return instance_id


def test_machines_in_every_state_but_ended_are_read(aws: Any) -> None:
    ec2 = aws.client("ec2")
    running = run(ec2, TagSpecifications=tag("instance", Name="web", Owner="shop"))
    stopped, ended = run(ec2), run(ec2)
    ec2.stop_instances(InstanceIds=[stopped])
    ec2.terminate_instances(InstanceIds=[ended])
    found = {r.resource_id: r for r in read(aws).resources}

    assert found.keys() == {running, stopped}
    assert (found[running].name, found[running].team) == ("web", "shop")
    assert found[running].attributes["platform"] == "linux"
    assert found[running].price_usd_per_month == Decimal("70.080")
    assert len(found[running].attributes["volume_ids"]) == 1  # type: ignore[arg-type] # a tuple
    assert found[stopped].state == "stopped"
    assert found[stopped].price_usd_per_month == Decimal(0)
    assert str(found[stopped].attributes["stopped_since"]).endswith("+00:00")


@pytest.mark.parametrize(
    ("reason", "since"),
    [
        ("User initiated (2024-05-01 08:15:00 GMT)", datetime(2024, 5, 1, 8, 15, tzinfo=UTC)),
        ("User initiated (2024-05-01 08:15:00 UTC)", datetime(2024, 5, 1, 8, 15, tzinfo=UTC)),
        ("User initiated shutdown", None),
        ("User initiated (2024-15-01 08:15:00 GMT)", None),
        ("", None),
    ],
)
def test_since_when_a_machine_is_stopped_stands_in_its_reason(
    reason: str, since: datetime | None
) -> None:
    assert stopped_since({"StateTransitionReason": reason}) == since


def test_the_cluster_of_a_machine_stands_in_its_tags() -> None:
    assert cluster_from({"kubernetes.io/cluster/prod": "owned"}) == "prod"
    assert cluster_from({"aws:eks:cluster-name": "prod"}) == "prod"
    assert cluster_from({"kubernetes.io/x": ""}) == ""


def test_scaling_groups_come_with_their_limits_and_machines(aws: Any) -> None:
    scaling = aws.client("autoscaling")
    scaling.create_launch_configuration(
        LaunchConfigurationName="old", ImageId="ami-12c6146b", InstanceType="m5.large"
    )
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName="old",
        MinSize=1,
        MaxSize=5,
        DesiredCapacity=2,
        AvailabilityZones=[f"{aws.region}a"],
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    group = only(read(aws), CloudKind.SCALING_GROUP)
    facts = group.attributes

    assert (facts["min_size"], facts["desired_size"], facts["max_size"]) == (1, 2, 5)
    assert len(facts["instance_ids"]) == 2  # type: ignore[arg-type] # a tuple
    assert (group.name, group.team) == ("web", "shop")
    assert group.price_usd_per_month is None
