"""An hour of usage as a cycle saw it: what bills are split by where no finer usage is known.

Each snapshot adds its hour to the cluster's day. A node's day is split by the hours that were seen,
be it one or twenty-four.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from finops.billing.usage_hours import CONTAINER_TYPES, ESTATE_TYPES
from finops.domain.cloud import CloudKind
from finops.domain.cluster_objects import Pod
from finops.domain.costs import ContainerDay
from finops.domain.estate import Container, ContainerRole, Snapshot, Workload
from finops.domain.people import UNKNOWN_TEAM
from finops.domain.quantities import GIB
from finops.domain.usage import UsageSummary

Row = Sequence[object]
_SHARED_KINDS = {
    CloudKind.NAT_GATEWAY,
    CloudKind.LOAD_BALANCER,
    CloudKind.INTERFACE_ENDPOINT,
    CloudKind.KUBERNETES_CLUSTER,
}


def with_snapshot(known: ContainerDay | None, snapshot: Snapshot) -> ContainerDay:
    """The cluster's day with the hour of this snapshot, which takes the place of an older one."""
    taken_at = snapshot.taken_at.astimezone(UTC)
    hour = taken_at.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    with tempfile.TemporaryDirectory(prefix="finops-hours-") as name:
        folder = Path(name)
        containers = _merged(
            folder,
            container_rows(snapshot, hour),
            known.containers if known else b"",
            types=CONTAINER_TYPES,
            keep_old="hour <> (SELECT max(hour) FROM new)",
        )
        estate = _merged(
            folder,
            estate_rows(snapshot),
            known.estate if known else b"",
            types=ESTATE_TYPES,
            keep_old="(role, resource_id) NOT IN (SELECT (role, resource_id) FROM new)",
        )
        hours = _hours(folder, containers)
    return ContainerDay(
        cluster=snapshot.cluster,
        day=taken_at.date(),
        hours=hours,
        containers=containers,
        estate=estate,
    )


def with_hours(
    known: ContainerDay | None, snapshot: Snapshot, rows: Iterable[Row], *, day: date
) -> ContainerDay:
    """A whole day's rows in the place of the hours that cycles saw.

    What the snapshot shows now is added to the machines and disks that were seen on that day.
    """
    then = datetime(day.year, day.month, day.day, tzinfo=UTC)
    with tempfile.TemporaryDirectory(prefix="finops-hours-") as name:
        folder = Path(name)
        containers = _merged(folder, rows, b"", types=CONTAINER_TYPES, keep_old="")
        estate = _merged(
            folder,
            estate_rows(replace(snapshot, taken_at=then)),
            known.estate if known else b"",
            types=ESTATE_TYPES,
            keep_old="(role, resource_id) NOT IN (SELECT (role, resource_id) FROM new)",
        )
        hours = _hours(folder, containers)
    return ContainerDay(
        cluster=snapshot.cluster, day=day, hours=hours, containers=containers, estate=estate
    )


def container_rows(snapshot: Snapshot, hour: datetime) -> Iterator[Row]:
    """A row for each container of each running pod, in the order of CONTAINER_TYPES.

    A pod whose workload is not known has the requests that its pod says, under its own name.
    """
    workloads = {workload.key: workload for workload in snapshot.workloads}
    for pod in snapshot.pods:
        if not pod.node:
            continue
        kind, name = pod.workload_kind or "Pod", pod.workload_name or pod.name
        workload = workloads.get((pod.namespace, kind, name))
        head = (hour, snapshot.cluster, pod.node, pod.namespace, kind, name)
        for container, team, figures in _figures(pod, workload):
            yield (*head, container, team, *figures)


def _figures(pod: Pod, workload: Workload | None) -> Iterator[tuple[str, str, Row]]:
    if workload is None:
        whole = (pod.cpu_request_millicores / 1000, 0.0, pod.memory_request_bytes / GIB, 0.0)
        yield "", "", whole
        return
    team = "" if workload.team == UNKNOWN_TEAM else workload.team
    for container in workload.containers:
        if container.role is not ContainerRole.INIT:
            yield container.name, team, _container(container)


def _container(container: Container) -> Row:
    return (
        (container.cpu_request_millicores or 0) / 1000,
        _mean(container.cpu_usage) / 1000,
        (container.memory_request_bytes or 0) / GIB,
        _mean(container.memory_usage) / GIB,
    )


