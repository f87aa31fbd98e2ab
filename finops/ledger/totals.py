"""Sums of savings by team, kind or cluster; cashable and freed apart."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import IN_FLIGHT, OFFERED, Status
from finops.domain.money import Saving
from finops.ledger.tables import opportunities as opportunities_table

_COLUMNS = {"team": "team", "kind": "kind", "type": "kind", "cluster": "cluster"}


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One line of a breakdown: what is offered, in flight and realised for one name."""

    name: str
    opportunities: int
    offered: Saving
    in_flight: Saving
    realised: Saving


def breakdown(connection: Connection, *, by: str, team: str | None = None) -> list[Breakdown]:
    """Totals by `team`, `kind` (or `type`) or `cluster`, sorted by name.

    Raises InvalidInput for anything else.
    """
    if by not in _COLUMNS:
        raise InvalidInput(f"There is no breakdown by {by[:40]!r}; use {', '.join(_COLUMNS)}.")
    by_name: dict[str, list[Any]] = {}
    for row in connection.execute(_sums(opportunities_table.c[_COLUMNS[by]], team)):
        by_name.setdefault(row.name, []).append(row)
    return [_breakdown(name, rows) for name, rows in sorted(by_name.items())]


def _sums(column: Any, team: str | None) -> Any:
    table = opportunities_table
    query = select(
        column.label("name"),
        table.c.status,
        func.count().label("count"),
        func.sum(table.c.cashable_usd_per_month).label("cashable"),
        func.sum(table.c.freed_usd_per_month).label("freed"),
        func.sum(table.c.realised_cashable_usd_per_month).label("realised_cashable"),
        func.sum(table.c.realised_freed_usd_per_month).label("realised_freed"),
    ).group_by(column, table.c.status)
    return query if team is None else query.where(func.lower(table.c.team) == team.lower())


def _breakdown(name: str, rows: list[Any]) -> Breakdown:
    def total(statuses: Collection[str]) -> Saving:
        chosen = [row for row in rows if row.status in statuses]
        return sum((Saving(row.cashable, row.freed) for row in chosen), Saving())

    verified = [row for row in rows if row.status == Status.VERIFIED]
    return Breakdown(
        name=name,
        opportunities=sum(row.count for row in rows),
        offered=total(OFFERED),
        in_flight=total(IN_FLIGHT),
        realised=sum(
            (Saving(row.realised_cashable, row.realised_freed) for row in verified), Saving()
        ),
    )
