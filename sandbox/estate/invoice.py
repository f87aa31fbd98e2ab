"""Acorn's whole invoice, each line in its place: machines to workloads, and what else there is.

Besides the cluster there is a database that got a replica twelve days before the demo begins and a
reservation five days before, a growing bucket, a CDN, and charges that no resource makes: enough
for a trend with more use, a dearer mix and lower prices.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from finops.domain.costs import AllocatedCost, BillDay, CostCategory, CostKey
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.opportunity import Resource
from finops.domain.quantities import GIB
from finops.domain.verdict import DailyCost
from sandbox.estate import profiles
from sandbox.estate.desired import CLUSTER, Declared
from sandbox.estate.sources import day_costs

ACCOUNT, REGION = "210987654321", "us-east-1"
EC2, EBS, EKS = "Amazon Elastic Compute Cloud", "Amazon Elastic Block Store", "Amazon EKS"
RDS, S3, CDN = "Amazon Relational Database Service", "Amazon S3", "Amazon CloudFront"
VPC, SUPPORT = "Amazon Virtual Private Cloud", "AWS Support"
_MICRO = Decimal("0.000001")
_HOURS = Decimal(24)
_ZERO = Decimal(0)
# Days before the demo began.
_REPLICA_SINCE, _RESERVED_SINCE = 12, 5
# Acorn's months are closed soon after they end; here each day is, after that many days.
_CLOSED = timedelta(days=15)
_RESERVED_RATE = Decimal("0.66")


@dataclass(frozen=True, slots=True)
class _Line:
    """One steady charge: what is used in a day, and what one unit costs."""

    service: str
    item: str
    unit: str
    quantity: Decimal
    usd: Decimal
    category: CostCategory = CostCategory.ALLOCATED
    team: str = ""
    resource: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class SimulatedInvoice:
    """What AWS asked of Acorn day by day. `began` is the day on which the demo began."""

    declared_at: Callable[[datetime], Declared]
    began: date

    def days(
        self, *, start: date, end: date
    ) -> Iterator[tuple[BillDay, tuple[AllocatedCost, ...]]]:
        """The bill's total and its allocated rows of each day with `start <= day < end`."""
        day = start
        while day < end:
            declared = self.declared_at(datetime.combine(day, time(12), tzinfo=UTC))
            rows = tuple(invoice_rows(declared, day, self.began))
            yield _total(day, rows, is_final=end - day > _CLOSED), rows
            day += timedelta(days=1)

    def daily(self, query: str, *, start: date, end: date) -> dict[date, Decimal]:
        """Requests that the shop served (DailyMetric): more on weekends, and more each week."""
        first = self.began - timedelta(days=400)
        days = [start + timedelta(days=n) for n in range((end - start).days)]
        return {
            day: Decimal(2_400_000 + 900 * (day - first).days + 260_000 * (day.weekday() >= 5))
            for day in days
            if day < self.began + timedelta(days=3650) and query
        }


def invoice_rows(declared: Declared, day: date, began: date) -> Iterator[AllocatedCost]:
    """What that day costs when that is deployed; `began` is the day on which the demo began."""
    costs = list(day_costs(declared, day))
    yield from _machines(declared, day, costs)
    for cost in costs:
        if "/Volume/" in cost.resource_key:
            yield _volume(declared, cost)
    for line in _lines(day, began):
        yield _steady(day, line)


def _machines(declared: Declared, day: date, costs: list[DailyCost]) -> Iterator[AllocatedCost]:
    """Each container's share, and the rest as idle, by AWS's rule in proportion to the shares."""
    paid = sum((c.effective_cost for c in costs if "/NodeGroup/" in c.resource_key), _ZERO)
    shares = [c for c in costs if c.category.startswith("allocated")]
    hours = _hours(declared)
    for share in shares:
        item = share.category.removeprefix("allocated_")
        yield _row(
            _workload_key(share, day, CostCategory.ALLOCATED, item),
            share.effective_cost,
            hours[share.resource_key, item],
        )
    allocated = sum((c.effective_cost for c in shares), _ZERO)
    left = paid - allocated
    for index, share in enumerate(shares):
        part = (paid - allocated) * share.effective_cost / allocated
        part = left if index == len(shares) - 1 else part.quantize(_MICRO)
        left -= part
        item = share.category.removeprefix("allocated_")
        yield _row(_workload_key(share, day, CostCategory.IDLE, item), part, _ZERO)


def _hours(declared: Declared) -> dict[tuple[str, str], Decimal]:
    """Core-hours and GiB-hours that each container asks for in a day."""
    found: dict[tuple[str, str], Decimal] = {}
    for workload in declared.workloads:
        for container in workload.containers:
            key = Resource(
                cluster=CLUSTER,
                kind=workload.kind,
                name=workload.name,
                namespace=workload.namespace,
                container=container.name,
            ).key
            hours = workload.replicas * _HOURS
            found[key, "cpu"] = hours * (container.cpu_request_millicores or 0) / 1000
            found[key, "memory"] = hours * Decimal(container.memory_request_bytes or 0) / GIB
    return found


