"""Claims: each due unit of work (a cycle, a digest for a channel and week) has one doer.

`INSERT … ON CONFLICT DO NOTHING` decides; a doer that dies lets its lease run out and the next
one takes the unit over. A finished unit is never done again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from finops.ledger.tables import claims

FORGET_AFTER = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit of work that is ours until `lease_until`."""

    work: str
    unit: str
    owner: str
    lease_until: datetime


def take(
    connection: Connection,
    *,
    work: str,
    unit: str,
    owner: str,
    now: datetime,
    lease_seconds: float,
) -> Claim | None:
    """Claim a unit; None when somebody has it or has finished it."""
    lease_until = now + timedelta(seconds=lease_seconds)
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    fresh = connection.execute(
        insert(claims)
        .values(
            work=work,
            unit=unit,
            owner=owner,
            status="taken",
            attempts=1,
            claimed_at=now,
            lease_until=lease_until,
            last_error="",
        )
        .on_conflict_do_nothing(index_elements=["work", "unit"])
    )
    claim = Claim(work, unit, owner, lease_until)
    return claim if fresh.rowcount == 1 or _take_over(connection, claim, now=now) else None


def renew(connection: Connection, claim: Claim, *, until: datetime) -> bool:
    """Keep a unit that is still being done; False when it was lost to somebody else."""
    done = connection.execute(update(claims).where(*_mine(claim)).values(lease_until=until))
    return done.rowcount == 1


def finish(connection: Connection, claim: Claim, *, now: datetime) -> None:
    """Mark the unit done, for ever."""
    connection.execute(
        update(claims).where(*_mine(claim)).values(status="done", finished_at=now, last_error="")
    )


def release(connection: Connection, claim: Claim, *, retry_at: datetime, error: str) -> None:
    """Give the unit back after a failure; it can be taken again from `retry_at` on."""
    connection.execute(
        update(claims).where(*_mine(claim)).values(lease_until=retry_at, last_error=error[:2000])
    )


def forget(connection: Connection, *, now: datetime) -> None:
    """Drop what was done 45 days ago: no unit of work comes due again after a week."""
    since = now - FORGET_AFTER
    connection.execute(
        delete(claims).where(claims.c.status == "done", claims.c.finished_at < since)
    )


def _take_over(connection: Connection, claim: Claim, *, now: datetime) -> bool:
    taken = connection.execute(
        update(claims)
        .where(
            claims.c.work == claim.work,
            claims.c.unit == claim.unit,
            claims.c.status == "taken",
            claims.c.lease_until < now,
        )
        .values(
            owner=claim.owner,
            claimed_at=now,
            lease_until=claim.lease_until,
            attempts=claims.c.attempts + 1,
        )
    )
    return taken.rowcount == 1


def _mine(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        claims.c.work == claim.work,
        claims.c.unit == claim.unit,
        claims.c.owner == claim.owner,
        claims.c.status == "taken",
    )
