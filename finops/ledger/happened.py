"""What was decided and proved within some days: what a period's savings are summed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.ledger.tables import opportunities


@dataclass(frozen=True, slots=True)
class Happened:
    """One opportunity that was decided or proved: when, and what the bill showed."""

    id: str
    team: str
    status: Status
    decided_at: datetime | None
    implemented_at: datetime | None
    verified_at: datetime | None
    realised: Saving


def happened(
    connection: Connection, *, since: datetime, until: datetime, team: str | None = None
) -> Sequence[Happened]:
    """All that were decided within `since <= at < until`, or proved before `until`."""
    table = opportunities
    query = select(
        table.c.id,
        table.c.team,
        table.c.status,
        table.c.decided_at,
        table.c.implemented_at,
        table.c.verified_at,
        table.c.realised_cashable_usd_per_month,
        table.c.realised_freed_usd_per_month,
    ).where(
        or_(
            table.c.verified_at < until,
            table.c.decided_at.between(since, until),
        )
    )
    if team is not None:
        query = query.where(func.lower(table.c.team) == team.lower())
    return [
        Happened(
            row.id,
            row.team,
            Status(row.status),
            row.decided_at,
            row.implemented_at,
            row.verified_at,
            Saving(row.realised_cashable_usd_per_month, row.realised_freed_usd_per_month),
        )
        for row in connection.execute(query.order_by(table.c.id))
    ]
