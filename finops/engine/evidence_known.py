"""Everything that the ledger knows of one opportunity when its evidence is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from finops.domain.currency import DOLLARS, Currency
from finops.domain.lifecycle import IN_FLIGHT, Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.verdict import CostBaseline
from finops.engine.parts import Pace
from finops.ledger.audit import AuditEntry
from finops.reports.evidence_chain import CostDay, LinkState

# Before anybody agreed to it.
UNDECIDED = frozenset({Status.DETECTED, Status.NOTIFIED, Status.SNOOZED, Status.EXPIRED})
# From the approval on.
AGREED = IN_FLIGHT | {Status.VERIFIED}
_ENDED = frozenset({Status.DENIED, Status.EXPIRED, Status.OBSOLETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything that the ledger knows of one opportunity."""

    record: OpportunityRecord
    entries: Sequence[AuditEntry]
    sentences: Sequence[str]
    baseline: CostBaseline | None
    days: Sequence[CostDay]
    pace: Pace
    now: datetime
    currency: Currency = DOLLARS

    @property
    def changed_on(self) -> date | None:
        """The day the change took effect, or was merged."""
        at = self.record.implemented_at or self.record.merged_at
        return at.date() if at else None

    def newest(self, action: str) -> AuditEntry | None:
        """The last time that was done to it."""
        return next((e for e in reversed(self.entries) if e.action == action), None)

    @property
    def later(self) -> LinkState:
        """The state of a link whose turn has not come: on its way, or never coming."""
        is_over = self.record.status in _ENDED
        return LinkState.NOT_REACHED if is_over else LinkState.WAITING


def after(what: str) -> str:
    """What a link says whose turn has not come."""
    return f"It comes after the {what}."


def day_words(moment: datetime | None) -> str:
    """`23 Nov 2026`."""
    return "an unknown day" if moment is None else f"{moment.day} {moment:%b %Y}"
