"""The dashboard issue of each repository that can have one: its ticks followed, then written anew.

A tick asks for nothing that needs an approver: a closed proposal is put before its team again, an
open pull request is laid on the newest main branch.
"""

import hashlib
import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from finops.domain.errors import FinOpsError, Refused
from finops.domain.lifecycle import Status
from finops.domain.manners import RebaseWhen
from finops.domain.opportunity import OpportunityRecord
from finops.engine import announce
from finops.engine.parts import Parts
from finops.engine.proposing import plan_one
from finops.ledger import history
from finops.ports import CodeHost, HasDashboard, Ticked
from finops.pr_bodies.dashboard import REBASE, REOPEN, dashboard_body

log = logging.getLogger(__name__)

# Ticks are read this often; a webhook has them read at once.
LOOK_EVERY = timedelta(minutes=5)
_SHOWN = (Status.APPROVED, Status.PULL_REQUEST_OPEN, Status.NOTIFIED, Status.DETECTED,
          Status.DENIED, Status.EXPIRED, Status.MERGED)  # fmt: skip


def update_dashboards(parts: Parts, repository: str | None = None) -> int:
    """Follow ticks and write each dashboard that changed; returns how many stand.

    One replica at a time: two at once could make two issues. A repository that does not allow it is
    logged and left.
    """
    hosts = parts.pull_requests.repositories if parts.pull_requests else ()
    count = 0
    for host in hosts:
        is_wanted = parts.manners_of(host.name).dashboard and repository in (None, host.name)
        if is_wanted and isinstance(host, HasDashboard):
            count += _claimed(parts, host, is_asked=repository is not None)
    return count


def _claimed(parts: Parts, host: CodeHost, *, is_asked: bool) -> bool:
    wall = datetime.now(UTC)
    ledger, owner = parts.ledger, uuid.uuid4().hex
    claim = ledger.claim(work="dashboard", unit=host.name, owner=owner, now=wall, lease_seconds=120)
    if claim is None:
        return False
    try:
        return _update(parts, host, is_asked=is_asked)
    except FinOpsError as error:
        log.info("the dashboard of %s is not written: %s", host.name, error)
        return False
    finally:
        ledger.release_claim(claim, retry_at=wall - timedelta(seconds=1), error="")


def _update(parts: Parts, host: CodeHost, *, is_asked: bool) -> bool:
    assert isinstance(host, HasDashboard)  # noqa: S101 - the caller has looked
    key, now = f"dashboard:{host.name}"[:250], parts.now()
    with parts.ledger.reading() as tx:
        known: Mapping[str, object] = history.setting(tx.connection, key) or {}
    number = int(str(known.get("number", 0)))
    read_at = datetime.fromisoformat(str(known.get("read_at", "2000-01-01T00:00:00+00:00")))
    is_due = is_asked or now - read_at >= LOOK_EVERY
    if is_due and number:
        for tick in host.read_dashboard(number):
            _carry_out(parts, host, tick)
    body = dashboard_body(_records(parts, host.name), repository=host.name, currency=parts.currency)
    digest = hashlib.sha256(body.encode()).hexdigest()
    if known.get("hash") == digest and not is_due:
        return bool(number)
    number = host.publish_dashboard(number, body)
    kept = {"number": number, "hash": digest, "read_at": now.isoformat()}
    with parts.ledger.bookkeeping() as connection:
        history.put_setting(connection, key, kept, by="engine", now=now)
    return bool(number)


def _records(parts: Parts, repository: str) -> list[OpportunityRecord]:
    with parts.ledger.reading() as tx:
        return tx.find(statuses=_SHOWN, repository=repository)


def _carry_out(parts: Parts, host: CodeHost, tick: Ticked) -> None:
    """Do what was ticked, if it still stands so; what does not is shown anew without its tick."""
    try:
        if tick.action == REOPEN:
            _reopen(parts, host, tick)
        elif tick.action == REBASE:
            _rebase(parts, host, tick)
    except Refused as error:
        log.info("a tick on the dashboard of %s is not followed: %s", host.name, error)


def _reopen(parts: Parts, host: CodeHost, tick: Ticked) -> None:
    """Put it before its team again as a new revision, because the no was for the one closed."""
    now, actor = parts.now(), f"{tick.by} on {host.name}"[:250]
    with parts.ledger.transaction() as tx:
        known = tx.get(tick.opportunity)
        is_closed = known.status in (Status.DENIED, Status.EXPIRED)
        if known.repository != host.name or not is_closed or known.pull_request_number is None:
            return
        sentence = f"Asked for again by {tick.by} on the dashboard of {host.name}."
        if tx.move(
            known, Status.DETECTED, now=now, actor=actor, reason=sentence,
            revision=known.opportunity.revision + 1, decided_by="", decided_at=None,
        ):  # fmt: skip
            announce.changed(tx, tx.get(known.id), actor=actor, sentence=sentence)


def _rebase(parts: Parts, host: CodeHost, tick: Ticked) -> None:
    known = parts.ledger.get(tick.opportunity)
    is_open = known.status is Status.PULL_REQUEST_OPEN and known.repository == host.name
    if is_open and known.pull_request_number is not None:
        planned = plan_one(parts, known)
        if planned.host is host:
            host.refresh_pull_request(
                known.pull_request_number, planned.proposed, when=RebaseWhen.BEHIND
            )
