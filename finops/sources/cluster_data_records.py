"""Keys of the `cluster_data` shape and the estate values made of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops.domain.errors import InvalidInput
from finops.domain.estate import (
    UNKNOWN_TEAM,
    Container,
    Node,
    NodeGroup,
    UsageSummary,
    Volume,
    Workload,
)
from finops.domain.prices import MachinePrice, PriceList
from finops.domain.quantities import GIB
from finops.sources import cluster_data_fields as read
from finops.sources.cluster_data_problems import Field

Fields = Mapping[str, Any]

_OWNER = {"tags": Field(read.tags), "team": Field(read.or_none(read.text))}
# Not a kind of Kubernetes: the data did not say which one runs the container.
UNKNOWN_KIND = "Workload"
_REPLICAS = read.whole(100_000)
# All replicas of one container together. The largest clusters there are have some 65,000 nodes;
# more than this is a unit mistake that would be a saving of billions.
_MAX_CORES_IN_ALL = 1_000_000
_MAX_GIB_IN_ALL = 10_000_000

CLUSTER = Field(read.cluster_name, is_required=True)

WORKLOAD_FIELDS: Mapping[str, Field] = {
    "name": Field(read.name, is_required=True),
    "cpu_request": Field(read.or_none(read.cpu), is_required=True),
    "cpu_usage": Field(read.or_none(read.cpu), is_required=True),
    "memory_request_gb": Field(read.or_none(read.memory), is_required=True),
    "memory_usage_gb": Field(read.or_none(read.memory), is_required=True),
    "kind": Field(read.label_name),
    "container": Field(read.label_name),
    "replicas": Field(_REPLICAS),
    "cpu_limit": Field(read.or_none(read.cpu)),
    "memory_limit_gb": Field(read.or_none(read.memory)),
    "history_days": Field(read.days),
    "daily_cpu_peaks": Field(read.listed(read.cpu)),
    "daily_memory_peaks_gb": Field(read.listed(read.memory)),
    **_OWNER,
}

NODE_FIELDS: Mapping[str, Field] = {
    "name": Field(read.name, is_required=True),
    "instance_type": Field(read.name, is_required=True),
    "instance_id": Field(read.name),
    "node_group": Field(read.name),
    "cpu_cores": Field(read.cpu),
    "memory_gb": Field(read.memory),
    "cpu_requested": Field(read.cpu),
    "memory_requested_gb": Field(read.memory),
    "cpu_usage": Field(read.or_none(read.cpu)),
    "memory_usage_gb": Field(read.or_none(read.memory)),
    "history_days": Field(read.days),
    "pods": Field(read.whole(100_000)),
    "price_usd_per_hour": Field(read.or_none(read.usd_per_hour)),
    "blockers": Field(read.listed(read.text)),
    **_OWNER,
}

NODE_GROUP_FIELDS: Mapping[str, Field] = {
    "name": Field(read.name, is_required=True),
    "desired_size": Field(_REPLICAS, is_required=True),
    "min_size": Field(_REPLICAS),
    "max_size": Field(_REPLICAS),
    "instance_type": Field(read.name),
}

VOLUME_FIELDS: Mapping[str, Field] = {
    "volume_id": Field(read.name, is_required=True),
    "size_gb": Field(read.whole(read.MAX_VOLUME_GIB, smallest=1), is_required=True),
    "volume_type": Field(read.name, is_required=True),
    "attached": Field(read.flag, is_required=True),
    "created_at": Field(read.or_none(read.moment)),
    "detached_since": Field(read.or_none(read.moment)),
    "name": Field(read.or_none(read.text)),
    **_OWNER,
}


def workload_from(fields: Fields, namespace: str, *, cluster: str, source: str) -> Workload:
    """A workload with the one container that the entry describes."""
    _refuse_absurd_sums(fields)
    container = Container(
        name=fields.get("container", ""),
        cpu_request_millicores=fields["cpu_request"],
        cpu_limit_millicores=fields.get("cpu_limit"),
        memory_request_bytes=fields["memory_request_gb"],
        memory_limit_bytes=fields.get("memory_limit_gb"),
        cpu_usage=_usage(fields["cpu_usage"], fields, "daily_cpu_peaks", source=source),
        memory_usage=_usage(
            fields["memory_usage_gb"], fields, "daily_memory_peaks_gb", source=source
        ),
    )
    return Workload(
        cluster=cluster,
        namespace=namespace,
        kind=fields.get("kind", UNKNOWN_KIND),
        name=fields["name"],
        replicas=fields.get("replicas", 1),
        containers=(container,),
        source_path=source,
        **_owner(fields),
    )


def _refuse_absurd_sums(fields: Fields) -> None:
    replicas = fields.get("replicas", 1)
    cores = (fields["cpu_request"] or 0) * replicas // 1000
    gib = (fields["memory_request_gb"] or 0) * replicas // GIB
    if cores > _MAX_CORES_IN_ALL or gib > _MAX_GIB_IN_ALL:
        raise InvalidInput(
            f"{replicas:,} replicas ask for {cores:,} cores and {gib:,} GiB in all; check the "
            "units (cpu_request is in cores of one replica, memory_request_gb in GiB)"
        )


def _usage(
    figure: int | None, fields: Fields, peaks_key: str, *, source: str
) -> UsageSummary | None:
    """One figure, with the history that is given: a single sample when there is none."""
    peaks: Sequence[int] = fields.get(peaks_key, ())
    window_days = float(fields.get("history_days", len(peaks)))
    if len(peaks) > window_days + 1:
        raise InvalidInput(
            f"{peaks_key} has {len(peaks)} days, more than history_days ({window_days:g})"
        )
    if figure is None:
        return None
    return UsageSummary(
        window_days=window_days,
        samples=max(len(peaks), 1),
        mean=float(figure),
        maximum=float(max((figure, *peaks))),
        daily_peaks=tuple(float(peak) for peak in peaks),
        source=source,
    )


def node_from(fields: Fields, *, cluster: str, source: str, prices: PriceList | None) -> Node:
    """A node; its size and price come from the price list where the data leaves them out."""
    machine = prices.machine_price(fields["instance_type"]) if prices else None
    price, price_source = _node_price(fields, machine, source)
    return Node(
        cluster=cluster,
        name=fields["name"],
        instance_type=fields["instance_type"],
        instance_id=fields.get("instance_id", ""),
        node_group=fields.get("node_group", ""),
        cpu_millicores=_size(fields, "cpu_cores", machine.vcpu * 1000 if machine else None),
        memory_bytes=_size(fields, "memory_gb", int(machine.memory_gib * GIB) if machine else None),
        requested_cpu_millicores=fields.get("cpu_requested", 0),
        requested_memory_bytes=fields.get("memory_requested_gb", 0),
        cpu_usage=_usage(fields.get("cpu_usage"), fields, "", source=source),
        memory_usage=_usage(fields.get("memory_usage_gb"), fields, "", source=source),
        pods=fields.get("pods", 0),
        blockers=fields.get("blockers", ()),
        price_usd_per_hour=price,
        price_source=price_source,
        **_owner(fields),
    )


def _size(fields: Fields, key: str, from_list: int | None) -> int:
    size: int | None = fields.get(key, from_list)
    if not size:
        raise InvalidInput(f"{key} is missing, and {fields['instance_type']} has no known size")
    return size


def _node_price(
    fields: Fields, machine: MachinePrice | None, source: str
) -> tuple[Decimal | None, str]:
    given: Decimal | None = fields.get("price_usd_per_hour")
    if given is not None:
        return given, f"given in {source}"
    return (machine.usd_per_hour, machine.source) if machine else (None, "")


def node_group_from(fields: Fields, *, cluster: str) -> NodeGroup:
    """A node group; without limits the desired size is both of them."""
    desired = fields["desired_size"]
    smallest, largest = fields.get("min_size", desired), fields.get("max_size", desired)
    if not smallest <= desired <= largest:
        raise InvalidInput(f"desired_size {desired} is not between {smallest} and {largest}")
    return NodeGroup(
        cluster=cluster,
        name=fields["name"],
        desired_size=desired,
        min_size=smallest,
        max_size=largest,
        instance_type=fields.get("instance_type", ""),
    )


def volume_from(fields: Fields, *, cluster: str, prices: PriceList | None) -> Volume:
    """A volume with its list price, where the list knows the type."""
    size = fields["size_gb"]
    price = prices.volume_price(fields["volume_type"], size) if prices else None
    return Volume(
        volume_id=fields["volume_id"],
        size_gib=size,
        volume_type=fields["volume_type"],
        is_attached=fields["attached"],
        cluster=cluster,
        name=fields.get("name") or "",
        created_at=fields.get("created_at"),
        detached_since=fields.get("detached_since"),
        price_usd_per_month=price.usd_per_month if price else None,
        price_source=price.source if price else "",
        **_owner(fields),
    )


def _owner(fields: Fields) -> dict[str, Any]:
    return {"team": fields.get("team") or UNKNOWN_TEAM, "tags": fields.get("tags", {})}
