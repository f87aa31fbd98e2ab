"""Watching open pull requests: merged, closed, or to be laid anew on a main branch that moved."""

import logging
from collections.abc import Sequence
from datetime import datetime

from finops.domain.errors import FinOpsError, Refused, TryAgainLater
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import PullRequest, PullRequestState
from finops.engine import announce
from finops.engine.parts import Parts
from finops.engine.pull_requests import close, send_back
from finops.ledger import history, outbox
from finops.ports import CodeHost
from finops.savings_ledger import LedgerTransaction

log = logging.getLogger(__name__)


def watch_pull_requests(parts: Parts) -> int:
    """Ask the code hosts about open pull requests; returns how many were merged or closed.

    One that cannot be read does not keep the others waiting, and a host that does not answer is
    asked again at the next tick. An idle tick costs one question a repository and one for each
    open pull request.
    """
    _send_back_abandoned(parts)
    if parts.pull_requests is None:
        return 0
    opened = parts.ledger.find(statuses=[Status.PULL_REQUEST_OPEN])
    changed = 0
    for host in parts.pull_requests.repositories:
        records = [record for record in opened if record.repository == host.name]
        if records:
            changed += _watch_repository(parts, host, records)
    return changed


def _watch_repository(parts: Parts, host: CodeHost, records: Sequence[OpportunityRecord]) -> int:
    changed = 0
    key = f"newest_commit:{host.name}"
    try:
        commit = host.newest_commit()
        with parts.ledger.reading() as tx:
            has_moved = history.setting(tx.connection, key) != commit
        for record in records:
            changed += _watch_one(parts, record, host, has_moved=has_moved)
    except FinOpsError as error:
        log.info("%s does not answer: %s", host.name, error)
        return changed  # the commit is not noted, so the next tick brings all up to date
    if has_moved:
        with parts.ledger.transaction() as tx:
            history.put_setting(tx.connection, key, commit, by="engine", now=parts.now())
    return changed


def _watch_one(parts: Parts, record: OpportunityRecord, host: CodeHost, *, has_moved: bool) -> bool:
    """Follow one pull request; raises TryAgainLater when its host does not answer."""
    try:
        pull_request = host.pull_request(record.pull_request_number or 0)
        if pull_request.state is not PullRequestState.OPEN:
            return _follow(parts, record, pull_request)
        if has_moved:
            _keep_mergeable(parts, record, host)
    except TryAgainLater:
        raise
    except FinOpsError as error:
        log.warning("pull request %s cannot be watched: %s", record.pull_request_url, error)
    return False


def _send_back_abandoned(parts: Parts) -> None:
    """An approval whose pull request the worker gave up would wait for ever: people are asked."""
    with parts.ledger.reading() as tx:
        approved = tx.find(statuses=[Status.APPROVED])
        coming = outbox.unfinished_subjects(tx.connection, kind=IntentKind.OPEN_PULL_REQUEST)
    for known in approved:
        if announce.pull_request_subject(known.id) not in coming:
            send_back(parts, known, "No pull request could be opened after many tries.")


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
            close(tx, known, Status.DENIED, sentence, now=parts.now(), actor="code host", **columns)
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
