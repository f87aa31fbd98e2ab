"""Small estates and opportunities, built by hand, for the tests of the rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from finops.domain.changes import Change, Setting
from finops.domain.estate import (
    Container,
    Node,
    NodeGroup,
    Snapshot,
    UnitPrices,
    UsageSummary,
    Volume,
    Workload,
)
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import (
    Effort,
    Opportunity,
    OpportunityRecord,
    Resource,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)
from finops.domain.quantities import GIB, MIB

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
PRICES = UnitPrices(Decimal("0.031611"), Decimal("0.004237"), "list price")


def usage(q97: float, maximum: float, *, days: float = 14, daily: int = 14) -> UsageSummary:
    """A usage summary whose days all peaked at the 97 % quantile."""
    return UsageSummary(
        window_days=days,
        samples=round(days * 1440),
        mean=q97 / 2,
        maximum=maximum,
        percentiles={0.97: q97, 0.99: q97},
        daily_peaks=(q97,) * daily,
        source="prometheus",
    )


def single_figure(value: float) -> UsageSummary:
    """One figure without history, as a pushed snapshot has it."""
    return UsageSummary(window_days=0, samples=1, mean=value, maximum=value, source="pushed")


def container(**changes: Any) -> Container:
    """A container that asks for 1 core and 2 GiB and uses a fifth of both."""
    whole = Container(
        name="server",
        cpu_request_millicores=1000,
        memory_request_bytes=2 * GIB,
        cpu_usage=usage(180, 220),
        memory_usage=usage(300 * MIB, 400 * MIB),
    )
    return replace(whole, **changes)


def workload(*containers: Container, **changes: Any) -> Workload:
    """A Deployment of team payments with three replicas."""
    whole = Workload(
        cluster="prod-1",
        namespace="shop",
        kind="Deployment",
        name="frontend",
        replicas=3,
        containers=containers or (container(),),
        team="payments",
    )
    return replace(whole, **changes)


def node(name: str, **changes: Any) -> Node:
    """A node with 4 cores and 16 GiB, a quarter of both requested, in the group workers."""
    whole = Node(
        cluster="prod-1",
        name=name,
        instance_type="m5.xlarge",
        cpu_millicores=4000,
        memory_bytes=16 * GIB,
        node_group="workers",
        requested_cpu_millicores=1000,
        requested_memory_bytes=4 * GIB,
        cpu_usage=usage(600, 800),
        memory_usage=usage(2 * GIB, 3 * GIB),
        pods=10,
        price_usd_per_hour=Decimal("0.192"),
        team="platform",
    )
    return replace(whole, **changes)


def nodes(count: int, **changes: Any) -> tuple[Node, ...]:
    """That many equal nodes."""
    return tuple(node(f"node-{i}", **changes) for i in range(count))


def group(size: int, **changes: Any) -> NodeGroup:
    """The group workers with that desired size."""
    whole = NodeGroup(cluster="prod-1", name="workers", desired_size=size, min_size=1, max_size=10)
    return replace(whole, **changes)


def volume(**changes: Any) -> Volume:
    """100 GiB, unattached for 20 days, $8 a month."""
    whole = Volume(
        volume_id="vol-1",
        size_gib=100,
        volume_type="gp3",
        is_attached=False,
        cluster="prod-1",
        detached_since=NOW - timedelta(days=20),
        created_at=NOW - timedelta(days=90),
        price_usd_per_month=Decimal("8.00"),
        team="search",
    )
    return replace(whole, **changes)


def snapshot(**changes: Any) -> Snapshot:
    """An empty snapshot of the cluster prod-1."""
    return replace(Snapshot(cluster="prod-1", taken_at=NOW, unit_prices=PRICES), **changes)


def wasteful_snapshot() -> Snapshot:
    """One waste of each kind."""
    return snapshot(
        workloads=(workload(),), nodes=nodes(6), node_groups=(group(6),), volumes=(volume(),)
    )


def opportunity(**changes: Any) -> Opportunity:
    """A CPU request of the frontend from 1000m to 500m that frees $240 a month."""
    resource = changes.get("resource") or Resource(
        cluster="prod-1", namespace="shop", kind="Deployment", name="frontend", container="server"
    )
    fingerprint = fingerprint_of(changes.get("kind", WasteKind.OVER_REQUESTED_CPU), resource)
    whole = Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=WasteKind.OVER_REQUESTED_CPU,
        resource=resource,
        changes=(Change(Setting.CPU_REQUEST, 1000, 500),),
        saving=Saving(freed_usd_per_month=Decimal(240)),
        confidence=0.95,
        risk=0.3,
        effort=Effort.LOW,
        restart_needed=True,
        rollback_possible=True,
        summary="It asks for twice what it needs.",
        rollback="Revert the pull request.",
        detected_at=NOW,
        team="payments",
        blast_replicas=3,
    )
    return replace(whole, **changes)


def record(
    name: str, status: Status, saving: Saving, *, team: str = "payments", **changes: Any
) -> OpportunityRecord:
    """A ledger record of a workload of that name."""
    resource = Resource(cluster="prod-1", namespace="shop", kind="Deployment", name=name)
    held = opportunity(resource=resource, status=status, saving=saving, team=team)
    whole = OpportunityRecord(opportunity=held, status_changed_at=NOW, last_seen_at=NOW)
    return replace(whole, **changes)
