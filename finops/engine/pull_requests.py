"""From approval to pull request. `watching` follows what becomes of it.

Opening is done by the worker, at least once; every step recognises what an earlier try did.
"""

import logging
from datetime import datetime

from finops.domain.errors import Refused, WillNeverWork
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import PullRequest, PullRequestState, branch_for
from finops.edits import AlreadyApplied
from finops.engine import announce
from finops.engine.guarding import guardrail_decision
from finops.engine.parts import Parts
from finops.engine.rights import name_of
from finops.guardrails import GuardrailVerdict
from finops.ledger import approvals
from finops.ports import CodeHost
from finops.pr_generator import parse_metadata
from finops.savings_ledger import LedgerTransaction

log = logging.getLogger(__name__)


def open_pull_request(parts: Parts, opportunity_id: str, *, revision: int) -> None:
    """Open the pull request of an approved opportunity; does nothing when that was done before.

    One that an earlier try opened is taken as it is. Else guardrails and the age of the evidence
    are checked again. What a person can mend sends the opportunity back to *notified* with the
    reason; a passing failure raises TryAgainLater.
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
        host, pull_request = found or _open(parts, known)
    except AlreadyApplied as error:
        _finish(parts, known, Status.OBSOLETE, f"Applied elsewhere: {error}")
    except (Refused, WillNeverWork) as error:
        send_back(parts, known, f"No pull request was opened: {error}")
    else:
        _note_opened(parts, known, host.name, pull_request)


def _objection(parts: Parts, known: OpportunityRecord) -> str:
    with parts.ledger.reading() as tx:
        decision = guardrail_decision(tx, parts, known, now=parts.now())
    return " ".join(decision.sentences) if decision.verdict is GuardrailVerdict.DENY else ""


def _open(parts: Parts, known: OpportunityRecord) -> tuple[CodeHost, PullRequest]:
    assert parts.pull_requests is not None  # noqa: S101 - the caller has refused before
    with parts.ledger.reading() as tx:
        agreed = approvals.given(tx.connection, [known.id]).get(known.id, ())
        people = [one.approver for one in agreed] or [known.decided_by]
        names = [name_of(tx, person) for person in people]
    host, proposed, _proof = parts.pull_requests.plan(
        known.opportunity,
        approved_by=" and ".join(names),
        guardrail_reasons=known.guardrail_reasons,
        now=parts.now(),
    )
    return host, host.open_pull_request(proposed)


def _earlier_try(parts: Parts, known: OpportunityRecord) -> tuple[CodeHost, PullRequest] | None:
    """The pull request that a worker opened before it died, for this very revision."""
    assert parts.pull_requests is not None  # noqa: S101 - the caller has refused before
    for host in parts.pull_requests.repositories:
        pull_request = host.find_pull_request(branch_for(known.id))
        if pull_request is None or pull_request.state is PullRequestState.CLOSED:
            continue
        metadata = parse_metadata(pull_request.body)
        if metadata is not None and metadata.revision == known.opportunity.revision:
            return host, pull_request
    return None


def _note_opened(
    parts: Parts, known: OpportunityRecord, repository: str, pull_request: PullRequest
) -> None:
    now = parts.now()
    sentence = f"Pull request #{pull_request.number} is open: {pull_request.url}"
    with parts.ledger.transaction() as tx:
        moved = tx.move(
            known,
            Status.PULL_REQUEST_OPEN,
            now=now,
            actor="worker",
            reason=sentence,
            repository=repository,
            pull_request_number=pull_request.number,
            pull_request_url=pull_request.url,
        )
        current = tx.get(known.id)
        if not moved and current.pull_request_number == pull_request.number:
            return  # another worker has written it down
        if not moved:
            sentence += " and no longer wanted: close it."
            detail = {"reason": sentence}
            tx.audit(at=now, actor="worker", action="unwanted", subject=known.id, detail=detail)
        announce.changed(tx, tx.get(known.id), actor="worker", sentence=sentence)


def send_back(parts: Parts, known: OpportunityRecord, reason: str) -> None:
    """Take an approval back to *notified* and tell the approver why."""
    now = parts.now()
    with parts.ledger.transaction() as tx:
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
