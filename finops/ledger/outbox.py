"""The outbox: intents written with the state change, delivered at least once by the worker.

Rows are leased, not locked: a worker that dies lets its lease run out and another takes the row.
Times here are wall-clock times of delivery, never the estate's clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Executable, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from finops.ledger.tables import outbox


class OutboxStatus(StrEnum):
    """Where an intent stands; `dead` needs a person."""

    PENDING = "pending"
    DELIVERING = "delivering"
    DONE = "done"
    DEAD = "dead"


_UNFINISHED = outbox.c.status.in_([OutboxStatus.PENDING, OutboxStatus.DELIVERING])


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to do in the outside world."""

    id: int
    kind: str
    subject: str
    payload: Mapping[str, object]
    attempts: int
    # The lane whose turn it took when it was given back; that turn is now.
    turn: str = ""


# Made once: a click writes several.
_INSERTS: Mapping[str, Executable] = {
    name: dialect.insert(outbox).on_conflict_do_nothing(index_elements=["idempotency_key"])
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}


@dataclass(frozen=True, slots=True)
class NewIntent:
    """What is to be written into the outbox; a second one with the same key is not."""

    kind: str
    subject: str
    idempotency_key: str
    payload: Mapping[str, object] = field(default_factory=dict)


def enqueue(connection: Connection, intent: NewIntent, *, at: datetime) -> bool:
    """Write an intent; False when one with the same key was written before."""
    return connection.execute(_insert(connection), _row(intent, at)).rowcount == 1


def enqueue_all(connection: Connection, intents: Sequence[NewIntent], *, at: datetime) -> None:
    """Write several in their order, in one statement."""
    connection.execute(_insert(connection), [_row(intent, at) for intent in intents])


def _insert(connection: Connection) -> Executable:
    return _INSERTS[connection.dialect.name]


def _row(intent: NewIntent, at: datetime) -> dict[str, object]:
    return {
        "kind": intent.kind,
        "subject": intent.subject,
        "idempotency_key": intent.idempotency_key,
        "payload": dict(intent.payload),
        "status": OutboxStatus.PENDING,
        "attempts": 0,
        "not_before": at,
        "lease_owner": "",
        "last_error": "",
        "created_at": at,
    }


def revive(connection: Connection, *, idempotency_key: str, at: datetime) -> bool:
    """Give a dead intent another life; False when it is not dead."""
    done = connection.execute(
        update(outbox)
        .where(outbox.c.idempotency_key == idempotency_key, outbox.c.status == OutboxStatus.DEAD)
        .values(status=OutboxStatus.PENDING, attempts=0, not_before=at, finished_at=None)
    )
    return done.rowcount == 1


def lease(
    connection: Connection, *, owner: str, now: datetime, seconds: float, limit: int
) -> list[Intent]:
    """Take up to `limit` due intents, oldest first; at most one of a subject at a time.

    One at a time keeps the order of what happens to an opportunity: its pull request is opened
    before its card says so. A subject whose oldest unfinished intent waits makes the rest wait.
    """
    due = select(outbox).where(*_is_due(now)).order_by(outbox.c.id).limit(limit)
    rows = connection.execute(due.with_for_update(skip_locked=True)).all()
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
    return [Intent(r.id, r.kind, r.subject, r.payload, r.attempts + 1, r.turn) for r in rows]


def has_due(connection: Connection, *, now: datetime) -> bool:
    """Whether there is anything to lease: asked first, since idle workers need no write lock."""
    return connection.execute(select(outbox.c.id).where(*_is_due(now)).limit(1)).first() is not None


def renew(connection: Connection, intent: Intent, *, until: datetime) -> bool:
    """Keep an intent that is still being delivered; False when it was lost to somebody else."""
    done = connection.execute(update(outbox).where(*_mine(intent)).values(lease_until=until))
    return done.rowcount == 1


def finish(connection: Connection, intent_id: int, *, now: datetime) -> None:
    """Mark an intent delivered."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == intent_id)
        .values(
            status=OutboxStatus.DONE,
            finished_at=now,
            lease_until=None,
            lease_owner="",
            last_error="",
        )
    )


def postpone(connection: Connection, intent: Intent, *, until: datetime, error: str) -> None:
    """Give an intent back for a later try, unless its lease ran out and somebody else has it."""
    _give_back(connection, intent, error, status=OutboxStatus.PENDING, not_before=until)


def defer(connection: Connection, intent: Intent, *, until: datetime, turn: str) -> None:
    """Give an intent back before anything was done for it; `turn` is the lane it waits in.

    It does not count as a try. The number of attempts stays a fence: nobody else holds this one.
    """
    _give_back(
        connection,
        intent,
        "",
        status=OutboxStatus.PENDING,
        not_before=until,
        attempts=intent.attempts - 1,
        turn=turn,
    )


def bury(connection: Connection, intent: Intent, *, now: datetime, error: str) -> bool:
    """Give up on an intent; it stays visible as dead. False when somebody else has it."""
    return _give_back(connection, intent, error, status=OutboxStatus.DEAD, finished_at=now)


def _give_back(connection: Connection, intent: Intent, error: str, **values: object) -> bool:
    """End our lease with an error; False when it is ours no more."""
    ended: dict[str, object] = {"lease_until": None, "lease_owner": "", "turn": ""}
    ended |= {"last_error": error[:2000], **values}
    done = connection.execute(update(outbox).where(*_mine(intent)).values(**ended))
    return done.rowcount == 1


def is_waiting(connection: Connection, *, kind: str, subject: str | None = None) -> bool:
    """Whether an intent of that kind waits that nobody has begun to deliver."""
    query = select(outbox.c.id).where(
        outbox.c.status == OutboxStatus.PENDING, outbox.c.attempts == 0, outbox.c.kind == kind
    )
    if subject is not None:
        query = query.where(outbox.c.subject == subject)
    return connection.execute(query).first() is not None


def unfinished_subjects(connection: Connection, *, kind: str) -> frozenset[str]:
    """The subjects of all intents of that kind that wait or are being delivered."""
    query = select(outbox.c.subject).where(_UNFINISHED, outbox.c.kind == kind)
    return frozenset(connection.execute(query).scalars())


def counts(connection: Connection) -> dict[str, int]:
    """How many intents stand where."""
    query = select(outbox.c.status, func.count()).group_by(outbox.c.status)
    return {row[0]: row[1] for row in connection.execute(query)}


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    heads = select(func.min(outbox.c.id)).where(_UNFINISHED).group_by(outbox.c.subject)
    return (
        outbox.c.id.in_(heads),
        outbox.c.not_before <= now,
        or_(outbox.c.status == OutboxStatus.PENDING, outbox.c.lease_until < now),
    )


def _mine(intent: Intent) -> tuple[ColumnElement[bool], ...]:
    """The number of attempts is the fence: each lease counts it up."""
    return (
        outbox.c.id == intent.id,
        outbox.c.status == OutboxStatus.DELIVERING,
        outbox.c.attempts == intent.attempts,
    )
