"""Load balancers, classic and v2.

Attributes of a LoadBalancer: `type` (classic, application, network, gateway), `scheme`
(internet-facing, internal), `vpc_id`, `dns_name` (what Services and DNS records point to),
`targets`, `healthy_targets`, `unchecked_targets` (without a health check: nobody knows). The counts
are absent when they could not be read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.answers import Answers
from finops.sources.aws.calls import Call, Raw, under
from finops.sources.aws.tagging import tags_by_arn

CLASSIC_BALANCERS = Call(
    service="elb",
    operation="describe_load_balancers",
    action="elasticloadbalancing:DescribeLoadBalancers",
    reads="classic load balancers",
    items=under("LoadBalancerDescriptions"),
    page_size=400,
    page_parameter="PageSize",
)
CLASSIC_HEALTH = Call(
    service="elb",
    operation="describe_instance_health",
    action="elasticloadbalancing:DescribeInstanceHealth",
    reads="whether targets of classic load balancers are healthy",
    items=under("InstanceStates"),
    after=CLASSIC_BALANCERS,
    asks=lambda _, balancer: [{"LoadBalancerName": balancer["LoadBalancerName"]}],
    hides=None,
)
BALANCERS = Call(
    service="elbv2",
    operation="describe_load_balancers",
    action="elasticloadbalancing:DescribeLoadBalancers",
    reads="load balancers",
    items=under("LoadBalancers"),
    page_size=400,
    page_parameter="PageSize",
)
TARGET_GROUPS = Call(
    service="elbv2",
    operation="describe_target_groups",
    action="elasticloadbalancing:DescribeTargetGroups",
    reads="target groups",
    items=under("TargetGroups"),
    page_size=400,
    page_parameter="PageSize",
    after=BALANCERS,
    hides=None,
)
TARGET_HEALTH = Call(
    service="elbv2",
    operation="describe_target_health",
    action="elasticloadbalancing:DescribeTargetHealth",
    reads="whether targets are healthy",
    items=under("TargetHealthDescriptions"),
    after=TARGET_GROUPS,
    # A target group that no balancer uses costs nothing.
    asks=lambda _, group: (
        [{"TargetGroupArn": group["TargetGroupArn"]}] if group.get("LoadBalancerArns") else []
    ),
    hides=None,
)
CALLS = (CLASSIC_BALANCERS, CLASSIC_HEALTH, BALANCERS, TARGET_GROUPS, TARGET_HEALTH)


def balancers(answers: Answers) -> Iterator[CloudResource]:
    """Balancers of all four types."""
    tags = tags_by_arn(answers)
    yield from _classic(answers, tags)
    states = _target_states(answers)
    knows_targets = answers.knows(TARGET_GROUPS, TARGET_HEALTH)
    for raw in answers.of(BALANCERS):
        counted = states[raw["LoadBalancerArn"]] if knows_targets else None
        yield answers.resource(
            CloudKind.LOAD_BALANCER,
            raw["LoadBalancerArn"],
            name=raw["LoadBalancerName"],
            state=raw.get("State", {}).get("Code", ""),
            created_at=raw.get("CreatedTime"),
            tags=tags.get(raw["LoadBalancerArn"], {}),
            facts={
                "type": raw.get("Type"),
                "scheme": raw.get("Scheme"),
                "vpc_id": raw.get("VpcId"),
                "dns_name": raw.get("DNSName"),
                "targets": counted.total() if counted is not None else None,
                "healthy_targets": counted["healthy"] if counted is not None else None,
                "unchecked_targets": counted["unavailable"] if counted is not None else None,
            },
        )


def _classic(answers: Answers, tags: Mapping[str, Mapping[str, str]]) -> Iterator[CloudResource]:
    healthy = Counter(
        balancer["LoadBalancerName"]
        for balancer, instance in answers.pairs(CLASSIC_HEALTH)
        if instance.get("State") == "InService"
    )
    knows_health = answers.knows(CLASSIC_HEALTH)
    for raw in answers.of(CLASSIC_BALANCERS):
        name = raw["LoadBalancerName"]
        arn = answers.place.arn("elasticloadbalancing", f"loadbalancer/{name}")
        yield answers.resource(
            CloudKind.LOAD_BALANCER,
            arn,
            name=name,
            created_at=raw.get("CreatedTime"),
            tags=tags.get(arn, {}),
            facts={
                "type": "classic",
                "scheme": raw.get("Scheme"),
                "vpc_id": raw.get("VPCId"),
                "dns_name": raw.get("DNSName"),
                "targets": len(raw.get("Instances", ())),
                "healthy_targets": healthy[name] if knows_health else None,
            },
        )


def _target_states(answers: Answers) -> Mapping[str, Counter[str]]:
    """Balancer → how many targets are in which state; a target of two groups counts twice."""
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for group, target in answers.pairs(TARGET_HEALTH):
        for arn in _users(group):
            states[arn][target.get("TargetHealth", {}).get("State", "")] += 1
    return states


def _users(group: Raw) -> list[str]:
    arns: list[str] = group.get("LoadBalancerArns", [])
    return arns
