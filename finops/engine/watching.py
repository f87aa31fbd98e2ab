"""Watching pull requests: decided, touched by a person, outdated, stale, or to be rebased."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from finops.domain.errors import FinOpsError, Refused, TryAgainLater, WillNeverWork
from finops.domain.intents import IntentKind
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
from finops.engine.following import follow
from finops.engine.grouping import grouped
from finops.engine.parts import Parts
from finops.engine.pausing import paused_teams
from finops.engine.proposing import plan_one
from finops.engine.pull_requests import send_back
from finops.engine.reverting import end_revert, plan_revert
from finops.engine.tending import close_with_a_word, freeze, hold_if_outdated
from finops.ledger import claims, history, outbox, sources
from finops.ledger import pull_requests as rows
from finops.ports import CodeHost

log = logging.getLogger(__name__)

UNREADABLE = "The code host cannot be asked about its pull request: "
_UNWANTED = frozenset({Status.OBSOLETE, Status.DENIED, Status.EXPIRED})


def watch_pull_requests(parts: Parts, repository: str | None = None) -> int:
    """Ask the code hosts about open pull requests; returns how many were merged or closed.

    One that cannot be read does not keep the others waiting, and a host that does not answer is
    asked again at the next tick. An idle tick costs one question a repository and one for each
    open pull request.
    """
    _send_back_abandoned(parts)
    if parts.pull_requests is None:
        return 0
    watched = parts.ledger.read(lambda connection: rows.find(connection, stages=[Stage.OPEN]))
    changed = 0
    for host in parts.pull_requests.repositories:
        own = [row for row in watched if row.repository == host.name]
        if own and repository in (None, host.name):
            changed += _watch_repository(parts, host, own)
    return changed


def ask_to_watch(parts: Parts, repository: str, *, delivery: str) -> bool:
    """Have a repository looked at soon; False when it is not ours or the delivery came before."""
    hosts = parts.pull_requests.repositories if parts.pull_requests else ()
    name = next((host.name for host in hosts if host.name.lower() == repository.lower()), None)
    if name is None:
        return False
    subject = f"repository/{name}"
    with parts.ledger.transaction(patience_seconds=5) as tx:
        wall = tx.wall_clock()
        claim = claims.take(
            tx.connection, work="webhook", unit=delivery, owner="web", now=wall, lease_seconds=60
        )
        if claim is None:
            return False
        claims.finish(tx.connection, claim, now=wall)
        kind = IntentKind.WATCH_REPOSITORY
        if not outbox.is_waiting(tx.connection, kind=kind, subject=subject):
            tx.enqueue(
                kind=kind,
                subject=subject,
                idempotency_key=f"watch:{name}:{delivery}",
                payload={"repository": name},
            )
    return True


def _watch_repository(parts: Parts, host: CodeHost, watched: Sequence[TrackedPullRequest]) -> int:
    changed = 0
    key = f"newest_commit:{host.name}"
    try:
        commit = host.newest_commit()
        with parts.ledger.reading() as tx:
            has_moved = history.setting(tx.connection, key) != commit
        for row in watched:
            changed += _watch_one(parts, row, host, has_moved=has_moved)
    except WillNeverWork as error:
        _note_all(parts, watched, f"{UNREADABLE}{error}")
        return changed
    except FinOpsError as error:
        log.info("%s does not answer: %s", host.name, error)
        return changed  # the commit is not noted, so the next tick brings all up to date
    if has_moved:
        with parts.ledger.transaction() as tx:
            history.put_setting(tx.connection, key, commit, by="engine", now=parts.now())
    return changed


def _watch_one(parts: Parts, row: TrackedPullRequest, host: CodeHost, *, has_moved: bool) -> bool:
    """Follow one pull request; raises TryAgainLater when its host does not answer."""
    try:
        pull_request = host.pull_request(row.number)
        if pull_request.state is not PullRequestState.OPEN:
            return follow(parts, row, pull_request)
        return _keep(parts, row, host, pull_request, has_moved=has_moved)
    except TryAgainLater:
        raise
    except FinOpsError as error:
        log.warning("pull request %s cannot be watched: %s", row.url, error)
        _note_all(parts, [row], f"{UNREADABLE}{error}")
    return False


def _keep(
    parts: Parts,
    row: TrackedPullRequest,
    host: CodeHost,
    pull_request: PullRequest,
    *,
    has_moved: bool,
) -> bool:
    """What an open one needs: at most one thing a tick."""
    with parts.ledger.reading() as tx:
        records = [tx.get(member.opportunity) for member in row.members]
        is_paused = row.team.lower() in paused_teams(tx)
    if any(record.note.startswith(UNREADABLE) for record in records):
        _note_all(parts, [row], "")
    if pull_request.is_touched:
        freeze(parts, row, host)
        return False
    why = row.closing_reason or _why_close(parts, row, pull_request, records)
    if why:
        return close_with_a_word(parts, row, host, why)
    if hold_if_outdated(parts, row, host, records):
        return False
    if has_moved and not is_paused:
        _keep_mergeable(parts, row, host, records)
    return False


def _why_close(
    parts: Parts,
    row: TrackedPullRequest,
    pull_request: PullRequest,
    records: Sequence[OpportunityRecord],
) -> str:
    """Nobody wants it any more, or nobody has looked at it for too long; empty while it stands."""
    if row.purpose is Purpose.CHANGE and all(r.status in _UNWANTED for r in records):
        return f"No longer wanted: {records[0].status_reason or records[0].status.words}"
    days = parts.manners_of(row.repository).stale_after_days
    last = max(filter(None, (row.opened_at, pull_request.active_at)), default=parts.now())
    if days and parts.now() - last > timedelta(days=days):
        return f"Nobody has touched it for {days} days, so it makes room for fresher ones."
    return ""


def _keep_mergeable(
    parts: Parts, row: TrackedPullRequest, host: CodeHost, records: Sequence[OpportunityRecord]
) -> None:
    """Plan the edit again on the newest main branch, so that neighbours' merges do not conflict.

    The same change to the same setting is no new proposal: what was approved stays approved.
    """
    try:
        if row.purpose is Purpose.REVERT:
            _host, proposed = plan_revert(parts, records[0], row)
        else:
            planned = plan_one(parts, records[0])
            if len(records) > 1:
                planned = grouped(parts, planned, row)
            if len(planned.records) < len(records):
                return  # laid anew it would lose a change that its text still promises
            proposed = planned.proposed
        when = parts.manners_of(row.repository).rebase_when
        host.refresh_pull_request(row.number, proposed, when=when)
    except Refused as error:
        # The value is merged some other way, or a person works on it: theirs to finish.
        log.info("pull request %s is left as it is: %s", row.number, error)


def _send_back_abandoned(parts: Parts) -> None:
    """An approval whose pull request the worker gave up would wait for ever: people are asked."""
    with parts.ledger.reading() as tx:
        approved = tx.find(statuses=[Status.APPROVED])
        coming = outbox.unfinished_subjects(tx.connection, kind=IntentKind.OPEN_PULL_REQUEST)
        lost = [
            known
            for known in approved
            if announce.pull_request_subject(known.id) not in coming
            and not sources.open_candidates(tx.connection, known.opportunity.resource.key)
        ]
        asked = rows.find(tx.connection, stages=[Stage.ASKED], purpose=Purpose.REVERT)
        reverts = outbox.unfinished_subjects(tx.connection, kind=IntentKind.OPEN_REVERT)
    for known in lost:
        send_back(parts, known, "No pull request could be opened after many tries.")
    for row in asked:
        if announce.pull_request_subject(row.members[0].opportunity) not in reverts:
            end_revert(parts, row, "No revert could be opened after many tries.")


def _note_all(parts: Parts, watched: Sequence[TrackedPullRequest], note: str) -> None:
    """Put the same note on every card of these, without a word in the thread."""
    now: datetime = parts.now()
    with parts.ledger.transaction() as tx:
        for row in watched:
            for member in row.members:
                known = tx.get(member.opportunity)
                if tx.annotate(known, note, now=now, actor="engine"):
                    announce.refresh(tx, tx.get(known.id))
