"""A place for a pull request: claimed in the ledger before anything is written outside.

The claim and the count stand in one transaction that has the repository to itself, so any number
of replicas hold a limit together. A claim whose worker died is taken up by the next try of the same
branch; one that comes to nothing is given back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from finops.domain.errors import TryAgainLater
from finops.domain.manners import Manners
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import Member, Purpose, Stage, TrackedPullRequest
from finops.engine import announce
from finops.engine.parts import Parts
from finops.ledger import pull_requests as places
from finops.savings_ledger import LedgerTransaction

HOUR = timedelta(hours=1)
# How soon a place that may have become free is looked for again.
LOOK_AGAIN_SECONDS = 120.0


def claim(
    parts: Parts, repository: str, branch: str, records: Sequence[OpportunityRecord]
) -> TrackedPullRequest:
    """Claim a place for these, or note on them why they wait and raise TryAgainLater."""
    now, manners = parts.now(), parts.manners_of(repository)
    with parts.ledger.transaction(of=f"repository/{repository}") as tx:
        known = places.of_branch(tx.connection, repository, branch)
        if known is not None and known.stage is Stage.OPEN:
            return known  # its members change when the pull request has
        is_new = known is None or known.stage is not Stage.CLAIMED
        waits = _limit_reached(tx, repository, manners, now=now) if is_new else ""
        if not waits:
            since = now if known is None or is_new else known.claimed_at
            row = _taken(repository, branch, records, since=since)
            places.put(tx.connection, row)
            return row
        for record in records:
            known_now = tx.get(record.id)
            if tx.annotate(known_now, waits, now=now, actor="worker", repository=repository):
                announce.refresh(tx, record)
    raise TryAgainLater(waits, after_seconds=LOOK_AGAIN_SECONDS)


def give_back(parts: Parts, known: OpportunityRecord) -> None:
    """Give back the claim of an opportunity whose pull request came to nothing."""
    with parts.ledger.transaction() as tx:
        release(tx, known)


def release(tx: LedgerTransaction, known: OpportunityRecord) -> None:
    """As `give_back`, in somebody's transaction; a group goes on without it."""
    held = places.holding(tx.connection, known.id)
    if held is None or held.stage is not Stage.CLAIMED:
        return
    others = [[m.opportunity, m.revision] for m in held.members if m.opportunity != known.id]
    if others:
        places.change(tx.connection, held, members=others)
    else:
        places.release(tx.connection, held)


def _limit_reached(
    tx: LedgerTransaction, repository: str, manners: Manners, *, now: datetime
) -> str:
    """The sentence of the limit that is reached, or nothing."""
    in_use = places.count_in_use(tx.connection, repository)
    if manners.max_open and in_use >= manners.max_open:
        return (
            f"Waits: {repository} has {in_use} pull requests of finops-bot open, and "
            f"{manners.max_open} is its limit. The next one opens when one is merged or closed."
        )
    recent = places.count_since(tx.connection, repository, now - HOUR)
    if manners.max_per_hour and recent >= manners.max_per_hour:
        oldest = places.oldest_since(tx.connection, repository, now - HOUR) or now
        return (
            f"Waits: {recent} pull requests were opened in {repository} within an hour, and "
            f"{manners.max_per_hour} is its limit. The next one opens at "
            f"{oldest + HOUR:%H:%M} UTC."
        )
    return ""


def _taken(
    repository: str, branch: str, records: Sequence[OpportunityRecord], *, since: datetime
) -> TrackedPullRequest:
    first = records[0]
    return TrackedPullRequest(
        repository=repository,
        branch=branch,
        purpose=Purpose.CHANGE,
        stage=Stage.CLAIMED,
        team=first.opportunity.team,
        members=tuple(Member(r.id, r.opportunity.revision) for r in records),
        asked_by=first.decided_by,
        claimed_at=since,
    )
