"""What is done to an open pull request besides its files: frozen, held, closed; each once.

The code host knows its own comments by key, the ledger keeps what was written on cards, and a claim
keeps two replicas from saying it at the same moment.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from finops.domain.lifecycle import WAITING
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import Purpose, TrackedPullRequest
from finops.engine import announce
from finops.engine.following import follow
from finops.engine.parts import Parts
from finops.ledger import pull_requests as rows
from finops.ports import CodeHost

TOUCHED = (
    "A person has committed to the branch, so finops-bot leaves this pull request alone from here "
    "on: it is yours to change, merge or close."
)


def freeze(parts: Parts, row: TrackedPullRequest, host: CodeHost) -> None:
    """A person's commit is theirs: said once below it and on the card, and nothing more is done."""
    if row.is_touched:
        return
    with _alone(parts, row, "touched") as is_ours:
        if not is_ours:
            return
        host.comment(row.number, TOUCHED, key="touched")
        _note_touched(parts, row)


def _note_touched(parts: Parts, row: TrackedPullRequest) -> None:
    with parts.ledger.transaction() as tx:
        if rows.say(tx.connection, row, "touched", is_touched=True):
            for member in row.members:
                known = tx.get(member.opportunity)
                if tx.annotate(known, TOUCHED, now=parts.now(), actor="code host"):
                    announce.changed(tx, tx.get(known.id), actor="code host", sentence=TOUCHED)


def close_with_a_word(parts: Parts, row: TrackedPullRequest, host: CodeHost, why: str) -> bool:
    """The reason is in the ledger first: after a crash the closing is ours and no person's no."""
    with parts.ledger.transaction() as tx:
        rows.change(tx.connection, row, closing_reason=why)
    with _alone(parts, row, "closing") as is_ours:
        if not is_ours:
            return False
        words = f"Closed by finops-bot. {why} If the waste is still there, approve it again."
        closed = host.close_pull_request(row.number, words, key="closing", at=parts.now())
    with parts.ledger.reading() as tx:
        current = rows.of_branch(tx.connection, row.repository, row.branch)
    return follow(parts, current or row, closed)


def hold_if_outdated(
    parts: Parts, row: TrackedPullRequest, host: CodeHost, records: Sequence[OpportunityRecord]
) -> bool:
    """True when a newer revision waits for approval: the former should not be merged meanwhile."""
    there = {member.opportunity: member.revision for member in row.members}
    newer = [r for r in records if r.opportunity.revision > there[r.id] and r.status in WAITING]
    if row.purpose is not Purpose.CHANGE or not newer:
        return any(r.opportunity.revision > there[r.id] for r in records)
    key = "held " + ",".join(f"{r.id}r{r.opportunity.revision}" for r in newer)
    if key not in row.said:
        words = (
            f"The proposal for {newer[0].opportunity.resource.label} has changed (revision "
            f"{newer[0].opportunity.revision}) and waits for approval in Slack. Please do not "
            "merge the former one; this pull request is updated as soon as it is approved."
        )
        with _alone(parts, row, key) as is_ours:
            if is_ours:
                host.hold_pull_request(row.number, words, key=key)
                with parts.ledger.transaction() as tx:
                    rows.say(tx.connection, row, key)
    return True


@contextmanager
def _alone(parts: Parts, row: TrackedPullRequest, what: str) -> Iterator[bool]:
    """Whether it is ours to say: every replica ticks, and two at once would say it twice.

    Of one that dies half-way another takes over after the lease and finds what was said.
    """
    wall, ledger = datetime.now(UTC), parts.ledger
    unit = f"{row.repository}#{row.number} {what}"[:400]
    claim = ledger.claim(
        work="pull request", unit=unit, owner=uuid.uuid4().hex, now=wall, lease_seconds=120
    )
    try:
        yield claim is not None
    except BaseException:
        if claim is not None:
            ledger.release_claim(claim, retry_at=wall - timedelta(seconds=1), error="failed")
        raise
    if claim is not None:
        ledger.finish_claim(claim, now=datetime.now(UTC))
