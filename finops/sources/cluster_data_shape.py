"""The given `cluster_data` shape → a `Snapshot`: pushed over HTTP, passed in Python, or a file.

    {"cluster": "prod",
     "workloads": {"shop": [{"name": "frontend", "cpu_request": 1.0, "cpu_usage": 0.12,
                             "memory_request_gb": 2, "memory_usage_gb": "700Mi", "team": "web"}]},
     "nodes": […], "node_groups": […], "volumes": […]}

CPU is in cores, memory in GiB (`gb` in the key means GiB); both may be Kubernetes quantities
instead. `null` for a request or usage means "not declared" or "not known".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from finops.domain.errors import InvalidInput
from finops.domain.estate import Gap, NodeGroup, Snapshot, SnapshotPart, Volume, Workload
from finops.domain.prices import DEFAULT_UNIT_PRICES, PriceList
from finops.sources.cluster_data_fields import label_name
from finops.sources.cluster_data_problems import Field, Problems, plain, read_record, shown
from finops.sources.cluster_data_records import (
    CLUSTER,
    NODE_FIELDS,
    NODE_GROUP_FIELDS,
    VOLUME_FIELDS,
    WORKLOAD_FIELDS,
    node_from,
    node_group_from,
    volume_from,
    workload_from,
)

_SECTIONS = ("workloads", "nodes", "node_groups", "volumes")
_TOP = {"cluster": CLUSTER} | {section: Field(lambda raw: raw) for section in _SECTIONS}
MAX_RECORDS = 200_000
# A pushed figure may come from a clock that is a little ahead.
_CLOCK_SKEW = timedelta(days=1)


@dataclass(slots=True)
class _Reading:
    """One reading in progress."""

    now: datetime
    source: str
    prices: PriceList | None
    problems: Problems = field(default_factory=Problems)
    cluster: str = ""


def read_cluster_data(
    data: object, *, now: datetime, source: str = "cluster_data", prices: PriceList | None = None
) -> Snapshot:
    """Read the whole shape or nothing of it.

    `prices` fills what the data does not say: node prices and sizes by instance type, volume
    prices, unit prices. Without it only given prices are known and unit prices are the defaults.

    A usage figure without history becomes a summary of one sample and `window_days` 0; with
    `history_days` or daily peaks that many days. A section that is left out becomes a gap. An entry
    is one container: entries of one name and different `container` are one workload; an entry
    without `container` is a workload's only one and its container has the name ""; without `kind`
    its kind is "Workload".

    Raises InvalidInput that lists every problem (at most 20) by place, such as
    `workloads.shop[3].cpu_request: -1 is negative`.
    """
    reading = _Reading(now, source, prices)
    top = read_record(data, _TOP, source, reading.problems)
    reading.cluster = top["cluster"] if top else ""
    return _snapshot(data if isinstance(data, Mapping) else {}, reading)


def _snapshot(raw: Mapping[str, Any], reading: _Reading) -> Snapshot:
    """Read all sections, so that every problem is told, then refuse or build."""
    prices = reading.prices
    workloads = _workloads(raw.get("workloads"), reading)
    nodes = _records(raw, "nodes", reading)
    groups = _records(raw, "node_groups", reading)
    volumes = _records(raw, "volumes", reading)
    reading.problems.raise_if_any(reading.source)
    return Snapshot(
        cluster=reading.cluster,
        taken_at=reading.now,
        workloads=workloads,
        nodes=nodes,
        node_groups=groups,
        volumes=volumes,
        unit_prices=prices.unit_prices(nodes) if prices else DEFAULT_UNIT_PRICES,
        gaps=_gaps(raw, reading.source),
    )


def _gaps(raw: Mapping[str, Any], source: str) -> tuple[Gap, ...]:
    """A section that is left out was not looked at; an empty one says that there is nothing."""
    silent = [section for section in _SECTIONS if raw.get(section) is None]
    if not silent:
        return ()
    named = " and ".join([", ".join(silent[:-1]), silent[-1]] if silent[1:] else silent)
    sentence = (
        f"The data says nothing of {named.replace('_', ' ')}: what is known of them stays. Send an "
        "empty list where there are none."
    )
    hidden = frozenset(SnapshotPart(section.replace("_", " ")) for section in silent)
    return (Gap(plain(source), sentence, hides=hidden),)


def _workloads(raw: object, reading: _Reading) -> tuple[Workload, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, Mapping):
        reading.problems.add("workloads", f"{shown(raw)} is not a mapping of namespaces")
        return ()
    merged: dict[tuple[str, str, str], Workload] = {}
    for namespace, entries in raw.items():
        place = f"workloads.{plain(str(namespace))}"
        try:
            label_name(namespace)
        except InvalidInput as error:
            reading.problems.add(place, f"the namespace {error}")
            continue
        if not isinstance(entries, list | tuple) or len(entries) > MAX_RECORDS:
            reading.problems.add(place, f"{shown(entries)} is not a list of workloads")
            continue
        for index, entry in enumerate(entries):
            _add_workload(entry, namespace, f"{place}[{index}]", merged=merged, to=reading)
    return tuple(merged.values())


def _add_workload(
    entry: object,
    namespace: str,
    place: str,
    *,
    merged: dict[tuple[str, str, str], Workload],
    to: _Reading,
) -> None:
    fields = read_record(entry, WORKLOAD_FIELDS, place, to.problems)
    if fields is None:
        return
    try:
        found = workload_from(fields, namespace, cluster=to.cluster, source=to.source)
        key = (found.namespace, found.kind, found.name)
        merged[key] = _merged(merged[key], found) if key in merged else found
    except InvalidInput as error:
        to.problems.add(place, str(error))


def _merged(first: Workload, second: Workload) -> Workload:
    label = f"{second.kind} {second.namespace}/{second.name}"
    names = {container.name for container in first.containers}
    added = second.containers[0]
    if added.name in names:
        raise InvalidInput(f"{label} {f'container {added.name} ' * bool(added.name)}is there twice")
    if "" in names or not added.name:
        raise InvalidInput(f"{label} has several entries; each of them must name its container")
    if (first.replicas, first.team) != (second.replicas, second.team):
        raise InvalidInput(f"{label} has other replicas or another team in an earlier entry")
    return replace(first, containers=(*first.containers, added))


def _records(raw: Mapping[str, Any], section: str, reading: _Reading) -> tuple[Any, ...]:
    entries = raw.get(section)
    if entries is None:
        return ()
    if not isinstance(entries, list | tuple) or len(entries) > MAX_RECORDS:
        reading.problems.add(section, f"{shown(entries)} is not a list")
        return ()
    found: dict[str, Any] = {}
    for index, entry in enumerate(entries):
        place = f"{section}[{index}]"
        record = _record(entry, section, place, reading)
        if record is None:
            continue
        key = record.volume_id if isinstance(record, Volume) else record.name
        if key in found:
            reading.problems.add(place, f"{key} is there twice")
        found[key] = record
    return tuple(found.values())


def _record(entry: object, section: str, place: str, reading: _Reading) -> Any:
    fields = read_record(entry, _FIELDS[section], place, reading.problems)
    if fields is None:
        return None
    try:
        if section == "nodes":
            return node_from(
                fields, cluster=reading.cluster, source=reading.source, prices=reading.prices
            )
        if section == "volumes":
            return _checked_times(
                volume_from(fields, cluster=reading.cluster, prices=reading.prices), reading.now
            )
        group: NodeGroup = node_group_from(fields, cluster=reading.cluster)
        return group
    except InvalidInput as error:
        reading.problems.add(place, str(error))
        return None


_FIELDS = {"nodes": NODE_FIELDS, "node_groups": NODE_GROUP_FIELDS, "volumes": VOLUME_FIELDS}


def _checked_times(volume: Volume, now: datetime) -> Volume:
    for label, moment in (
        ("created_at", volume.created_at),
        ("detached_since", volume.detached_since),
    ):
        if moment and moment > now + _CLOCK_SKEW:
            raise InvalidInput(f"{label} {moment:%Y-%m-%d} is in the future")
    if volume.created_at and volume.detached_since and volume.detached_since < volume.created_at:
        raise InvalidInput(
            f"detached_since {volume.detached_since:%Y-%m-%d} is before created_at "
            f"{volume.created_at:%Y-%m-%d}"
        )
    if volume.is_attached and volume.detached_since:
        raise InvalidInput("detached_since is given for an attached volume")
    return volume
