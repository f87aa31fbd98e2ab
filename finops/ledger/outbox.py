"""The outbox: intents written with the state change, delivered at least once by the worker.

Rows are leased, not locked: a worker that dies lets its lease run out and another takes the row.
Times here are wall-clock times of delivery, never the estate's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from finops.ledger.tables import outbox


class OutboxStatus(StrEnum):
    """Where an intent stands; `dead` needs a person."""

    PENDING = "pending"
    DELIVERING = "delivering"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to do in the outside world."""

    id: int
    kind: str
    subject: str
    payload: Mapping[str, object]
    attempts: int


def enqueue(
    connection: Connection,
    *,
    kind: str,
    subject: str,
    idempotency_key: str,
    payload: Mapping[str, object],
    at: datetime,
) -> bool:
    """Write an intent; False when one with the same key was written before."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    done = connection.execute(
        insert(outbox)
        .values(
            kind=kind,
            subject=subject,
            idempotency_key=idempotency_key,
            payload=dict(payload),
            status=OutboxStatus.PENDING,
            attempts=0,
            not_before=at,
            lease_owner="",
            last_error="",
            created_at=at,
        )
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
    )
    return done.rowcount == 1


def lease(
    connection: Connection, *, owner: str, now: datetime, seconds: float, limit: int
) -> list[Intent]:
    """Take up to `limit` due intents, oldest first; at most one of a subject at a time.

    One at a time keeps the order of what happens to an opportunity: its pull request is opened
    before its card says so. A subject whose oldest unfinished intent waits makes the rest wait.
    """
    unfinished = outbox.c.status.in_([OutboxStatus.PENDING, OutboxStatus.DELIVERING])
    heads = select(func.min(outbox.c.id)).where(unfinished).group_by(outbox.c.subject)
    due = (
        select(outbox)
        .where(
            outbox.c.id.in_(heads),
            outbox.c.not_before <= now,
            or_(outbox.c.status == OutboxStatus.PENDING, outbox.c.lease_until < now),
        )
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(due).all()
    if rows:
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([row.id for row in rows]))
            .values(
                status=OutboxStatus.DELIVERING,
                attempts=outbox.c.attempts + 1,
                lease_owner=owner,
                lease_until=now + timedelta(seconds=seconds),
            )
        )
    return [Intent(r.id, r.kind, r.subject, r.payload, r.attempts + 1) for r in rows]


def finish(connection: Connection, intent_id: int, *, now: datetime) -> None:
    """Mark an intent delivered."""
    _set(connection, intent_id, status=OutboxStatus.DONE, finished_at=now, last_error="")


def postpone(connection: Connection, intent_id: int, *, until: datetime, error: str) -> None:
    """Give an intent back for a later try."""
    _set(
        connection,
        intent_id,
        status=OutboxStatus.PENDING,
        not_before=until,
        last_error=error[:2000],
    )


def bury(connection: Connection, intent_id: int, *, now: datetime, error: str) -> None:
    """Give up on an intent; it stays visible as dead."""
    _set(
        connection,
        intent_id,
        status=OutboxStatus.DEAD,
        finished_at=now,
        last_error=error[:2000],
    )


def is_written(connection: Connection, *, idempotency_key: str) -> bool:
    """Whether an intent with that key was ever written."""
    query = select(outbox.c.id).where(outbox.c.idempotency_key == idempotency_key)
    return connection.execute(query).first() is not None


def counts(connection: Connection) -> dict[str, int]:
    """How many intents stand where."""
    query = select(outbox.c.status, func.count()).group_by(outbox.c.status)
    return {row[0]: row[1] for row in connection.execute(query)}


def _set(connection: Connection, intent_id: int, **values: object) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.id == intent_id)
        .values(lease_until=None, lease_owner="", **values)
    )
