"""Reading and writing opportunities inside a transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import CLOSED, REVISABLE, Status, check_move
from finops.domain.opportunity import (
    Change,
    Opportunity,
    OpportunityRecord,
    Setting,
    opportunity_id,
)
from finops.domain.ownership import owner_rule, with_owner
from finops.ledger import approvals
from finops.ledger.codec import columns_of, record_from
from finops.ledger.tables import opportunities

# A proposal that wanders less than this is the same proposal: measurements breathe every day.
NEW_REVISION_SHARE = 0.10
# People who said no are asked again only when the offer is clearly another one.
ASK_AGAIN_SHARE = 0.25

# Whole machines or a yes and no, where a share of the number says nothing.
_COUNTED = (Setting.DESIRED_SIZE, Setting.MIN_SIZE, Setting.MAX_SIZE, Setting.PRESENT)


# With these an asking ends, and with it the approvals that were given to it.
_ASKED_ANEW = frozenset(
    {Status.NOTIFIED, Status.DENIED, Status.SNOOZED, Status.EXPIRED, Status.OBSOLETE}
)
_LARGEST_FIRST = (
    (opportunities.c.cashable_usd_per_month + opportunities.c.freed_usd_per_month).desc(),
    opportunities.c.id,
)


class Outcome(StrEnum):
    """What recording an opportunity did."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record after recording, and what that did."""

    record: OpportunityRecord
    outcome: Outcome


def record(connection: Connection, opportunity: Opportunity, *, seen_at: datetime) -> Recorded:
    """Write what a cycle found: a new opportunity, a new revision, or only that it is still so."""
    table = opportunities
    row = connection.execute(
        select(table).where(table.c.open_fingerprint == opportunity.fingerprint).with_for_update()
    ).first()
    if row is None:
        return Recorded(_insert(connection, opportunity, seen_at), Outcome.NEW)
    known = record_from(row)
    if not is_another_proposal(known, opportunity):
        return Recorded(_see_again(connection, known, opportunity, seen_at), Outcome.UNCHANGED)
    is_snoozed = known.status is Status.SNOOZED
    status = Status.SNOOZED if is_snoozed else Status.DETECTED
    # Who said no to the former offer has said nothing about this one.
    decided = {} if is_snoozed else {"decided_by": "", "decided_at": None}
    values = (
        columns_of(opportunity)
        | decided
        | {
            "revision": known.opportunity.revision + 1,
            "status": status,
            "last_seen_at": seen_at,
            "status_changed_at": seen_at,
            "status_reason": f"The proposal changed (revision {known.opportunity.revision + 1}).",
            "guardrail_reasons": [],
        }
    )
    _update(connection, known.id, **values)
    return Recorded(get(connection, known.id), Outcome.REVISED)


def is_another_proposal(known: OpportunityRecord, found: Opportunity) -> bool:
    """Whether a finding differs enough to put a new revision before people.

    >>> # 200m → 120m proposed before, 118m found today: the same proposal
    """
    if known.status not in REVISABLE:
        return False
    declined = known.status in (Status.DENIED, Status.EXPIRED)
    # Another team has other approvers: what the former one was shown is not theirs to approve.
    has_moved = known.opportunity.team != found.team and not declined
    share = ASK_AGAIN_SHARE if declined else NEW_REVISION_SHARE
    # A cycle that found another proposal than the person had edited comes without the edit.
    is_overtaken = bool(known.opportunity.edited_by) and not found.edited_by and not declined
    return has_moved or is_overtaken or differ(known.opportunity.changes, found.changes, share)


def differ(known: Sequence[Change], found: Sequence[Change], share: float) -> bool:
    """Whether two proposals set other things, or values that are apart by more than `share`."""
    before = {c.setting: c for c in known}
    after = {c.setting: c for c in found}
    if before.keys() != after.keys():
        return True
    return any(
        before[setting].current != after[setting].current
        or _moved(before[setting], after[setting], share)
        for setting in after
    )


def _see_again(
    connection: Connection, known: OpportunityRecord, found: Opportunity, seen_at: datetime
) -> OpportunityRecord:
    """The proposal stays as it was shown; what guardrails look at is as it is today.

    An approved one of which cycles now think otherwise is not seen again: its evidence grows old
    until the second check sends it back.
    """
    if known.status is Status.APPROVED and differ(
        known.opportunity.changes, found.changes, ASK_AGAIN_SHARE
    ):
        return known
    today = replace(
        known.opportunity,
        resource=found.resource,
        tags=found.tags,
        confidence=found.confidence,
        risk=found.risk,
        blast_replicas=found.blast_replicas,
    )
    if known.opportunity.team == found.team:
        today = with_owner(today, found.team, owner_rule(found))
    changed = {} if today == known.opportunity else columns_of(today)
    _update(connection, known.id, last_seen_at=seen_at, **changed)
    return replace(known, opportunity=today, last_seen_at=seen_at)


def get(connection: Connection, opportunity: str) -> OpportunityRecord:
    """One record; raises InvalidInput when there is none of that id."""
    row = connection.execute(select(opportunities).where(opportunities.c.id == opportunity)).first()
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
    decided_since: datetime | None = None,
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
    if decided_since is not None:
        query = query.where(table.c.decided_at >= decided_since)
    if unchanged_since is not None:
        query = query.where(table.c.status_changed_at <= unchanged_since)
    return [record_from(row) for row in connection.execute(query.limit(limit))]


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
) -> bool:
    """Move one opportunity if it still stands where `known` says; False when somebody was first.

    Raises IllegalMove when the lifecycle has no such step.
    """
    check_move(known.status, target, subject=known.opportunity.resource.label)
    values: dict[str, Any] = {
        "status": target,
        "status_changed_at": now,
        "status_reason": reason,
    } | columns
    if target in CLOSED:
        values["open_fingerprint"] = None
    done = _change(connection, known, values)
    if done and known.status in (Status.NOTIFIED, Status.APPROVED) and target in _ASKED_ANEW:
        approvals.withdraw(connection, known.id)
    return done


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
    table = opportunities
    done = connection.execute(
        update(table)
        .where(
            table.c.id == known.id,
            table.c.status == known.status,
            table.c.revision == known.opportunity.revision,
        )
        .values(**values)
    )
    return done.rowcount == 1


def _insert(
    connection: Connection, opportunity: Opportunity, seen_at: datetime
) -> OpportunityRecord:
    table = opportunities
    last = connection.execute(
        select(func.max(table.c.generation)).where(table.c.fingerprint == opportunity.fingerprint)
    ).scalar()
    generation = (last or 0) + 1
    new_id = opportunity_id(opportunity.fingerprint, generation)
    connection.execute(
        insert(table).values(
            id=new_id,
            fingerprint=opportunity.fingerprint,
            open_fingerprint=opportunity.fingerprint,
            generation=generation,
            revision=1,
            status=Status.DETECTED,
            detected_at=opportunity.detected_at,
            last_seen_at=seen_at,
            status_changed_at=seen_at,
            guardrail_reasons=[],
            verdict={},
            realised_cashable_usd_per_month=0,
            realised_freed_usd_per_month=0,
            **columns_of(opportunity),
        )
    )
    return get(connection, new_id)


def _update(connection: Connection, opportunity: str, **values: Any) -> None:
    connection.execute(
        update(opportunities).where(opportunities.c.id == opportunity).values(**values)
    )


def _moved(before: Change, after: Change, share: float) -> bool:
    if after.setting.is_text or after.setting in _COUNTED:
        return before.proposed != after.proposed
    return abs(after.number - before.number) > share * max(before.number, 1)
