"""Daily rows of `cost_allocation`, read as sums; `bill_writing.py` writes them.

`by` takes any of the fields of `CostKey`; an amount always comes with its currency.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Select, func, select

from finops.domain.costs import BillChange, BillDay
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
