"""EC2 instances and Auto Scaling groups.

Attributes of an Instance: `instance_type`, `capacity_type` (on-demand, spot), `platform` (linux,
windows), `architecture`, `zone`, `vpc_id`, `image_id`, `volume_ids`, `stopped_since` (ISO; absent
when EC2 does not say), `scaling_group`, `cluster`, `is_dedicated`.
Attributes of a ScalingGroup: `min_size`, `desired_size`, `max_size`, `instance_ids`,
`instance_types` (those of its instances), `suspended`, `has_mixed_instances`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.answers import Answers, moment, tags_of
from finops.sources.aws.calls import Call, Raw, under

INSTANCES = Call(
    service="ec2",
    operation="describe_instances",
    action="ec2:DescribeInstances",
    reads="instances",
    items=under("Reservations", "Instances"),
    page_size=1000,
)
SCALING_GROUPS = Call(
    service="autoscaling",
    operation="describe_auto_scaling_groups",
    action="autoscaling:DescribeAutoScalingGroups",
    reads="Auto Scaling groups",
    items=under("AutoScalingGroups"),
    page_size=100,
    page_parameter="MaxRecords",
)
CALLS = (INSTANCES, SCALING_GROUPS)
CLUSTER_TAG_PREFIX = "kubernetes.io/cluster/"
CLUSTER_NAME_TAGS = ("eks:cluster-name", "aws:eks:cluster-name")
# As in: User initiated (2024-05-01 08:15:00 GMT)
_STOPPED_AT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")
_ENDED = {"terminated", "shutting-down"}


def instances(answers: Answers) -> Iterator[CloudResource]:
    """Instances in every state but the last: a terminated one costs nothing and soon disappears."""
    for raw in answers.of(INSTANCES):
        state = raw.get("State", {}).get("Name", "")
        if state not in _ENDED:
            yield _instance(answers, raw, state)


def _instance(answers: Answers, raw: Raw, state: str) -> CloudResource:
    tags, placement = tags_of(raw), raw.get("Placement", {})
    devices = raw.get("BlockDeviceMappings", ())
    is_stopped = state in ("stopping", "stopped")
    return answers.resource(
        CloudKind.INSTANCE,
        raw["InstanceId"],
        name=tags.get("Name", ""),
        state=state,
        created_at=raw.get("LaunchTime"),
        tags=tags,
        facts={
            "instance_type": raw["InstanceType"],
            "capacity_type": raw.get("InstanceLifecycle", "on-demand"),
            "platform": raw.get("Platform") or "linux",
            "architecture": raw.get("Architecture"),
            "zone": placement.get("AvailabilityZone"),
            "vpc_id": raw.get("VpcId"),
            "image_id": raw.get("ImageId"),
            "volume_ids": [d["Ebs"]["VolumeId"] for d in devices if d.get("Ebs")],
            "stopped_since": stopped_since(raw) if is_stopped else None,
            "scaling_group": tags.get("aws:autoscaling:groupName"),
            "cluster": cluster_from(tags) or None,
            "is_dedicated": placement.get("Tenancy", "default") != "default",
        },
    )


def stopped_since(raw: Raw) -> datetime | None:
    """When it was stopped, from `StateTransitionReason`; None when EC2 does not say."""
    found = _STOPPED_AT.search(raw.get("StateTransitionReason") or "")
    return moment(found[1]) if found else None


def cluster_from(tags: Mapping[str, str]) -> str:
    """The cluster that the tags name, or "" when none does."""
    named = next((tags[key] for key in CLUSTER_NAME_TAGS if tags.get(key)), "")
    prefixed = (key for key in tags if key.startswith(CLUSTER_TAG_PREFIX))
    return named or next(prefixed, "").removeprefix(CLUSTER_TAG_PREFIX)


def scaling_groups(answers: Answers) -> Iterator[CloudResource]:
    """Auto Scaling groups, those of node groups too."""
    for raw in answers.of(SCALING_GROUPS):
        members = raw.get("Instances", ())
        yield answers.resource(
            CloudKind.SCALING_GROUP,
            raw["AutoScalingGroupARN"],
            name=raw["AutoScalingGroupName"],
            state=raw.get("Status", ""),
            created_at=raw.get("CreatedTime"),
            tags=tags_of(raw),
            facts={
                "min_size": raw.get("MinSize"),
                "desired_size": raw.get("DesiredCapacity"),
                "max_size": raw.get("MaxSize"),
                "instance_ids": [member["InstanceId"] for member in members],
                "instance_types": sorted(
                    {m["InstanceType"] for m in members if "InstanceType" in m}
                ),
                "suspended": [one["ProcessName"] for one in raw.get("SuspendedProcesses", ())],
                "has_mixed_instances": "MixedInstancesPolicy" in raw,
            },
        )
