"""From approval to pull request. `watching` follows what becomes of it.

Opening is done by the worker, at least once; every step recognises what an earlier try did. A new
revision of what is open already goes into the same pull request.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from finops.domain.errors import FinOpsError, Refused, TryAgainLater, WillNeverWork
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import (
    Member,
    PullRequest,
    PullRequestState,
    Purpose,
    Stage,
    TrackedPullRequest,
    branch_for,
)
from finops.edits import AlreadyApplied, AmbiguousSource
from finops.engine import announce, eyes, picking, places
from finops.engine.grouping import grouped
from finops.engine.guarding import guardrail_context, guardrail_decision
from finops.engine.parts import Parts
from finops.engine.proposing import Planned, dressed, plan_one
from finops.guardrails import GuardrailVerdict
from finops.ledger import pull_requests as rows
from finops.ports import CodeHost
from finops.pr_body import all_metadata
from finops.savings_ledger import LedgerTransaction

log = logging.getLogger(__name__)

_Opened = tuple[CodeHost, PullRequest, tuple[OpportunityRecord, ...]]


def open_pull_request(parts: Parts, opportunity_id: str, *, revision: int) -> None:
    """Open the pull request of an approved opportunity; does nothing when that was done before.

    One that an earlier try opened is taken as it is. Else guardrails and the age of the evidence
    are checked again. What a person can mend sends the opportunity back to *notified* with the
    reason; a passing failure, and a limit that is reached, raise TryAgainLater.
    """
    known = parts.ledger.get(opportunity_id)
    if known.status is not Status.APPROVED or known.opportunity.revision != revision:
        return
    if parts.pull_requests is None:
        send_back(parts, known, "No repository is configured, so no pull request can be opened.")
        return
    try:
        found = _earlier_try(parts, known)
        objection = "" if found else _objection(parts, known)
        if objection:
            send_back(parts, known, objection)
            return
        host, pull_request, records = found or _open(parts, known)
    except AlreadyApplied as error:
        _finish(parts, known, Status.OBSOLETE, f"Applied elsewhere: {error}")
    except AmbiguousSource as error:
        picking.ask(parts, known, error)
    except (Refused, WillNeverWork) as error:
        send_back(parts, known, f"No pull request was opened: {error}")
    else:
        note = _merging_alone(parts, host, pull_request, records)
        _note_opened(parts, (host, pull_request, records), note)


def _objection(parts: Parts, known: OpportunityRecord) -> str:
    with parts.ledger.reading() as tx:
        decision = guardrail_decision(tx, parts, known, now=parts.now())
    return " ".join(decision.sentences) if decision.verdict is GuardrailVerdict.DENY else ""


def _open(parts: Parts, known: OpportunityRecord) -> _Opened:
    planned = plan_one(parts, known)
    with parts.ledger.reading() as tx:
        held = rows.holding(tx.connection, known.id)
    in_group = held is not None and (len(held.members) > 1 or held.branch != branch_for(known.id))
    if in_group or (held is None and parts.manners_of(planned.host.name).group_by_team):
        planned = grouped(parts, planned, held if in_group else None)
    planned = dressed(parts, planned)
    places.claim(parts, planned.host.name, planned.proposed.branch, planned.records)
    return planned.host, _written(planned), planned.records


def _written(planned: Planned) -> PullRequest:
    """Opened, or put in the place of the revision that is open."""
    host, proposed = planned.host, planned.proposed
    standing = host.find_pull_request(proposed.branch)
    if standing is None or standing.state is not PullRequestState.OPEN:
        return host.open_pull_request(proposed)
    if all_metadata(standing.body) == all_metadata(proposed.body):
        return host.open_pull_request(proposed)
    revisions = ", ".join(
        f"{record.opportunity.resource.label}, revision {record.opportunity.revision}"
        for record in planned.records
    )
    told = f"The proposal has changed and was approved anew ({revisions}); this is the new one."
    return host.update_pull_request(standing.number, proposed, told=told)


def _earlier_try(parts: Parts, known: OpportunityRecord) -> _Opened | None:
    """The pull request that a worker opened before it died, with this very revision in it."""
    assert parts.pull_requests is not None  # noqa: S101 - the caller has refused before
    with parts.ledger.reading() as tx:
        held = rows.holding(tx.connection, known.id)
    branch = held.branch if held else branch_for(known.id)
    for host in parts.pull_requests.repositories:
        pull_request = host.find_pull_request(branch)
        if pull_request is None or pull_request.state is PullRequestState.CLOSED:
            continue
        there = {(m.opportunity, m.revision) for m in all_metadata(pull_request.body)}
        if (known.id, known.opportunity.revision) in there:
            return host, pull_request, _records_in(parts, there)
    return None


def _records_in(parts: Parts, there: set[tuple[str, int]]) -> tuple[OpportunityRecord, ...]:
    with parts.ledger.reading() as tx:
        found = [r for r in tx.find(statuses=[Status.APPROVED]) if r.status is Status.APPROVED]
    return tuple(r for r in found if (r.id, r.opportunity.revision) in there)


def _merging_alone(
    parts: Parts, host: CodeHost, pull_request: PullRequest, records: Sequence[OpportunityRecord]
) -> str:
    """Have the host merge it by itself where every guardrail says so; gives what to note."""
    now = parts.now()
    with parts.ledger.reading() as tx:
        is_allowed = all(
            parts.guardrails.allows_merge(r.opportunity, guardrail_context(tx, r, now=now))
            for r in records
        )
        needs_a_person = any(eyes.lacks_a_second(tx, parts, each) for each in records)
    if not is_allowed or pull_request.state is not PullRequestState.OPEN:
        return ""
    if needs_a_person:
        return "Somebody else than the approver merges it: this team wants four eyes."
    try:
        host.merge_when_green(pull_request.number)
    except TryAgainLater:
        raise
    except FinOpsError as error:
        return f"A person merges it: {error}"
    return "It is merged by itself once every required check has passed."


def _note_opened(parts: Parts, opened: _Opened, note: str) -> None:
    host, pull_request, records = opened
    now = parts.now()
    with parts.ledger.transaction(of=f"repository/{host.name}") as tx:
        noted = [
            r for r in records if _note_one(tx, r, host.name, pull_request, note=note, now=now)
        ]
        if noted:
            rows.put(tx.connection, _row(tx, host.name, pull_request, records, now=now))


def _row(
    tx: LedgerTransaction,
    repository: str,
    pull_request: PullRequest,
    records: Sequence[OpportunityRecord],
    *,
    now: datetime,
) -> TrackedPullRequest:
    known = rows.of_branch(tx.connection, repository, pull_request.branch)
    standing = {m.opportunity: m for m in known.members} if known else {}
    fresh = {r.id: Member(r.id, r.opportunity.revision) for r in records}
    is_in_use = known is not None and known.stage in rows.IN_USE
    return TrackedPullRequest(
        repository=repository,
        branch=pull_request.branch,
        purpose=Purpose.CHANGE,
        stage=Stage.OPEN,
        team=records[0].opportunity.team,
        members=tuple(((standing if is_in_use else {}) | fresh).values()),
        number=pull_request.number,
        url=pull_request.url,
        asked_by=records[0].decided_by,
        claimed_at=known.claimed_at if known and is_in_use else now,
        opened_at=now,
    )


def _note_one(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    repository: str,
    pull_request: PullRequest,
    *,
    note: str,
    now: datetime,
) -> bool:
    """Move one opportunity on; False when another worker has written it down."""
    if tx.get(known.id).status is Status.PULL_REQUEST_OPEN and known.status is not Status.APPROVED:
        return True  # a member of the group that was open before
    sentence = f"Pull request #{pull_request.number} is open: {pull_request.url}"
    moved = tx.move(
        known,
        Status.PULL_REQUEST_OPEN,
        now=now,
        actor="worker",
        reason=sentence,
        note=note,
        repository=repository,
        pull_request_number=pull_request.number,
        pull_request_url=pull_request.url,
    )
    if not moved and tx.get(known.id).pull_request_number == pull_request.number:
        return False
    if not moved:
        sentence += " and no longer wanted: close it."
        detail = {"reason": sentence}
        tx.audit(at=now, actor="worker", action="unwanted", subject=known.id, detail=detail)
    announce.changed(tx, tx.get(known.id), actor="worker", sentence=sentence)
    return True


def send_back(parts: Parts, known: OpportunityRecord, reason: str) -> None:
    """Take an approval back to *notified* and tell the approver why."""
    now = parts.now()
    with parts.ledger.transaction() as tx:
        places.release(tx, known)
        columns = {"decided_by": "", "decided_at": None}
        if tx.move(known, Status.NOTIFIED, now=now, actor="worker", reason=reason, **columns):
            announce.changed(tx, tx.get(known.id), actor="worker", sentence=reason)
            label = known.opportunity.resource.label
            announce.tell_person(
                tx,
                user=known.decided_by,
                sentence=f"Your approval for {label} was sent back. {reason}",
                about=f"sent back/{known.id}/{now.isoformat()}",
            )


def _finish(parts: Parts, known: OpportunityRecord, target: Status, reason: str) -> None:
    with parts.ledger.transaction() as tx:
        places.release(tx, known)
        close(tx, known, target, reason, now=parts.now(), actor="worker")


def close(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    target: Status,
    reason: str,
    *,
    now: datetime,
    actor: str,
    **columns: object,
) -> None:
    """End an opportunity, or decline it, with its reason; nothing when somebody was first."""
    if tx.move(known, target, now=now, actor=actor, reason=reason, **columns):
        announce.changed(tx, tx.get(known.id), actor=actor, sentence=reason)
