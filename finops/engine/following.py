"""What became of a pull request, written down for every opportunity in it in one transaction."""

from datetime import datetime

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import (
    PullRequest,
    PullRequestState,
    Purpose,
    Stage,
    TrackedPullRequest,
)
from finops.engine import announce
from finops.engine.eyes import seen_by, words_of
from finops.engine.parts import Parts
from finops.engine.pausing import note_answer
from finops.engine.pull_requests import close
from finops.engine.reverting import follow_revert
from finops.ledger import pull_requests as rows
from finops.savings_ledger import LedgerTransaction


def follow(parts: Parts, row: TrackedPullRequest, pull_request: PullRequest) -> bool:
    """Write down a merge or a close; False when somebody has written it down before."""
    if row.purpose is Purpose.REVERT:
        return follow_revert(parts, row, pull_request)
    now = parts.now()
    is_merged = pull_request.state is PullRequestState.MERGED
    stage = Stage.MERGED if is_merged else Stage.CLOSED
    with parts.ledger.transaction() as tx:
        if not rows.change(tx.connection, row, stage=stage, decided_at=now):
            return False
        if not row.closing_reason:
            note_answer(tx, row.team, now=now)
        for member in row.members:
            known = tx.get(member.opportunity)
            if known.opportunity.revision > member.revision:
                _of_a_former_revision(tx, known, row, now=now, is_merged=is_merged)
            elif known.status is Status.PULL_REQUEST_OPEN:
                _decided(tx, parts, known, row, pull_request)
    return True


def _decided(  # noqa: PLR0917 - one opportunity of one pull request
    tx: LedgerTransaction,
    parts: Parts,
    known: OpportunityRecord,
    row: TrackedPullRequest,
    pull_request: PullRequest,
) -> None:
    now = parts.now()
    if pull_request.state is PullRequestState.MERGED:
        _note_merged(tx, parts, known, pull_request)
        return
    # Not the approver's no: they would be named as the one who declined.
    columns = {"decided_by": "", "decided_at": now}
    target, sentence = Status.DENIED, f"Pull request #{row.number} was closed without a merge."
    if row.closing_reason:
        target = Status.EXPIRED
        sentence = f"Pull request #{row.number} was closed: {row.closing_reason}"
    close(tx, known, target, sentence, now=now, actor="code host", **columns)


def _of_a_former_revision(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    row: TrackedPullRequest,
    *,
    now: datetime,
    is_merged: bool,
) -> None:
    """It was merged although its proposal had changed: what is left of the waste is found anew."""
    waits = (Status.DETECTED, Status.NOTIFIED, Status.SNOOZED)
    if is_merged and known.status in (*waits, Status.APPROVED):
        sentence = (
            f"Pull request #{row.number} with the former revision was merged; the next cycle "
            "looks at what is left."
        )
        close(tx, known, Status.OBSOLETE, sentence, now=now, actor="code host")


def _note_merged(
    tx: LedgerTransaction, parts: Parts, known: OpportunityRecord, pull_request: PullRequest
) -> None:
    """A merge cannot be undone by us, so what a team wants to know of it is said at once."""
    now, by = parts.now(), pull_request.merged_by or "somebody"
    seen = seen_by(tx, parts, known, pull_request)
    sentence = f"Pull request #{pull_request.number} was merged by {by}."
    sentence += words_of(parts, known, seen)
    detail = {"merged_by": by, "eyes": seen.eyes.value, "why": seen.sentence}
    merged_at = pull_request.merged_at or now
    if tx.move(
        known, Status.MERGED, now=now, actor="code host", reason=sentence, merged_at=merged_at
    ):
        tx.audit(at=now, actor="code host", action="four eyes", subject=known.id, detail=detail)
        announce.changed(tx, tx.get(known.id), actor="code host", sentence=sentence)
        # The next cycle sees the deployed value; nobody waits for tomorrow's.
        announce.ask_for_cycle(tx, why=f"merged:{known.id}", now=now)
