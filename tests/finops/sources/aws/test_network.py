from typing import Any

from finops.domain.cloud import CloudKind
from tests.finops.sources.aws.readings import only, read, tag
from tests.real_parts.aws_in_front import InFront, Rule


def subnet(ec2: Any) -> dict[str, Any]:
    found: dict[str, Any] = ec2.describe_subnets()["Subnets"][0]
    return found


def test_addresses_are_idle_or_in_use(aws: Any) -> None:
    ec2 = aws.client("ec2")
    idle = ec2.allocate_address(
        Domain="vpc", TagSpecifications=tag("elastic-ip", Name="old", team="web")
    )
    used = ec2.allocate_address(Domain="vpc")
    machine = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]
    ec2.associate_address(AllocationId=used["AllocationId"], InstanceId=machine["InstanceId"])
    found = {r.resource_id: r for r in read(aws).resources if r.kind is CloudKind.ADDRESS}

    assert found[idle["AllocationId"]].state == "idle"
    assert (found[idle["AllocationId"]].name, found[idle["AllocationId"]].team) == ("old", "web")
    assert found[used["AllocationId"]].state == "in-use"
    assert found[used["AllocationId"]].attributes["instance_id"] == machine["InstanceId"]


def test_a_nat_gateway_knows_the_route_tables_that_lead_to_it(
    aws: Any, aws_in_front: InFront
) -> None:
    ec2 = aws.client("ec2")
    place = subnet(ec2)
    routed, idle = (
        ec2.create_nat_gateway(SubnetId=place["SubnetId"])["NatGateway"]["NatGatewayId"]
        for _ in range(2)
    )
    table = ec2.create_route_table(VpcId=place["VpcId"])["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=routed)
    found = {r.resource_id: r.attributes for r in read(aws).resources}
    aws_in_front.rules = [Rule("ec2", "DescribeRouteTables", code="UnauthorizedOperation")]
    blind = read(aws, endpoint_url=aws_in_front.endpoint_url)

    assert found[routed]["route_tables"] == (table,)
    assert found[idle]["route_tables"] == ()
    assert found[idle]["subnet_id"] == place["SubnetId"]
    assert all("route_tables" not in r.attributes for r in blind.resources)


def test_interface_endpoints_count_their_zones_and_gateways_are_left_out(aws: Any) -> None:
    ec2 = aws.client("ec2")
    place = subnet(ec2)
    ec2.create_vpc_endpoint(
        VpcId=place["VpcId"],
        ServiceName=f"com.amazonaws.{aws.region}.ssm",
        VpcEndpointType="Interface",
        SubnetIds=[place["SubnetId"]],
        TagSpecifications=tag("vpc-endpoint", Name="ssm", team="core"),
    )
    ec2.create_vpc_endpoint(
        VpcId=place["VpcId"],
        ServiceName=f"com.amazonaws.{aws.region}.s3",
        VpcEndpointType="Gateway",
    )
    reading = read(aws, metric_days=7)
    endpoint = only(reading, CloudKind.INTERFACE_ENDPOINT)

    assert (endpoint.name, endpoint.team, endpoint.state) == ("ssm", "core", "available")
    assert endpoint.attributes["zones"] == 1
    assert endpoint.metrics["BytesProcessed"].datapoints == 0
