"""What one transaction on the ledger can do: read, record, move, audit and write intents."""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from finops.domain.lifecycle import Status
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.ledger import audit, opportunities, outbox, recording
from finops.ledger.outbox import NewIntent
from finops.ledger.recording import Recorded


class LedgerTransaction:
    """One transaction: reads see its own writes; everything commits at the end of the block."""

    def __init__(self, connection: Connection, *, wall_clock: Callable[[], datetime]) -> None:
        self.connection = connection
        self.wall_clock = wall_clock
        self._token = secrets.token_hex(8)
        self._audited: list[audit.Fields] = []
        self._announced: list[NewIntent] = []

    @property
    def stamp(self) -> str:
        """This transaction and its newest audit row: what makes an announcement's key unique.

        Even for two changes of one thing in the same moment.
        """
        return f"{self._token}.{len(self._audited)}"

    def get(self, opportunity_id: str) -> OpportunityRecord:
        """One record; raises InvalidInput when there is none of that id."""
        return opportunities.get(self.connection, opportunity_id)

    def find(  # noqa: PLR0913 - every filter is a keyword that says what it does
        self,
        *,
        statuses: Collection[Status] = (),
        team: str | None = None,
        cluster: str | None = None,
        namespace: str | None = None,
        repository: str | None = None,
        unchanged_since: datetime | None = None,
        limit: int | None = None,
    ) -> list[OpportunityRecord]:
        """Records that match, the largest saving first."""
        return opportunities.find(
            self.connection,
            statuses=statuses,
            team=team,
            cluster=cluster,
            namespace=namespace,
            repository=repository,
            unchanged_since=unchanged_since,
            limit=limit,
        )

    def give(
        self,
        known: OpportunityRecord,
        moved: Opportunity,
        *,
        now: datetime,
        actor: str,
        reason: str,
    ) -> bool:
        """Give a waiting opportunity to another team, audited; False when somebody was first."""
        done = opportunities.give(self.connection, known, moved, now=now, reason=reason)
        if done:
            detail = {"from": known.opportunity.team, "team": moved.team, "reason": reason}
            self.audit(at=now, actor=actor, action="assigned", subject=known.id, detail=detail)
        return done

    def edit(
        self, known: OpportunityRecord, edited: Opportunity, *, now: datetime, actor: str
    ) -> bool:
        """Replace the proposal by a person's value, audited; False when somebody was first."""
        done = opportunities.edit(self.connection, known, edited, now=now)
        if done:
            detail = {
                "revision": known.opportunity.revision + 1,
                "from": [[c.setting, c.proposed] for c in known.opportunity.changes],
                "to": [[c.setting, c.proposed] for c in edited.changes],
            }
            self.audit(at=now, actor=actor, action="edited", subject=known.id, detail=detail)
        return done

    def record(self, opportunity: Opportunity, *, seen_at: datetime) -> Recorded:
        """Write a finding as a new opportunity, a new revision, or as seen again."""
        return recording.record(self.connection, opportunity, seen_at=seen_at)

    def move(
        self,
        known: OpportunityRecord,
        target: Status,
        *,
        now: datetime,
        actor: str,
        reason: str = "",
        **columns: Any,
    ) -> OpportunityRecord | None:
        """The record after one conditional UPDATE, audited; None when somebody was first."""
        after = opportunities.move(
            self.connection, known, target, now=now, reason=reason, **columns
        )
        if after:
            detail = {"from": known.status, "revision": known.opportunity.revision}
            if reason:
                detail["reason"] = reason
            self.audit(at=now, actor=actor, action=target, subject=known.id, detail=detail)
        return after

    def annotate(
        self, known: OpportunityRecord, note: str, *, now: datetime, actor: str, **columns: Any
    ) -> bool:
        """Put a note beside its state, audited; False when that stands there or it moved."""
        done = opportunities.annotate(self.connection, known, note, **columns)
        if done:
            detail = {"note": note}
            self.audit(at=now, actor=actor, action="noted", subject=known.id, detail=detail)
        return done

    def audit(
        self, *, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, object]
    ) -> None:
        """Append one row to the hash-chained audit log, when the transaction ends."""
        self._audited.append(
            audit.Fields.of(at, actor=actor, action=action, subject=subject, detail=detail)
        )

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may fail by itself: what it wrote goes, with what was put off to the end."""
        self._write_announced()
        audited = len(self._audited)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self._audited[audited:]
            self._announced.clear()
            raise

    def close(self) -> None:
        """Write what was announced, then the audit rows.

        Those are the last thing before the commit, because the chain has one end.
        """
        self._write_announced()
        if self._audited:
            audit.chain(self.connection, self._audited)

    def enqueue(
        self,
        *,
        kind: str,
        subject: str,
        idempotency_key: str,
        payload: Mapping[str, object] | None = None,
    ) -> bool:
        """Write an intent for the worker; False when that key was written before."""
        self._write_announced()
        intent = NewIntent(kind, subject, idempotency_key, payload or {})
        return outbox.enqueue(self.connection, intent, at=self.wall_clock())

    def announce(
        self, *, kind: str, subject: str, about: str, payload: Mapping[str, object] | None = None
    ) -> None:
        """Have the worker do something because of this change, whatever was announced before.

        Written in one statement with those that follow; its key is `about` and the `stamp`.
        """
        key = f"{about}:{self.stamp}"
        self._announced.append(NewIntent(kind, subject, key, payload or {}))

    def _write_announced(self) -> None:
        if self._announced:
            outbox.enqueue_all(self.connection, self._announced, at=self.wall_clock())
            self._announced.clear()

    def revive(self, *, idempotency_key: str) -> bool:
        """Give a dead intent another life; False when it is not dead."""
        return outbox.revive(self.connection, idempotency_key=idempotency_key, at=self.wall_clock())
