"""Daily rows of `cost_allocation`: written whole days at a time, read as sums.

`by` takes any of the fields of `CostKey`; an amount always comes with its currency.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select

from finops.domain.costs import AllocatedCost, BillChange, BillDay
from finops.domain.errors import InvalidInput
from finops.ledger import tables

_COSTS, _DAYS, _CHANGES = tables.cost_allocation, tables.bill_days, tables.bill_changes
GROUPS = (
    "day",
    "category",
    "account",
    "service",
    "item",
    "region",
    "cluster",
    "namespace",
    "workload_kind",
    "workload",
    "team",
    "resource_key",
    "usage_unit",
    "bill",
)
_AMOUNTS = ("billed_cost", "effective_cost", "list_cost", "usage_quantity")
_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSum:
    """Amounts in `currency` of one group; `keys` are the values of the columns grouped by.

    `usage_quantity` means something only where `usage_unit` is among the keys or fixed.
    """

    keys: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    currency: str
    billed_cost: Decimal
    effective_cost: Decimal
    list_cost: Decimal
    usage_quantity: float


def cost_sums(
    connection: Connection,
    *,
    start: date,
    end: date,
    by: Sequence[str] = (),
    where: Mapping[str, str | Collection[str]] = MappingProxyType({}),
) -> list[CostSum]:
    """Sums over `start <= day < end`, one for each currency and value of `by`, the dearest first.

    `where` keeps rows whose column has that value, or one of those values: `{"team": "shop"}`,
    `{"category": ["idle", "shared"]}`. Raises InvalidInput for a column that is not in `GROUPS`.
    """
    columns = [_column(name) for name in by]
    sums = [func.sum(_COSTS.c[name]).label(name) for name in _AMOUNTS]
    query = _filtered(select(*columns, _COSTS.c.currency, *sums), start, end, where)
    rows = connection.execute(query.group_by(*columns, _COSTS.c.currency)).all()
    found = [_sum_of(row, by) for row in rows]
    return sorted(found, key=lambda s: (s.currency, -s.effective_cost, str(tuple(s.keys.values()))))


def bill_days(connection: Connection, *, start: date, end: date) -> list[tuple[str, BillDay]]:
    """(bill, its own totals) of each day with `start <= day < end`, oldest first."""
    query = select(_DAYS).where(_DAYS.c.day >= start, _DAYS.c.day < end)
    return [
        (
            row.bill,
            BillDay(
                day=row.day,
                currency=row.currency,
                billed_cost=row.billed_cost,
                effective_cost=row.effective_cost,
                list_cost=row.list_cost,
                lines=row.lines,
                is_final=row.is_final,
            ),
        )
        for row in connection.execute(query.order_by(_DAYS.c.day, _DAYS.c.bill, _DAYS.c.currency))
    ]


def bill_changes(connection: Connection, *, since: datetime) -> list[BillChange]:
    """Days whose cost was corrected after `since`, the newest correction first."""
    query = select(_CHANGES).where(_CHANGES.c.changed_at >= since)
    return [
        BillChange(**{name: value for name, value in row._mapping.items() if name != "id"})
        for row in connection.execute(query.order_by(_CHANGES.c.id.desc()))
    ]


def replace_days(
    connection: Connection,
    bill: str,
    days: Sequence[BillDay],
    rows: Iterable[AllocatedCost],
    *,
    now: datetime,
) -> list[BillChange]:
    """Put `rows` in the place of what was known of these days; returns what was corrected.

    Writing the same days again changes nothing. Raises InvalidInput, before anything is written,
    when the rows of a day do not add up to the bill's own total of it.
    """
    new = list(rows)
    check_reconciled(days, new)
    known = {(d.day, d.currency): d for _, d in _known(connection, bill, days)}
    changes = [
        change
        for day in days
        if (change := _change(bill, known.get((day.day, day.currency)), day, now)) is not None
    ]
    for one in sorted({day.day for day in days}):
        connection.execute(delete(_COSTS).where(_COSTS.c.bill == bill, _COSTS.c.day == one))
        connection.execute(delete(_DAYS).where(_DAYS.c.bill == bill, _DAYS.c.day == one))
    _insert(connection, _DAYS, [_day_row(bill, day, now) for day in days])
    _insert(connection, _COSTS, [_cost_row(bill, row, now) for row in new])
    _insert(connection, _CHANGES, [_change_row(change) for change in changes])
    return changes


def check_reconciled(days: Sequence[BillDay], rows: Sequence[AllocatedCost]) -> None:
    """Hold each day's rows against the bill's own totals, exactly.

    Raises InvalidInput that names day, currency, measure, both sums and the dearest rows of it.
    """
    sums: dict[tuple[date, str], list[Decimal]] = {}
    for row in rows:
        total = sums.setdefault((row.key.day, row.key.currency), [Decimal(0)] * 3)
        for index, name in enumerate(_AMOUNTS[:3]):
            total[index] += getattr(row, name)
    wanted = {(day.day, day.currency): day for day in days}
    for key in sorted(wanted.keys() | sums.keys()):
        found = sums.get(key, [Decimal(0)] * 3)
        for name, amount in zip(_AMOUNTS[:3], found, strict=True):
            asked = getattr(wanted[key], name) if key in wanted else Decimal(0)
            if amount != asked:
                raise InvalidInput(_difference(key, name, asked, amount) + _dearest(rows, key))


def _difference(key: tuple[date, str], name: str, asked: Decimal, found: Decimal) -> str:
    day, currency = key
    return (
        f"{day}: the bill says {asked} {currency} of {name}, its allocation {found}; they differ "
        f"by {found - asked}, so nothing of it is kept. "
    )


def _dearest(rows: Sequence[AllocatedCost], key: tuple[date, str]) -> str:
    mine = [row for row in rows if (row.key.day, row.key.currency) == key]
    dearest = sorted(mine, key=lambda row: -abs(row.billed_cost))[:5]
    lines = (
        f"{r.key.category} {r.key.service} {r.key.resource_key or r.key.item}: {r.billed_cost}"
        for r in dearest
    )
    return f"Its dearest rows: {'; '.join(lines) or 'there is none'}."


def _column(name: str) -> Any:
    if name not in GROUPS:
        raise InvalidInput(f"Costs have no {name[:40]!r} to group by; use {', '.join(GROUPS)}.")
    return _COSTS.c[name]


def _filtered(
    query: Select[Any], start: date, end: date, where: Mapping[str, str | Collection[str]]
) -> Select[Any]:
    query = query.where(_COSTS.c.day >= start, _COSTS.c.day < end)
    for name, wanted in where.items():
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        query = query.where(_column(name).in_(values))
    return query


def _sum_of(row: Any, by: Sequence[str]) -> CostSum:
    return CostSum(
        keys=MappingProxyType({name: getattr(row, name) for name in by}),
        currency=row.currency,
        billed_cost=row.billed_cost,
        effective_cost=row.effective_cost,
        list_cost=row.list_cost,
        usage_quantity=float(row.usage_quantity),
    )


def _known(connection: Connection, bill: str, days: Sequence[BillDay]) -> list[tuple[str, BillDay]]:
    if not days:
        return []
    first, last = min(d.day for d in days), max(d.day for d in days)
    after = date.fromordinal(last.toordinal() + 1)
    return [pair for pair in bill_days(connection, start=first, end=after) if pair[0] == bill]


def _change(bill: str, before: BillDay | None, after: BillDay, now: datetime) -> BillChange | None:
    if before is None or (before.billed_cost, before.effective_cost) == (
        after.billed_cost,
        after.effective_cost,
    ):
        return None
    return BillChange(
        bill=bill,
        day=after.day,
        currency=after.currency,
        billed_before=before.billed_cost,
        billed_after=after.billed_cost,
        effective_before=before.effective_cost,
        effective_after=after.effective_cost,
        changed_at=now,
    )


def _insert(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        connection.execute(table.insert(), rows[first : first + _ROWS_AT_ONCE])


def _day_row(bill: str, day: BillDay, now: datetime) -> dict[str, Any]:
    return {
        "bill": bill,
        "day": day.day,
        "currency": day.currency,
        "billed_cost": day.billed_cost,
        "effective_cost": day.effective_cost,
        "list_cost": day.list_cost,
        "lines": day.lines,
        "is_final": day.is_final,
        "read_at": now,
    }


def _cost_row(bill: str, row: AllocatedCost, now: datetime) -> dict[str, Any]:
    key = row.key
    return {
        "bill": bill,
        "day": key.day,
        "currency": key.currency,
        "category": key.category.value,
        "account": key.account,
        "service": key.service,
        "item": key.item,
        "region": key.region,
        "cluster": key.cluster,
        "namespace": key.namespace,
        "workload_kind": key.workload_kind,
        "workload": key.workload,
        "team": key.team,
        "resource_key": key.resource_key,
        "usage_unit": key.usage_unit,
        "usage_quantity": row.usage_quantity,
        "billed_cost": row.billed_cost,
        "effective_cost": row.effective_cost,
        "list_cost": row.list_cost,
        "recorded_at": now,
    }


def _change_row(change: BillChange) -> dict[str, Any]:
    return {name: getattr(change, name) for name in BillChange.__dataclass_fields__}
