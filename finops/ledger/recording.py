"""What a cycle found, written down: a new opportunity, a new revision, or seen again."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from finops.domain.lifecycle import Status
from finops.domain.opportunity import Opportunity, OpportunityRecord, opportunity_id
from finops.domain.ownership import owner_rule, with_owner
from finops.domain.proposals import ASK_AGAIN_SHARE, differ, is_another_proposal
from finops.ledger import pull_requests
from finops.ledger.codec import columns_of, record_from
from finops.ledger.opportunities import get
from finops.ledger.tables import opportunities


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
    is_same = not is_another_proposal(known, opportunity)
    if is_same or _is_a_persons(connection, known):
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
            "note": "",
            "guardrail_reasons": [],
        }
    )
    _update(connection, known.id, **values)
    return Recorded(get(connection, known.id), Outcome.REVISED)


def _is_a_persons(connection: Connection, known: OpportunityRecord) -> bool:
    """Whether a person works on its pull request: then it is theirs, whatever cycles think."""
    is_open = known.status is Status.PULL_REQUEST_OPEN
    return is_open and pull_requests.is_touched(connection, known.id)


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
        joint=found.joint,
    )
    if known.opportunity.team == found.team:
        today = with_owner(today, found.team, owner_rule(found))
    changed = {} if today == known.opportunity else columns_of(today)
    _update(connection, known.id, last_seen_at=seen_at, **changed)
    return replace(known, opportunity=today, last_seen_at=seen_at)


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
