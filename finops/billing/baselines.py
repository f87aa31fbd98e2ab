"""What a resource cost a month before a change: from the bill, else from the price list. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from finops.billing.unit_prices import origins_of
from finops.domain.estate import ContainerRole, Node, Snapshot, UnitPrices, Workload
from finops.domain.money import DAYS_PER_MONTH, HOURS_PER_MONTH, to_cents
from finops.domain.opportunity import Opportunity, Resource
from finops.domain.quantities import GIB
from finops.domain.verdict import CostBaseline, DailyCost

BASELINE_DAYS = 28


def baseline_of(
    opportunity: Opportunity, snapshot: Snapshot, daily_costs: Iterable[DailyCost] = ()
) -> CostBaseline:
    """What the resource cost a month before the change, and how that is known.

    From the bill: the mean of the days that have rows among the 28 days before the opportunity
    was detected, × 730 ÷ 24. Ten days of $2 each: 2 × 30.4167 = $60.83. Without any such row,
    from the price list: nodes and volumes by their price, a workload by its requests × replicas
    at the snapshot's unit prices. `period_end` is the day after the last day.

    Never raises: a resource without rows and without a price costs 0 by the method `unknown`.
    """
    resource = without_container(opportunity.resource)
    last = opportunity.detected_at.date()
    first = last - timedelta(days=BASELINE_DAYS)
    mine = (row for row in daily_costs if row.resource_key == resource.key)
    if rows := [row for row in mine if first <= row.day < last]:
        return _from_bill(opportunity, resource.key, rows)
    usd, source = _from_price_list(resource, snapshot)
    return CostBaseline(
        opportunity_id=opportunity.id,
        revision=opportunity.revision,
        resource_key=resource.key,
        effective_cost_usd_per_month=to_cents(usd),
        method=source,
        period_start=first,
        period_end=last,
    )


def without_container(resource: Resource) -> Resource:
    """The same resource as bills know it: the workload instead of one of its containers."""
    return Resource(
        cluster=resource.cluster,
        kind=resource.kind,
        name=resource.name,
        namespace=resource.namespace,
    )


def _from_bill(opportunity: Opportunity, key: str, rows: Sequence[DailyCost]) -> CostBaseline:
    days = sorted({row.day for row in rows})
    total = sum((row.effective_cost for row in rows), Decimal(0))
    return CostBaseline(
        opportunity_id=opportunity.id,
        revision=opportunity.revision,
        resource_key=key,
        effective_cost_usd_per_month=to_cents(total / len(days) * DAYS_PER_MONTH),
        method=f"bill: mean EffectiveCost of {len(days)} days × 730 ÷ 24",
        period_start=days[0],
        period_end=days[-1] + timedelta(days=1),
    )


def _from_price_list(resource: Resource, snapshot: Snapshot) -> tuple[Decimal, str]:
    if resource.kind == "Volume":
        return _volume_cost(resource, snapshot)
    if resource.kind in ("Node", "NodeGroup"):
        return _node_cost(resource, snapshot)
    for workload in snapshot.workloads:
        if (workload.kind, workload.namespace, workload.name) == (
            resource.kind,
            resource.namespace,
            resource.name,
        ):
            return _workload_cost(workload, snapshot.unit_prices)
    return _unknown(resource)


def _volume_cost(resource: Resource, snapshot: Snapshot) -> tuple[Decimal, str]:
    for volume in snapshot.volumes:
        if volume.volume_id == resource.name and volume.price_usd_per_month is not None:
            return volume.price_usd_per_month, f"price list: {volume.price_source}"
    return _unknown(resource)


def _node_cost(resource: Resource, snapshot: Snapshot) -> tuple[Decimal, str]:
    nodes = [n for n in snapshot.nodes if resource.name in _names_of(n, resource.kind)]
    known = [n.price_usd_per_hour for n in nodes if n.price_usd_per_hour is not None]
    if not nodes or len(known) < len(nodes):
        return _unknown(resource)
    sources = "; ".join(origins_of(n.price_source for n in nodes))
    usd_per_month = sum(known, Decimal(0)) * HOURS_PER_MONTH
    return usd_per_month, f"price list: {len(nodes)} nodes × 730 h, {sources}"


def _names_of(node: Node, kind: str) -> tuple[str, ...]:
    return (node.node_group,) if kind == "NodeGroup" else (node.name, node.instance_id)


def _workload_cost(workload: Workload, unit: UnitPrices) -> tuple[Decimal, str]:
    """Requests at unit prices: 2 replicas of 0.5 cores at $0.0313 are 0.0313 × 730 = $22.85."""
    running = [c for c in workload.containers if c.role is not ContainerRole.INIT]
    millicores = sum(c.cpu_request_millicores or 0 for c in running)
    size_bytes = sum(c.memory_request_bytes or 0 for c in running)
    per_hour = (
        Decimal(millicores) / 1000 * unit.cpu_usd_per_core_hour
        + Decimal(size_bytes) / GIB * unit.memory_usd_per_gib_hour
    )
    return per_hour * workload.replicas * HOURS_PER_MONTH, (
        f"price list: requests × 730 h, {unit.source}"
    )


def _unknown(resource: Resource) -> tuple[Decimal, str]:
    return Decimal(0), f"unknown: {resource.key} has neither bill rows nor a price in the snapshot"
