"""The two periods of a question about cost, read from the ledger in grouped sums."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from finops.billing.cost_report import CostQuestion, CostReading
from finops.billing.cost_request import Names
from finops.billing.periods import DayRange
from finops.domain.cost_pieces import CostBy, CostPiece, DayCost
from finops.domain.costs import CostCategory
from finops.domain.estate import UNKNOWN_TEAM
from finops.ledger.costs import CostSum, bill_days, cost_sums

_COLUMNS: Mapping[CostBy, tuple[str, ...]] = {
    CostBy.TEAM: ("team",),
    CostBy.NAMESPACE: ("cluster", "namespace"),
    CostBy.WORKLOAD: ("cluster", "namespace", "workload"),
    CostBy.SERVICE: ("service",),
    CostBy.ACCOUNT: ("account",),
    CostBy.CLUSTER: ("cluster",),
    CostBy.ITEM: ("item",),
}
# What a price is of, beside the line it belongs to.
_PRICE = ("category", "service", "item", "region", "usage_unit")
Where = Mapping[str, str | Collection[str]]


def names_of(connection: Connection, period: DayRange) -> Names:
    """Everything that has a name on the bill in that time."""
    found: dict[CostBy, list[str]] = {}
    for by in (CostBy.TEAM, CostBy.NAMESPACE, CostBy.SERVICE, CostBy.ACCOUNT, CostBy.CLUSTER):
        column = by.value
        sums = cost_sums(connection, start=period.start, end=period.end, by=[column])
        found[by] = sorted({str(s.keys[column]) for s in sums})
    columns = ["namespace", "workload"]
    sums = cost_sums(connection, start=period.start, end=period.end, by=columns)
    found[CostBy.WORKLOAD] = [
        f"{s.keys['namespace']}/{s.keys['workload']}" for s in sums if s.keys["workload"]
    ]
    return found


def where_of(scope: Mapping[CostBy, str]) -> Where:
    """The rows that everything must be of."""
    where: dict[str, str | Collection[str]] = {}
    for by, name in scope.items():
        if by is CostBy.WORKLOAD:
            where["namespace"], _, where["workload"] = name.partition("/")
        elif by is CostBy.TEAM and name in ("", UNKNOWN_TEAM):
            where["team"] = ["", UNKNOWN_TEAM]
        else:
            where[by.value] = name
    return where


def read_costs(
    connection: Connection, question: CostQuestion, period: DayRange, previous: DayRange
) -> CostReading:
    """Both periods, the days of both, and the bill's own totals of them."""
    where = where_of(question.scope)
    now, before = (_sums(connection, question.by, days, where) for days in (period, previous))
    clusters = {s.keys["cluster"] for s in (*now, *before) if s.keys.get("cluster")}
    totals = bill_days(connection, start=previous.start, end=period.end)
    days = cost_sums(connection, start=previous.start, end=period.end, by=["day"], where=where)
    return CostReading(
        now=[_piece(s, question.by, prefixed=len(clusters) > 1) for s in now],
        before=[_piece(s, question.by, prefixed=len(clusters) > 1) for s in before],
        days=[_day(s) for s in days],
        invoice=_invoice(totals),
        billed=frozenset(day.day for _, day in totals),
        is_final=all(d.is_final for _, d in totals if period.start <= d.day < period.end),
    )


def read_total(
    connection: Connection, question: CostQuestion, period: DayRange
) -> Mapping[str, Decimal]:
    """The effective cost of a period by currency; nothing where a day of it is not billed."""
    there = {day.day for _, day in bill_days(connection, start=period.start, end=period.end)}
    if len(there) < period.days:
        return {}
    where = where_of(question.scope)
    sums = cost_sums(connection, start=period.start, end=period.end, where=where)
    return {found.currency: found.effective_cost for found in sums}


def _sums(connection: Connection, by: CostBy, period: DayRange, where: Where) -> list[CostSum]:
    columns = [*_COLUMNS[by], *(name for name in _PRICE if name not in _COLUMNS[by])]
    return cost_sums(connection, start=period.start, end=period.end, by=columns, where=where)


def _piece(found: CostSum, by: CostBy, *, prefixed: bool) -> CostPiece:
    """A sum as a piece; `prefixed` puts the cluster before a namespace, where there are several."""
    keys = found.keys
    return CostPiece(
        name=_name(keys, by, prefixed=prefixed),
        category=CostCategory(keys["category"]),
        currency=found.currency,
        service=keys["service"],
        item=f"{keys['item']} {keys['region']}",
        unit=keys["usage_unit"],
        quantity=Decimal(str(found.usage_quantity)),
        effective_cost=found.effective_cost,
        billed_cost=found.billed_cost,
    )


def _name(keys: Mapping[str, Any], by: CostBy, *, prefixed: bool) -> str:
    names = [str(keys[column]) for column in _COLUMNS[by]]
    if by is CostBy.TEAM and names[0] == UNKNOWN_TEAM:
        return ""
    if by in (CostBy.NAMESPACE, CostBy.WORKLOAD):
        cluster, *rest = names
        if not rest[-1]:
            return ""
        return "/".join([cluster, *rest] if prefixed and cluster else rest)
    return names[0]


def _day(found: CostSum) -> DayCost:
    return DayCost(found.keys["day"], found.currency, found.effective_cost, found.billed_cost)


def _invoice(totals: list[tuple[str, Any]]) -> list[DayCost]:
    """The bills' own totals, summed over bills."""
    sums: dict[tuple[Any, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for _, day in totals:
        kept = sums[day.day, day.currency]
        kept[0] += day.effective_cost
        kept[1] += day.billed_cost
    return [DayCost(day, currency, *amounts) for (day, currency), amounts in sums.items()]
