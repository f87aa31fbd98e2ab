from typing import Any

from finops.domain.cloud import CloudKind, CloudResource
from tests.finops.sources.aws.readings import read
from tests.real_parts.aws_in_front import InFront, Rule


def balancers(aws: Any, **options: Any) -> dict[str, CloudResource]:
    found = read(aws, **options).resources
    return {r.name: r for r in found if r.kind is CloudKind.LOAD_BALANCER}


def make_network_balancer(aws: Any, *, targets: int) -> None:
    ec2, elb = aws.client("ec2"), aws.client("elbv2")
    place = ec2.describe_subnets()["Subnets"][0]
    balancer = elb.create_load_balancer(
        Name="shop",
        Subnets=[place["SubnetId"]],
        Type="network",
        Scheme="internal",
        Tags=[{"Key": "team", "Value": "web"}],
    )["LoadBalancers"][0]
    group = elb.create_target_group(Name="g", Protocol="TCP", Port=80, VpcId=place["VpcId"])
    group_arn = group["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="TCP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group_arn}],
    )
    machines = ec2.run_instances(ImageId="ami-12c6146b", MinCount=targets, MaxCount=targets)
    ids = [{"Id": machine["InstanceId"]} for machine in machines["Instances"]]
    elb.register_targets(TargetGroupArn=group_arn, Targets=ids)


def test_targets_of_balancers_are_counted_through_their_groups(aws: Any) -> None:
    make_network_balancer(aws, targets=2)
    found = balancers(aws, metric_days=7)["shop"]

    assert (found.attributes["type"], found.attributes["scheme"]) == ("network", "internal")
    assert (found.attributes["targets"], found.attributes["healthy_targets"]) == (2, 2)
    assert found.team == "web"
    assert found.metrics.keys() == {"ActiveFlowCount", "ProcessedBytes"}


def test_without_the_health_of_targets_their_number_is_unknown(
    aws: Any, aws_in_front: InFront
) -> None:
    make_network_balancer(aws, targets=1)
    aws_in_front.rules = [Rule("elasticloadbalancing", "DescribeTargetHealth", code="AccessDenied")]
    found = balancers(aws, endpoint_url=aws_in_front.endpoint_url)["shop"]

    assert "targets" not in found.attributes


def test_classic_balancers_have_instances_of_their_own(aws: Any) -> None:
    ec2, elb = aws.client("ec2"), aws.client("elb")
    elb.create_load_balancer(
        LoadBalancerName="old",
        Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}],
        AvailabilityZones=[f"{aws.region}a"],
    )
    machine = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]
    elb.register_instances_with_load_balancer(
        LoadBalancerName="old", Instances=[{"InstanceId": machine["InstanceId"]}]
    )
    found = balancers(aws, metric_days=7)["old"]

    assert found.resource_id.endswith(":123456789012:loadbalancer/old")
    assert (found.attributes["type"], found.attributes["targets"]) == ("classic", 1)
    assert found.attributes["healthy_targets"] == 1
    assert found.metrics.keys() == {"RequestCount", "EstimatedProcessedBytes"}