def _workload_key(cost: DailyCost, day: date, category: CostCategory, item: str) -> CostKey:
    _, namespace, kind, workload, _ = cost.resource_key.split("/")
    return CostKey(
        day=day,
        currency="USD",
        category=category,
        account=ACCOUNT,
        service=EC2,
        item=item,
        region=REGION,
        cluster=CLUSTER,
        namespace=namespace,
        workload_kind=kind,
        workload=workload,
        team="" if cost.team == UNKNOWN_TEAM else cost.team,
        resource_key=cost.resource_key.rpartition("/")[0],
        usage_unit="core-hours" if item == "cpu" else "GiB-hours",
    )


def _volume(declared: Declared, cost: DailyCost) -> AllocatedCost:
    key = CostKey(
        day=cost.day,
        currency="USD",
        category=CostCategory.ALLOCATED,
        account=ACCOUNT,
        service=EBS,
        item="EBS:VolumeUsage.gp3",
        region=REGION,
        cluster=CLUSTER,
        team=cost.team,
        resource_key=cost.resource_key,
        usage_unit="GB-Mo",
    )
    sizes = [volume.size_gib for volume in declared.volumes if volume.team == cost.team]
    return _row(key, cost.effective_cost, Decimal(sum(sizes)) / 30 / len(sizes))


def _lines(day: date, began: date) -> Iterator[_Line]:
    """What is not the cluster's machines; it grows a little each week."""
    weeks = Decimal((day - began).days) / 7
    database_rate = Decimal("0.178")
    if day >= began - timedelta(days=_RESERVED_SINCE):
        database_rate *= _RESERVED_RATE
    yield _Line(
        RDS, "InstanceUsage:db.m6g.large", "Hrs", _HOURS, database_rate, team="payments",
        resource="arn:aws:rds:us-east-1:210987654321:db:ledger",
    )  # fmt: skip
    if day >= began - timedelta(days=_REPLICA_SINCE):
        yield _Line(
            RDS, "InstanceUsage:db.r6g.large", "Hrs", _HOURS, Decimal("0.26"), team="payments",
            resource="arn:aws:rds:us-east-1:210987654321:db:ledger-replica",
        )  # fmt: skip
    stored = Decimal(9_400) + 180 * weeks
    yield _Line(
        S3, "TimedStorage-ByteHrs", "GB-Mo", stored / 30, Decimal("0.023"), team="data",
        resource="acorn-events",
    )  # fmt: skip
    yield _Line(
        CDN, "DataTransfer-Out-Bytes", "GB", Decimal(61) + weeks, Decimal("0.085"), team="shop",
        resource="E2ACORNSHOP",
    )  # fmt: skip
    shared = {"category": CostCategory.SHARED, "cluster": CLUSTER}
    yield _Line(EKS, "AmazonEKS-Hours:perCluster", "Hrs", _HOURS, Decimal("0.10"), **shared)  # type: ignore[arg-type] # the same two keywords
    yield _Line(VPC, "NatGateway-Hours", "Hrs", _HOURS * 2, Decimal("0.045"), **shared)  # type: ignore[arg-type] # the same two keywords
    yield _Line(SUPPORT, "Dollar", "", _ZERO, Decimal("3.30"), category=CostCategory.UNALLOCATED)


def _steady(day: date, line: _Line) -> AllocatedCost:
    key = CostKey(
        day=day,
        currency="USD",
        category=line.category,
        account=ACCOUNT,
        service=line.service,
        item=line.item,
        region=REGION,
        cluster=line.cluster,
        team=line.team,
        resource_key=line.resource,
        usage_unit=line.unit,
    )
    if not line.unit:
        return _row(key, line.usd, _ZERO)
    jitter = profiles.daily_jitter(f"{line.item}/{line.team}", day.toordinal(), share=0.02)
    # What runs by the hour runs every hour; only what is stored and sent breathes.
    used = line.quantity if line.unit == "Hrs" else line.quantity * Decimal(str(round(jitter, 6)))
    return _row(key, used * line.usd, used)


def _row(key: CostKey, usd: Decimal, quantity: Decimal) -> AllocatedCost:
    cost = usd.quantize(_MICRO)
    return AllocatedCost(
        key=key,
        billed_cost=cost,
        effective_cost=cost,
        list_cost=cost,
        usage_quantity=float(quantity),
    )


def _total(day: date, rows: tuple[AllocatedCost, ...], *, is_final: bool) -> BillDay:
    cost = sum((row.effective_cost for row in rows), _ZERO)
    return BillDay(
        day=day,
        currency="USD",
        billed_cost=cost,
        effective_cost=cost,
        list_cost=cost,
        lines=len(rows),
        is_final=is_final,
    )
