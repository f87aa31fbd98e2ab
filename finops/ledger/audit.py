"""The append-only audit log, chained by hashes so that `finops audit verify` can prove it.

hash = SHA-256 over the previous hash and the row's fields as JSON. Rows are numbered without
gaps; a removed, changed or inserted row breaks the chain at that place. Cutting off the end is
seen by keeping the newest hash elsewhere; `finops audit verify` prints it for that.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from finops.ledger.tables import audit_log

GENESIS = "0" * 64


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


def append(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
) -> int:
    """Add one row and return its number.

    The caller's transaction holds the write lock, so the chain has one end.
    """
    newest = connection.execute(
        select(audit_log.c.id, audit_log.c.hash).order_by(audit_log.c.id.desc()).limit(1)
    ).first()
    row_id, previous = (newest.id + 1, newest.hash) if newest else (1, GENESIS)
    at = at.astimezone(UTC)  # as it is read back, whatever zone the caller's clock is in
    text = json.dumps(detail, sort_keys=True, default=str, ensure_ascii=False)
    fields = [row_id, at.isoformat(), actor, action, subject, text]
    connection.execute(
        insert(audit_log).values(
            id=row_id,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            detail=text,
            previous_hash=previous,
            hash=_hash(previous, fields),
        )
    )
    return row_id


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
    """All rows about one subject, oldest first."""
    query = select(audit_log).where(audit_log.c.subject == subject).order_by(audit_log.c.id)
    return [
        AuditEntry(r.id, r.at, r.actor, r.action, r.subject, json.loads(r.detail), r.hash)
        for r in connection.execute(query)
    ]


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
    text = json.dumps([previous, *fields], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
