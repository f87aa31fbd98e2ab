"""Answers of the EC2 and EKS APIs → nodes, node groups and volumes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from finops.domain.estate import UNKNOWN_TEAM, Gap, Node, NodeGroup, SnapshotPart, Volume
from finops.domain.prices import MachinePrice, VolumePrice
from finops.domain.quantities import GIB

SOURCE = "AWS inventory"
CLUSTER_TAG_PREFIX = "kubernetes.io/cluster/"
CLUSTER_NAME_TAGS = ("eks:cluster-name", "aws:eks:cluster-name")
NODE_GROUP_TAGS = ("eks:nodegroup-name", "karpenter.sh/nodepool", "alpha.eksctl.io/nodegroup-name")
DETACHED_TAGS = ("finops/detached-since", "detached-since")
TEAM_TAGS = ("team", "owner")
# The price facts are of this region; elsewhere they are an approximation and say so.
PRICED_REGION = "us-east-1"

MachinePrices = Callable[[str], MachinePrice | None]
VolumePrices = Callable[[str, int], VolumePrice | None]
Raw = Mapping[str, Any]


def tags_of(raw: Raw) -> dict[str, str]:
    """`[{"Key": "Name", "Value": "a"}]` → `{"Name": "a"}`, without unprintable characters."""
    return {_plain(tag["Key"]): _plain(tag.get("Value", "")) for tag in raw.get("Tags") or ()}


def team_from(tags: Mapping[str, str]) -> str:
    """The value of the tag `team`, else `owner`, however they are capitalised."""
    lowered = {key.lower(): value for key, value in tags.items()}
    return next((lowered[key] for key in TEAM_TAGS if lowered.get(key)), UNKNOWN_TEAM)


def cluster_from(tags: Mapping[str, str]) -> str:
    """The cluster that the tags name, or "" when none does."""
    named = next((tags[key] for key in CLUSTER_NAME_TAGS if tags.get(key)), "")
    prefixed = (key for key in tags if key.startswith(CLUSTER_TAG_PREFIX))
    return named or next(prefixed, "").removeprefix(CLUSTER_TAG_PREFIX)


def node_from(raw: Raw, *, cluster: str, region: str, price_of: MachinePrices) -> Node | Gap:
    """An instance as a node, or a gap when its type has no known size.

    Spot and Windows machines keep their size but get no price: the on-demand Linux list is not
    what they cost.
    """
    tags, instance_type = tags_of(raw), raw["InstanceType"]
    machine = price_of(instance_type)
    if machine is None:
        return Gap(
            SOURCE,
            f"{raw['InstanceId']} in {region} is a {instance_type}, whose size and price are not "
            "in the bundled list; the node is left out.",
            hides=frozenset({SnapshotPart.NODES}),
        )
    other = _other_price_model(raw)
    return Node(
        cluster=cluster,
        name=raw.get("PrivateDnsName") or raw["InstanceId"],
        instance_type=instance_type,
        cpu_millicores=machine.vcpu * 1000,
        memory_bytes=int(machine.memory_gib * GIB),
        instance_id=raw["InstanceId"],
        node_group=next((tags[key] for key in NODE_GROUP_TAGS if tags.get(key)), ""),
        price_usd_per_hour=None if other else machine.usd_per_hour,
        price_source=other or machine.source,
        team=team_from(tags),
        tags=tags,
    )


def _other_price_model(raw: Raw) -> str:
    if raw.get("InstanceLifecycle") == "spot":
        return "a spot instance; the on-demand list does not apply"
    if raw.get("Platform") == "windows":
        return "a Windows machine; the Linux list does not apply"
    return ""


def node_group_from(raw: Raw, *, cluster: str) -> NodeGroup:
    """An EKS managed node group; several instance types leave `instance_type` empty."""
    scaling, types = raw.get("scalingConfig", {}), raw.get("instanceTypes") or []
    return NodeGroup(
        cluster=cluster,
        name=raw["nodegroupName"],
        desired_size=scaling.get("desiredSize", 0),
        min_size=scaling.get("minSize", 0),
        max_size=scaling.get("maxSize", 0),
        instance_type=types[0] if len(types) == 1 else "",
    )


def volume_from(raw: Raw, *, price_of: VolumePrices) -> Volume:
    """An EBS volume with its storage price; its cluster is the one its tags name."""
    tags = tags_of(raw)
    is_attached = raw.get("State") != "available" or bool(raw.get("Attachments"))
    price = price_of(raw["VolumeType"], raw["Size"])
    return Volume(
        volume_id=raw["VolumeId"],
        size_gib=raw["Size"],
        volume_type=raw["VolumeType"],
        is_attached=is_attached,
        cluster=cluster_from(tags),
        name=tags.get("Name") or tags.get("kubernetes.io/created-for/pvc/name", ""),
        created_at=raw.get("CreateTime"),
        detached_since=None if is_attached else _detached_since(tags),
        price_usd_per_month=price.usd_per_month if price else None,
        price_source=price.source if price else "",
        team=team_from(tags),
        tags=tags,
    )


def _detached_since(tags: Mapping[str, str]) -> datetime | None:
    for key in DETACHED_TAGS:
        try:
            moment = datetime.fromisoformat(tags[key])
        except (KeyError, ValueError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def price_gaps(
    regions: Sequence[str], nodes: Sequence[Node], volumes: Sequence[Volume]
) -> list[Gap]:
    """What is not priced, or priced by the list of another region; counted, not listed."""
    unpriced = [n for n in nodes if n.price_usd_per_hour is None]
    unknown = sorted({v.volume_type for v in volumes if v.price_usd_per_month is None})
    elsewhere = [region for region in regions if region != PRICED_REGION]
    sentences = []
    if unpriced:
        reasons = ", ".join(sorted({n.price_source for n in unpriced}))
        sentences.append(f"{len(unpriced)} nodes have no price ({reasons}).")
    if unknown:
        sentences.append(f"Volumes of type {', '.join(unknown)} have no price in the bundled list.")
    if elsewhere and (nodes or volumes):
        sentences.append(
            f"Prices in {', '.join(elsewhere)} are those of {PRICED_REGION}, the only region in "
            "the bundled list; real ones are usually a little higher."
        )
    return [Gap(SOURCE, sentence) for sentence in sentences]


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
