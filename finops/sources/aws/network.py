"""Addresses, NAT gateways and interface endpoints.

Attributes of an Address: `public_ip`, `is_associated`, `instance_id`, `network_interface_id`.
Attributes of a NatGateway: `vpc_id`, `subnet_id`, `connectivity` (public, private), `route_tables`
(ids of those that route to it; empty: traffic cannot reach it; absent: they could not be read).
Attributes of an InterfaceEndpoint: `service_name`, `vpc_id`, `endpoint_type`, `zones` (how many
subnets, each with an hourly price), `is_managed` (made by an AWS service).
"""

from collections import defaultdict
from collections.abc import Iterator

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.answers import Answers, tags_of
from finops.sources.aws.calls import Call, under

ADDRESSES = Call(
    service="ec2",
    operation="describe_addresses",
    action="ec2:DescribeAddresses",
    reads="Elastic IP addresses",
    items=under("Addresses"),
)
NAT_GATEWAYS = Call(
    service="ec2",
    operation="describe_nat_gateways",
    action="ec2:DescribeNatGateways",
    reads="NAT gateways",
    items=under("NatGateways"),
    page_size=1000,
)
ROUTE_TABLES = Call(
    service="ec2",
    operation="describe_route_tables",
    action="ec2:DescribeRouteTables",
    reads="which NAT gateways are routed to",
    items=under("RouteTables"),
    page_size=100,
    after=NAT_GATEWAYS,
    hides=None,
)
ENDPOINTS = Call(
    service="ec2",
    operation="describe_vpc_endpoints",
    action="ec2:DescribeVpcEndpoints",
    reads="interface endpoints",
    items=under("VpcEndpoints"),
    page_size=1000,
    arguments={"Filters": [{"Name": "vpc-endpoint-type", "Values": ["Interface"]}]},
)
CALLS = (ADDRESSES, NAT_GATEWAYS, ROUTE_TABLES, ENDPOINTS)
_GONE = {"deleting", "deleted", "failed"}


def addresses(answers: Answers) -> Iterator[CloudResource]:
    """Elastic IP addresses; AWS does not say since when one is idle."""
    for raw in answers.of(ADDRESSES):
        tags, is_associated = tags_of(raw), "AssociationId" in raw or bool(raw.get("InstanceId"))
        yield answers.resource(
            CloudKind.ADDRESS,
            raw.get("AllocationId") or raw["PublicIp"],
            name=tags.get("Name", ""),
            state="in-use" if is_associated else "idle",
            tags=tags,
            facts={
                "public_ip": raw.get("PublicIp"),
                "is_associated": is_associated,
                "instance_id": raw.get("InstanceId") or None,
                "network_interface_id": raw.get("NetworkInterfaceId") or None,
            },
        )


def nat_gateways(answers: Answers) -> Iterator[CloudResource]:
    """NAT gateways with the route tables that lead to them."""
    routed = defaultdict(set)
    for table in answers.of(ROUTE_TABLES):
        for route in table.get("Routes", ()):
            routed[route.get("NatGatewayId")].add(table["RouteTableId"])
    knows_routes = answers.knows(ROUTE_TABLES)
    for raw in answers.of(NAT_GATEWAYS):
        if raw.get("State") in _GONE:
            continue
        tags, tables = tags_of(raw), sorted(routed.get(raw["NatGatewayId"], ()))
        yield answers.resource(
            CloudKind.NAT_GATEWAY,
            raw["NatGatewayId"],
            name=tags.get("Name", ""),
            state=raw.get("State", ""),
            created_at=raw.get("CreateTime"),
            tags=tags,
            facts={
                "vpc_id": raw.get("VpcId"),
                "subnet_id": raw.get("SubnetId"),
                "connectivity": raw.get("ConnectivityType"),
                "route_tables": tables if tables or knows_routes else None,
            },
        )


def endpoints(answers: Answers) -> Iterator[CloudResource]:
    """Interface endpoints; gateway endpoints cost nothing."""
    for raw in answers.of(ENDPOINTS):
        if str(raw.get("State", "")).lower() in _GONE:
            continue
        tags = tags_of(raw)
        yield answers.resource(
            CloudKind.INTERFACE_ENDPOINT,
            raw["VpcEndpointId"],
            name=tags.get("Name", ""),
            state=str(raw.get("State", "")).lower(),
            created_at=raw.get("CreationTimestamp"),
            tags=tags,
            facts={
                "service_name": raw.get("ServiceName"),
                "vpc_id": raw.get("VpcId"),
                "endpoint_type": raw.get("VpcEndpointType"),
                "zones": len(raw.get("SubnetIds", ())),
                "is_managed": raw.get("RequesterManaged"),
            },
        )
