"""Who has agreed to a revision, while it waits for others who must agree too."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from finops.domain.opportunity import Approval
from finops.ledger.tables import approvals, opportunities


def add(
    connection: Connection, opportunity_id: str, *, revision: int, approver: str, now: datetime
) -> bool:
    """Write down one approval; False when this person has given it before."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    done = connection.execute(
        insert(approvals)
        .values(
            opportunity_id=opportunity_id, revision=revision, approver=approver, approved_at=now
        )
        .on_conflict_do_nothing()
    )
    return done.rowcount == 1


def given(connection: Connection, ids: Collection[str]) -> dict[str, tuple[Approval, ...]]:
    """The approvals of each opportunity's present revision, the oldest first."""
    table = approvals
    query = (
        select(table)
        .join(opportunities, opportunities.c.id == table.c.opportunity_id)
        .where(table.c.opportunity_id.in_(ids), table.c.revision == opportunities.c.revision)
        .order_by(table.c.approved_at, table.c.approver)
    )
    found: dict[str, tuple[Approval, ...]] = {}
    for row in connection.execute(query):
        one = Approval(row.approver, row.approved_at)
        found[row.opportunity_id] = (*found.get(row.opportunity_id, ()), one)
    return found


def withdraw(connection: Connection, opportunity_id: str) -> None:
    """Forget all of an opportunity: who agreed to one asking has not agreed to the next."""
    connection.execute(delete(approvals).where(approvals.c.opportunity_id == opportunity_id))
