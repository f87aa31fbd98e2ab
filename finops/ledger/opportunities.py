"""Reading and writing opportunities inside a transaction."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import CLOSED, IN_FLIGHT, Status, check_move
from finops.domain.opportunity import (
    Opportunity,
    OpportunityRecord,
)
from finops.ledger import approvals
from finops.ledger.codec import columns_of, record_from
from finops.ledger.tables import opportunities

# With these an asking ends, and with it the approvals that were given to it.
_ASKED_ANEW = frozenset(
    {Status.NOTIFIED, Status.DENIED, Status.SNOOZED, Status.EXPIRED, Status.OBSOLETE}
)
# Made once: a statement that is built anew each time costs a click more than its row does.
_ONE = select(opportunities).where(opportunities.c.id == bindparam("opportunity"))
_LARGEST_FIRST = (
    (opportunities.c.cashable_usd_per_month + opportunities.c.freed_usd_per_month).desc(),
    opportunities.c.id,
)
_CHANGED_SINCE = (
    select(opportunities)
    .where(
        opportunities.c.status.in_([*IN_FLIGHT, Status.VERIFIED]),
        func.lower(opportunities.c.team) == bindparam("team"),
        opportunities.c.decided_at >= bindparam("since"),
    )
    .order_by(*_LARGEST_FIRST)
)


def get(connection: Connection, opportunity: str) -> OpportunityRecord:
    """One record; raises InvalidInput when there is none of that id."""
    row = connection.execute(_ONE, {"opportunity": opportunity}).first()
    if row is None:
        raise InvalidInput(f"There is no opportunity {opportunity[:60]!r}; `list` shows them.")
    return record_from(row)


def find(  # noqa: PLR0913 - every filter is a keyword that says what it does
    connection: Connection,
    *,
    statuses: Collection[Status] = (),
    team: str | None = None,
    cluster: str | None = None,
    namespace: str | None = None,
    repository: str | None = None,
    unchanged_since: datetime | None = None,
    limit: int | None = None,
) -> list[OpportunityRecord]:
    """Records that match, the largest saving first, then by id."""
    table = opportunities
    query = select(table).order_by(*_LARGEST_FIRST)
    if statuses:
        query = query.where(table.c.status.in_([s.value for s in statuses]))
    if team is not None:
        query = query.where(func.lower(table.c.team) == team.lower())
    if cluster is not None:
        query = query.where(table.c.cluster == cluster)
    if namespace is not None:
        query = query.where(table.c.namespace == namespace)
    if repository is not None:
        query = query.where(table.c.repository == repository)
    if unchanged_since is not None:
        query = query.where(table.c.status_changed_at <= unchanged_since)
    return [record_from(row) for row in connection.execute(query.limit(limit))]


def changed_since(connection: Connection, *, team: str, since: datetime) -> list[OpportunityRecord]:
    """What was decided since then for a team, to be changed; the largest saving first."""
    rows = connection.execute(_CHANGED_SINCE, {"team": team.lower(), "since": since})
    return [record_from(row) for row in rows]


def find_brief(connection: Connection) -> list[OpportunityRecord]:
    """All records without what only a card or a pull request shows; the largest saving first.

    Ten thousand records take 20 MB more with eight facts of evidence each (benchmarks.digest).
    """
    query = select(opportunities).order_by(*_LARGEST_FIRST).execution_options(yield_per=500)
    return [_brief(record_from(row)) for row in connection.execute(query)]


def _brief(known: OpportunityRecord) -> OpportunityRecord:
    found = replace(known.opportunity, evidence=(), caveats=(), tags={}, rollback="", basis=None)
    return replace(known, opportunity=found, guardrail_reasons=())


def implemented_before(connection: Connection, known: Opportunity) -> datetime | None:
    """When the former generation of the same waste was implemented, if one was."""
    table = opportunities
    query = select(func.max(table.c.implemented_at)).where(
        table.c.fingerprint == known.fingerprint, table.c.generation < known.generation
    )
    return connection.execute(query).scalar()


def closed_after_implementing(
    connection: Connection, *, cluster: str, since: datetime
) -> dict[str, datetime]:
    """When each waste that was implemented since then was, by fingerprint; closed ones only."""
    table = opportunities
    query = (
        select(table.c.fingerprint, func.max(table.c.implemented_at))
        .where(
            table.c.cluster == cluster,
            table.c.open_fingerprint.is_(None),
            table.c.implemented_at > since,
        )
        .group_by(table.c.fingerprint)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def move(
    connection: Connection,
    known: OpportunityRecord,
    target: Status,
    *,
    now: datetime,
    reason: str = "",
    **columns: Any,
) -> OpportunityRecord | None:
    """The record after a move, if it still stood where `known` says; None when somebody was first.

    Raises IllegalMove when the lifecycle has no such step.
    """
    check_move(known.status, target, subject=known.opportunity.resource.label)
    values: dict[str, Any] = {
        "status": target,
        "status_changed_at": now,
        "status_reason": reason,
        "note": "",
    } | columns
    if target in CLOSED:
        values["open_fingerprint"] = None
    after = _changed(connection, known, values)
    if after and known.status in (Status.NOTIFIED, Status.APPROVED) and target in _ASKED_ANEW:
        approvals.withdraw(connection, known.id)
    return after


def edit(
    connection: Connection, known: OpportunityRecord, edited: Opportunity, *, now: datetime
) -> bool:
    """Put a person's value in the place of the proposal, as a new revision that waits like it did.

    False when somebody was first.
    """
    values = columns_of(edited) | {
        "revision": known.opportunity.revision + 1,
        "status_changed_at": now,
        "status_reason": "",
        "guardrail_reasons": [],
    }
    done = _change(connection, known, values)
    if done:
        approvals.withdraw(connection, known.id)
    return done


def edited_by_people(connection: Connection, *, cluster: str) -> dict[str, OpportunityRecord]:
    """The open proposals of a cluster whose value a person has set, by fingerprint."""
    table = opportunities
    query = select(table).where(
        table.c.cluster == cluster, table.c.edited_by != "", table.c.open_fingerprint.is_not(None)
    )
    return {row.fingerprint: record_from(row) for row in connection.execute(query)}


def annotate(connection: Connection, known: OpportunityRecord, note: str, **columns: Any) -> bool:
    """Say beside the state what is the matter; False when that stands there or it moved."""
    return known.note != note and _change(connection, known, {"note": note} | columns)


def give(
    connection: Connection,
    known: OpportunityRecord,
    moved: Opportunity,
    *,
    now: datetime,
    reason: str,
) -> bool:
    """Give a waiting one to another team, as a new revision; False when somebody was first.

    Its new approvers have not seen what the former ones were shown. When it was last seen stays:
    nobody looked at the resource.
    """
    is_snoozed = known.status is Status.SNOOZED
    values = columns_of(moved) | {
        "revision": known.opportunity.revision + 1,
        "status": Status.SNOOZED if is_snoozed else Status.DETECTED,
        "status_changed_at": now,
        "status_reason": reason,
        "guardrail_reasons": [],
    }
    return _change(connection, known, values)


def _change(connection: Connection, known: OpportunityRecord, values: Mapping[str, Any]) -> bool:
    """Write `values` where status and revision still are what `known` says; False where not."""
    return _changed(connection, known, values) is not None


def _changed(
    connection: Connection, known: OpportunityRecord, values: Mapping[str, Any]
) -> OpportunityRecord | None:
    """The record with `values` in it, if status and revision still were what `known` says."""
    table = opportunities
    row = connection.execute(
        update(table)
        .where(
            table.c.id == known.id,
            table.c.status == known.status,
            table.c.revision == known.opportunity.revision,
        )
        .values(**values)
        .returning(table)
    ).first()
    return None if row is None else record_from(row)