def _mean(usage: UsageSummary | None) -> float:
    """What one pod uses on average; the hottest pod's where nobody counted them."""
    if usage is None:
        return 0.0
    return usage.summed_mean / usage.pods if usage.pods else usage.mean


def estate_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Nodes, claimed volumes, balancers and what serves all, in the order of ESTATE_TYPES."""
    head = (snapshot.taken_at.astimezone(UTC).date(), snapshot.cluster)
    for node in snapshot.nodes:
        size = (node.cpu_millicores / 1000, node.memory_bytes / GIB, 0.0)
        names = (node.instance_id or node.name, node.name, node.node_group)
        yield (*head, "node", *names, *size, "", "", "", "")
    claimed = list(_claimed_volumes(snapshot))
    yield from ((*head, *row) for row in claimed)
    # A disk that nobody claims any more is the cluster's all the same: it is what is saved.
    ids = {row[1] for row in claimed}
    for volume in snapshot.volumes:
        if volume.volume_id not in ids:
            yield (*head, "volume", volume.volume_id, *_NO_NODE, "", "", "", "")
    balancers = set()
    for service in snapshot.services:
        if service.balancer:
            name = balancer_name(service.balancer)
            balancers.add(name)
            yield (
                *head,
                "workload",
                f"loadbalancer/{name}",
                *_NO_NODE,
                service.namespace,
                "",
                "",
                "",
            )
    for one in snapshot.cloud_resources:
        is_named = any(name and name in one.resource_id for name in balancers)
        if one.kind in _SHARED_KINDS and not is_named:
            yield (
                *head,
                "shared",
                _as_billed(one.kind, one.resource_id),
                *_NO_NODE,
                "",
                "",
                "",
                "",
            )


_NO_NODE = ("", "", 0.0, 0.0, 0.0)


def _as_billed(kind: CloudKind, resource_id: str) -> str:
    is_bare = kind is CloudKind.LOAD_BALANCER and "loadbalancer/" not in resource_id
    return f"loadbalancer/{resource_id}" if is_bare else resource_id


def _claimed_volumes(snapshot: Snapshot) -> Iterator[Row]:
    pods = {(pod.namespace, pod.name): pod for pod in snapshot.pods}
    teams = {workload.key: workload.team for workload in snapshot.workloads}
    for claim in snapshot.claims:
        if not claim.volume_handle:
            continue
        users = [pods[key] for name in claim.used_by if (key := (claim.namespace, name)) in pods]
        kind, name = (users[0].workload_kind, users[0].workload_name) if users else ("", "")
        team = teams.get((claim.namespace, kind, name), UNKNOWN_TEAM)
        owner = (claim.namespace, kind, name, "" if team == UNKNOWN_TEAM else team)
        yield ("volume", claim.volume_handle, *_NO_NODE, *owner)


def balancer_name(host: str) -> str:
    """`k8s-shop-web-1a2b3c-4d5e.elb.eu-central-1.amazonaws.com` → `k8s-shop-web-1a2b3c`."""
    first = host.partition(".")[0].removeprefix("internal-")
    return first.rpartition("-")[0] or first


def _merged(
    folder: Path,
    rows: Iterable[Row],
    old: bytes,
    *,
    types: Mapping[str, str],
    keep_old: str,
) -> bytes:
    """New rows as Parquet, with the old ones that they do not replace."""
    text, before, after = folder / "new.csv", folder / "old.parquet", folder / "all.parquet"
    with text.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(types)
        writer.writerows(rows)
    with duckdb.connect() as connection:
        connection.read_csv(
            str(text), header=True, delimiter=",", quotechar='"', dtype=dict(types)
        ).create_view("new")
        query = "SELECT * FROM new"
        if old:
            before.write_bytes(old)
            connection.read_parquet(str(before)).create_view("old")
            query += f" UNION ALL SELECT * FROM old WHERE {keep_old}"
        columns = ", ".join(types)
        connection.sql(f"SELECT * FROM ({query}) ORDER BY {columns}").write_parquet(
            str(after), compression="zstd"
        )
    return after.read_bytes()


def _hours(folder: Path, containers: bytes) -> int:
    path = folder / "counted.parquet"
    path.write_bytes(containers)
    with duckdb.connect() as connection:
        connection.read_parquet(str(path)).create_view("c")
        row = connection.execute("SELECT count(DISTINCT hour) FROM c").fetchone()
    return int(row[0]) if row else 0
