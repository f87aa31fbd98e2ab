"""From approval to merge: opening pull requests and watching what becomes of them.

Opening is done by the worker, at least once; every step recognises what an earlier try did.
"""

import logging
from datetime import datetime

from finops.domain.errors import FinOpsError, Refused, TryAgainLater, WillNeverWork
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import PullRequest, PullRequestState, branch_for
from finops.edits import AlreadyApplied
from finops.engine import announce
from finops.engine.decisions import person_key
from finops.engine.guarding import guardrail_decision
from finops.engine.parts import Parts
from finops.guardrails import GuardrailVerdict
from finops.ledger import history, outbox
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
        _send_back(parts, known, "No repository is configured, so no pull request can be opened.")
        return
    try:
        found = _earlier_try(parts, known)
        objection = "" if found else _objection(parts, known)
        if objection:
            _send_back(parts, known, objection)
            return
        host, pull_request = found or _open(parts, known)
    except AlreadyApplied as error:
        _finish(parts, known, Status.OBSOLETE, f"Applied elsewhere: {error}")
    except (Refused, WillNeverWork) as error:
        _send_back(parts, known, f"No pull request was opened: {error}")
    else:
        _note_opened(parts, known, host.name, pull_request)


def watch_pull_requests(parts: Parts) -> int:
    """Ask the code hosts about open pull requests; returns how many were merged or closed.

    One that cannot be read does not keep the others waiting, and a host that does not answer is
    asked again at the next tick.
    """
    _send_back_abandoned(parts)
    if parts.pull_requests is None:
        return 0
    changed = 0
    away: set[str] = set()
    for record in parts.ledger.find(statuses=[Status.PULL_REQUEST_OPEN]):
        host = parts.pull_requests.host(record.repository)
        if host is None or host.name in away:
            continue
        try:
            changed += _watch_one(parts, record, host)
        except TryAgainLater as error:
            log.info("%s does not answer: %s", host.name, error)
            away.add(host.name)
        except FinOpsError as error:
            log.warning("pull request %s cannot be watched: %s", record.pull_request_url, error)
    return changed


def _watch_one(parts: Parts, record: OpportunityRecord, host: CodeHost) -> bool:
    pull_request = host.pull_request(record.pull_request_number or 0)
    if pull_request.state is not PullRequestState.OPEN:
        return _follow(parts, record, pull_request)
    _keep_mergeable(parts, record, host)
    return False


def _send_back_abandoned(parts: Parts) -> None:
    """An approval whose pull request the worker gave up would wait for ever: people are asked."""
    with parts.ledger.reading() as tx:
        approved = tx.find(statuses=[Status.APPROVED])
        coming = outbox.unfinished_subjects(tx.connection, kind=IntentKind.OPEN_PULL_REQUEST)
    for known in approved:
        if announce.pull_request_subject(known.id) not in coming:
            _send_back(parts, known, "No pull request could be opened after many tries.")


def _objection(parts: Parts, known: OpportunityRecord) -> str:
    with parts.ledger.reading() as tx:
        decision = guardrail_decision(tx, parts, known, now=parts.now())
    return " ".join(decision.sentences) if decision.verdict is GuardrailVerdict.DENY else ""


def _keep_mergeable(parts: Parts, record: OpportunityRecord, host: CodeHost) -> None:
    """Plan the edit again on the newest main branch, so that neighbours' merges do not conflict.

    The same change to the same setting is no new proposal: what was approved stays approved.
    """
    assert parts.pull_requests is not None  # noqa: S101 - the caller has looked
    try:
        _host, proposed, _proof = parts.pull_requests.plan(record, now=parts.now())
        host.refresh_pull_request(record.pull_request_number or 0, proposed)
    except Refused as error:
        # The value is merged some other way, or a person works on it: theirs to finish.
        log.info("pull request %s is left as it is: %s", record.pull_request_number, error)


def _open(parts: Parts, known: OpportunityRecord) -> tuple[CodeHost, PullRequest]:
    assert parts.pull_requests is not None  # noqa: S101 - the caller has refused before
    with parts.ledger.reading() as tx:
        name = history.setting(tx.connection, person_key(known.decided_by))
    host, proposed, _proof = parts.pull_requests.plan(
        known.opportunity,
        approved_by=str(name or known.decided_by),
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


def _follow(parts: Parts, record: OpportunityRecord, pull_request: PullRequest) -> bool:
    by = pull_request.merged_by or "somebody"
    with parts.ledger.transaction() as tx:
        known = tx.get(record.id)
        if known.status is not Status.PULL_REQUEST_OPEN:
            return False
        if pull_request.state is PullRequestState.MERGED:
            _note_merged(tx, known, pull_request, now=parts.now(), by=by)
        else:
            sentence = f"Pull request #{pull_request.number} was closed without a merge."
            # Not the approver's no: they would be named as the one who declined.
            columns = {"decided_by": "", "decided_at": parts.now()}
            _close(
                tx, known, Status.DENIED, sentence, now=parts.now(), actor="code host", **columns
            )
    return True


def _note_merged(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    pull_request: PullRequest,
    *,
    now: datetime,
    by: str,
) -> None:
    sentence = f"Pull request #{pull_request.number} was merged by {by}."
    merged_at = pull_request.merged_at or now
    if tx.move(
        known, Status.MERGED, now=now, actor="code host", reason=sentence, merged_at=merged_at
    ):
        announce.changed(tx, tx.get(known.id), actor="code host", sentence=sentence)
        # The next cycle sees the deployed value; nobody waits for tomorrow's.
        announce.ask_for_cycle(tx, why=f"merged:{known.id}", now=now)


def _send_back(parts: Parts, known: OpportunityRecord, reason: str) -> None:
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
        _close(tx, known, target, reason, now=parts.now(), actor="worker")


def _close(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    target: Status,
    reason: str,
    *,
    now: datetime,
    actor: str,
    **columns: object,
) -> None:
    if tx.move(known, target, now=now, actor=actor, reason=reason, **columns):
        announce.changed(tx, tx.get(known.id), actor=actor, sentence=reason)
