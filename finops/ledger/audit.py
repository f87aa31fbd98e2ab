"""The append-only audit log, chained by hashes so that `finops audit verify` can prove it.

hash = SHA-256 over the previous hash and the row's fields as JSON. Rows are numbered without
gaps; a removed, changed or inserted row breaks the chain at that place. Cutting off the end is
seen by keeping the newest hash elsewhere; `finops audit verify` prints it for that.

A refusal is noted first and chained within a minute: nothing was changed, and a crowd that clicks
on what is decided already must not keep the one who decides waiting.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Connection, Row, delete, insert, select, text

from finops.ledger.tables import audit_log, audit_waiting

GENESIS = "0" * 64
# Who decides for one team does not wait for who decides for another, but for the chain's end.
CHAIN_LOCK_KEY = 7_307_147
_LOCK_AND_LOOK = text(
    "SELECT pg_advisory_xact_lock(:key); SELECT id, hash FROM audit_log ORDER BY id DESC LIMIT 1"
)
_NOTE = insert(audit_waiting).inline()
# So few that a click does not wait for them.
TAKEN_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row of the audit log."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """Whether the chain holds; `broken_at` is the first row that does not fit."""

    rows: int
    newest_hash: str
    broken_at: int | None = None

    @property
    def is_intact(self) -> bool:
        """True when every row fits the one before it."""
        return self.broken_at is None


@dataclass(frozen=True, slots=True)
class Fields:
    """What a row says; `detail` is JSON."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str

    @classmethod
    def of(
        cls, at: datetime, *, actor: str, action: str, subject: str, detail: Mapping[str, object]
    ) -> Self:
        """As they are kept and read back, whatever zone the caller's clock is in."""
        words = json.dumps(detail, sort_keys=True, default=str, ensure_ascii=False)
        return cls(at.astimezone(UTC), actor, action, subject, words)


def note(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
) -> None:
    """Write down what changed nothing, such as a refusal, without waiting for the chain's end.

    It is kept when the caller's transaction commits; `take_up` brings it into the chain.
    """
    fields = Fields.of(at, actor=actor, action=action, subject=subject, detail=detail)
    connection.execute(_NOTE, asdict(fields))


def take_up(connection: Connection) -> int:
    """Bring the oldest notes into the chain; returns how many. One writer at a time."""
    query = select(audit_waiting).order_by(audit_waiting.c.id).limit(TAKEN_AT_ONCE)
    rows = connection.execute(query).all()
    if rows:
        chain(connection, [Fields(r.at, r.actor, r.action, r.subject, r.detail) for r in rows])
        ids = [row.id for row in rows]
        connection.execute(delete(audit_waiting).where(audit_waiting.c.id.in_(ids)))
    return len(rows)


def is_waiting(connection: Connection) -> bool:
    """Whether there is anything to take up: asked first, without the lock."""
    return connection.execute(select(audit_waiting.c.id).limit(1)).first() is not None


def chain(connection: Connection, added: Sequence[Fields]) -> None:
    """Add rows to the chain.

    The lock on its one end is held until the caller commits, so this comes last.
    """
    newest = _locked_end(connection)
    row_id, previous = (newest.id, newest.hash) if newest else (0, GENESIS)
    rows: list[dict[str, object]] = []
    for each in added:
        row_id += 1
        named = asdict(each)
        own = _hash(previous, [row_id, each.at.isoformat(), *list(named.values())[1:]])
        rows.append({"id": row_id, **named, "previous_hash": previous, "hash": own})
        previous = own
    connection.execute(insert(audit_log), rows)


def _locked_end(connection: Connection) -> Any:
    """Number and hash of the newest row, which nobody follows before the caller commits.

    On PostgreSQL two statements, since a statement does not see what was committed while it waited
    for the lock, and one round trip, since everybody else waits for it.
    """
    if connection.dialect.name == "postgresql":
        return connection.execute(_LOCK_AND_LOOK, {"key": CHAIN_LOCK_KEY}).first()
    newest = select(audit_log.c.id, audit_log.c.hash).order_by(audit_log.c.id.desc())
    return connection.execute(newest.limit(1)).first()


def check(connection: Connection) -> AuditCheck:
    """Walk the whole chain."""
    previous, count = GENESIS, 0
    # In pieces: the log of some years is larger than a report may be.
    query = select(audit_log).order_by(audit_log.c.id).execution_options(yield_per=1_000)
    for row in connection.execute(query):
        count += 1
        fields = [row.id, row.at.isoformat(), row.actor, row.action, row.subject, row.detail]
        expected = _hash(previous, fields)
        if row.id != count or row.previous_hash != previous or row.hash != expected:
            return AuditCheck(count, previous, broken_at=row.id)
        previous = row.hash
    return AuditCheck(count, previous)


def entries(connection: Connection, *, subject: str) -> list[AuditEntry]:
    """All rows about one subject, oldest first; what is not in the chain yet has no hash."""
    table, noted = audit_log, audit_waiting
    query = select(table).where(table.c.subject == subject).order_by(table.c.id)
    waiting = select(noted).where(noted.c.subject == subject).order_by(noted.c.id)
    chained = [_entry(row, row.hash) for row in connection.execute(query)]
    return [*chained, *(_entry(row, "") for row in connection.execute(waiting))]


def _entry(row: Row[Any], own_hash: str) -> AuditEntry:
    detail = json.loads(row.detail)
    return AuditEntry(row.id, row.at, row.actor, row.action, row.subject, detail, own_hash)


def times_of(connection: Connection, *, action: str) -> dict[str, list[datetime]]:
    """When that was done to each subject, oldest first."""
    query = (
        select(audit_log.c.subject, audit_log.c.at)
        .where(audit_log.c.action == action)
        .order_by(audit_log.c.id)
    )
    found: dict[str, list[datetime]] = {}
    for row in connection.execute(query):
        found.setdefault(row.subject, []).append(row.at)
    return found


def _hash(previous: str, fields: list[object]) -> str:
    words = json.dumps([previous, *fields], ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()
