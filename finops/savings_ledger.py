"""The ledger: every opportunity, decision, cost and intent, in one database.

All changes go through `SavingsLedger.transaction()`: what is written inside one `with` block is
committed together or not at all. No network call belongs inside.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection

from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.verdict import CostBaseline
from finops.ledger import (
    audit,
    claims,
    container_hours,
    cost_answers,
    history,
    lanes,
    opportunities,
    outbox,
    pull_requests,
    totals,
    usage,
)
from finops.ledger.database import (
    PATIENCE_SECONDS,
    Turn,
    glancing,
    jotting,
    open_engine,
    reading,
    writing,
)
from finops.ledger.recording import Outcome, Recorded
from finops.ledger.schema import migrate
from finops.ledger.totals import Breakdown
from finops.ledger.transaction import LedgerTransaction

__all__ = [
    "DEFAULT_DATABASE_URL",
    "Breakdown",
    "CostBaseline",
    "LedgerTransaction",
    "Opportunity",
    "Outcome",
    "Recorded",
    "SavingsLedger",
]

DEFAULT_DATABASE_URL = "sqlite:///finops.db"

T = TypeVar("T")


def utc_now() -> datetime:
    """The wall clock, aware."""
    return datetime.now(UTC)


class SavingsLedger:
    """The ledger on SQLite (default) or PostgreSQL, migrated when opened.

    `database_url` is `sqlite:///file` or `postgresql+psycopg2://…`. Raises InvalidInput for any
    other URL and TryAgainLater when the database cannot be reached.
    """

    def __init__(
        self,
        database_url: str = DEFAULT_DATABASE_URL,
        *,
        migrated: bool = False,
        wall_clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.engine = open_engine(database_url)
        self._wall_clock = wall_clock
        if not migrated:
            migrate(self.engine)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def transaction(
        self, *, of: str | None = None, patience_seconds: float = PATIENCE_SECONDS
    ) -> Iterator[LedgerTransaction]:
        """A writing transaction that has the ledger to itself.

        With `of`, such as `team/shop`, it has only that to itself; see `Turn`. Raises TryAgainLater
        when its turn has not come within `patience_seconds`.
        """
        with writing(self.engine, Turn(of), patience_seconds=patience_seconds) as connection:
            tx = LedgerTransaction(connection, wall_clock=self._wall_clock)
            yield tx
            tx.close()

    @contextmanager
    def reading(self) -> Iterator[LedgerTransaction]:
        """A consistent view for reading; nothing written in it is kept."""
        with reading(self.engine) as connection:
            yield LedgerTransaction(connection, wall_clock=self._wall_clock)

    @contextmanager
    def bookkeeping(self, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Connection]:
        """A short write that need not queue behind clicks on PostgreSQL: leases, claims, notes."""
        with writing(self.engine, None, patience_seconds=patience_seconds) as connection:
            yield connection

    def note(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, object],
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Write down what changed nothing, such as a refusal; see `audit.note`."""
        with jotting(self.engine, patience_seconds=patience_seconds) as connection:
            audit.note(
                connection, at=at, actor=actor, action=action, subject=subject, detail=detail
            )

    def get(self, opportunity_id: str) -> OpportunityRecord:
        """One record; raises InvalidInput when there is none of that id."""
        with glancing(self.engine) as connection:
            return opportunities.get(connection, opportunity_id)

    def find(
        self,
        *,
        statuses: Collection[Status] = (),
        team: str | None = None,
        cluster: str | None = None,
        unchanged_since: datetime | None = None,
        limit: int | None = None,
    ) -> list[OpportunityRecord]:
        """Records that match, the largest saving first."""
        with self.reading() as tx:
            return tx.find(
                statuses=statuses,
                team=team,
                cluster=cluster,
                unchanged_since=unchanged_since,
                limit=limit,
            )

    def get_total_estimated_savings(self) -> Saving:
        """What is offered and in flight, estimated, per month: cashable and freed apart."""
        rows = self.breakdown(by="cluster")
        return sum((row.offered + row.in_flight for row in rows), Saving())

    def get_total_realized_savings(self) -> Saving:
        """What the bill has proved, per month: cashable and freed apart."""
        return sum((row.realised for row in self.breakdown(by="cluster")), Saving())

    def breakdown(self, *, by: str, team: str | None = None) -> list[Breakdown]:
        """Totals by `team`, `kind` (or `type`) or `cluster`, sorted by name."""
        with self.reading() as tx:
            return totals.breakdown(tx.connection, by=by, team=team)

    def verify_audit(self) -> audit.AuditCheck:
        """Walk the audit chain, with everything noted so far in it."""
        self.take_up_notes()
        with self.reading() as tx:
            return audit.check(tx.connection)

    def take_up_notes(self) -> None:
        """Bring what was noted beside the audit chain into it."""
        while self.read(audit.is_waiting):
            with self.transaction(of="audit/notes") as tx:
                audit.take_up(tx.connection)

    def history_of(self, subject: str) -> list[audit.AuditEntry]:
        """All audit rows about one subject, oldest first."""
        with self.reading() as tx:
            return audit.entries(tx.connection, subject=subject)

    def claim(
        self, *, work: str, unit: str, owner: str, now: datetime, lease_seconds: float = 300
    ) -> claims.Claim | None:
        """Claim a unit of work; None when somebody has it or has finished it."""
        with self.bookkeeping() as connection:
            return claims.take(
                connection, work=work, unit=unit, owner=owner, now=now, lease_seconds=lease_seconds
            )

    def finish_claim(self, claim: claims.Claim, *, now: datetime) -> None:
        """Mark a claimed unit done for ever."""
        with self.bookkeeping() as connection:
            claims.finish(connection, claim, now=now)

    def renew_claim(self, claim: claims.Claim, *, until: datetime) -> bool:
        """Keep a claimed unit that is still being done; False when it was lost."""
        with self.bookkeeping() as connection:
            return claims.renew(connection, claim, until=until)

    def release_claim(self, claim: claims.Claim, *, retry_at: datetime, error: str) -> None:
        """Give a claimed unit back after a failure."""
        with self.bookkeeping() as connection:
            claims.release(connection, claim, retry_at=retry_at, error=error)

    def forget(self, *, now: datetime) -> None:
        """Drop what nobody will ask for again: usage not read, and work done, for 45 days.

        `now` is the estate's clock; work is dated by the wall clock.
        """
        with self.bookkeeping() as connection:
            usage.forget(connection, now=now)
            pull_requests.forget(connection, now=now)
            claims.forget(connection, now=self._wall_clock())
            cost_answers.forget(connection, now=self._wall_clock())
            container_hours.forget(connection, now=now)

    def lease_intents(
        self, *, owner: str, now: datetime, seconds: float = 120, limit: int = 8
    ) -> list[outbox.Intent]:
        """Take due intents from the outbox."""
        with glancing(self.engine) as connection:
            if not outbox.has_due(connection, now=now):
                return []
        with self.bookkeeping() as connection:
            return outbox.lease(connection, owner=owner, now=now, seconds=seconds, limit=limit)

    def finish_intent(self, intent_id: int, *, now: datetime) -> None:
        """Mark an intent delivered."""
        with self.bookkeeping() as connection:
            outbox.finish(connection, intent_id, now=now)

    def renew_intent(self, intent: outbox.Intent, *, until: datetime) -> bool:
        """Keep an intent that is still being delivered; False when it was lost."""
        with self.bookkeeping() as connection:
            return outbox.renew(connection, intent, until=until)

    def postpone_intent(self, intent: outbox.Intent, *, until: datetime, error: str) -> None:
        """Give an intent back for a later try."""
        with self.bookkeeping() as connection:
            outbox.postpone(connection, intent, until=until, error=error)

    def defer_intent(self, intent: outbox.Intent, *, until: datetime, turn: str) -> None:
        """Give an intent back that has not been begun, until its turn in a lane comes."""
        with self.bookkeeping() as connection:
            outbox.defer(connection, intent, until=until, turn=turn)

    def bury_intent(self, intent: outbox.Intent, *, now: datetime, error: str) -> None:
        """Give up on an intent and say so in the audit log."""
        with self.transaction() as tx:
            if outbox.bury(tx.connection, intent, now=now, error=error):
                tx.audit(
                    at=now,
                    actor="worker",
                    action="gave up",
                    subject=f"outbox/{intent.id}",
                    detail={"kind": intent.kind, "about": intent.subject, "error": error[:2000]},
                )

    def take_turn(self, lane: str, rate: lanes.Rate) -> float:
        """Take the next turn in a lane that all replicas share; seconds until it comes."""
        now = self._wall_clock().timestamp()
        with self.bookkeeping() as connection:
            return lanes.take_turn(connection, lane, rate, now=now)

    def hold_lane(self, lane: str, rate: lanes.Rate, *, seconds: float) -> None:
        """Let nothing go in a lane for so long, as the other side has asked."""
        until = self._wall_clock().timestamp() + seconds
        with self.bookkeeping() as connection:
            lanes.hold(connection, lane, rate, until=until)

    def outbox_counts(self) -> dict[str, int]:
        """How many intents stand where."""
        with self.reading() as tx:
            return outbox.counts(tx.connection)

    def messages(self, *, subject: str, purpose: str) -> list[history.Message]:
        """Where messages of that purpose about that subject stand."""
        with glancing(self.engine) as connection:
            return history.messages(connection, subject=subject, purpose=purpose)

    def save_message(self, message: history.Message, *, now: datetime) -> None:
        """Remember where a message stands and what it shows."""
        with self.bookkeeping() as connection:
            history.save_message(connection, message, now=now)

    def read(self, question: Callable[[Connection], T]) -> T:
        """Ask one of the stores in `finops.ledger` a question on a consistent view."""
        with self.reading() as tx:
            return question(tx.connection)
