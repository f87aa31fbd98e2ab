"""Only metrics that decide something are asked, each where its service measures it."""

import pytest

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.metric_wishes import wishes_for


def resource(kind: CloudKind, resource_id: str, state: str = "", **facts: str) -> CloudResource:
    return CloudResource(
        kind=kind,
        resource_id=resource_id,
        account="123456789012",
        region="eu-central-1",
        name="shop",
        state=state,
        attributes=facts,
    )


ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/"


@pytest.mark.parametrize(
    ("found", "namespace", "dimension"),
    [
        (resource(CloudKind.INSTANCE, "i-1", "running"), "AWS/EC2", ("InstanceId", "i-1")),
        (
            resource(CloudKind.LOAD_BALANCER, f"{ARN}app/shop/50d", type="application"),
            "AWS/ApplicationELB",
            ("LoadBalancer", "app/shop/50d"),
        ),
        (
            resource(CloudKind.LOAD_BALANCER, f"{ARN}gwy/shop/50d", type="gateway"),
            "AWS/GatewayELB",
            ("LoadBalancer", "gwy/shop/50d"),
        ),
        (
            resource(CloudKind.LOAD_BALANCER, f"{ARN}shop", type="classic"),
            "AWS/ELB",
            ("LoadBalancerName", "shop"),
        ),
        (
            resource(CloudKind.DATABASE, "arn:db", engine="docdb"),
            "AWS/DocDB",
            ("DBInstanceIdentifier", "shop"),
        ),
        (
            resource(CloudKind.DATABASE, "arn:db", engine="mysql"),
            "AWS/RDS",
            ("DBInstanceIdentifier", "shop"),
        ),
    ],
)
def test_a_metric_is_asked_where_its_service_measures_it(
    found: CloudResource, namespace: str, dimension: tuple[str, str]
) -> None:
    wishes = list(wishes_for(found))

    assert {wish.namespace for wish in wishes} == {namespace}
    assert {wish.dimensions for wish in wishes} == {(dimension,)}
    assert len(set(wishes)) == len(wishes)


@pytest.mark.parametrize(
    "found",
    [
        resource(CloudKind.INSTANCE, "i-1", "stopped"),
        resource(CloudKind.LOAD_BALANCER, "odd", type="application"),
        resource(CloudKind.SNAPSHOT, "snap-1"),
    ],
)
def test_nothing_is_asked_of_what_has_nothing_to_measure(found: CloudResource) -> None:
    assert list(wishes_for(found)) == []
