"""Days of a bill into the ledger: whole, held against its own totals, with corrections."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete

from finops.domain.costs import AllocatedCost, BillChange, BillDay
from finops.domain.errors import InvalidInput
from finops.ledger import tables
from finops.ledger.costs import bill_days

_COSTS, _DAYS, _CHANGES = tables.cost_allocation, tables.bill_days, tables.bill_changes
_MEASURES = ("billed_cost", "effective_cost", "list_cost")
_ROWS_AT_ONCE = 1_000


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
        for index, name in enumerate(_MEASURES):
            total[index] += getattr(row, name)
    wanted = {(day.day, day.currency): day for day in days}
    for key in sorted(wanted.keys() | sums.keys()):
        found = sums.get(key, [Decimal(0)] * 3)
        for name, amount in zip(_MEASURES, found, strict=True):
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
