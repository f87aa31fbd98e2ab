"""Assigning an owner: remembered, moved and told in one transaction, before anybody is answered.

Who may is in `assigning_rights`.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from finops.domain.assignments import Assignment, AssignmentScope, assignment_key
from finops.domain.errors import AlreadyDecided, InvalidInput, Refused
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import WAITING
from finops.domain.opportunity import OpportunityRecord
from finops.domain.ownership import owner_rule, with_owner
from finops.domain.people import UNKNOWN_TEAM, Actor, Directory
from finops.engine import announce
from finops.engine.assigning_rights import require_may_assign, require_may_give
from finops.engine.parts import Parts
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.engine.rights import remember_name
from finops.ledger import assignments
from finops.owners.team_names import TeamNames
from finops.savings_ledger import LedgerTransaction


@dataclass(frozen=True, slots=True)
class Assigned:
    """The record as it stands now, its team, and how many opportunities moved there."""

    record: OpportunityRecord
    team: str
    moved: int


def assign(
    parts: Parts, opportunity_id: str, *, team: str, scope: AssignmentScope, actor: Actor
) -> Assigned:
    """Give it to a team, in words as a person types them; the same one twice is one assignment.

    Of two people the later one wins, and what was before is named.
    """
    with (
        audited_refusals(parts, opportunity_id, actor=actor, team=team[:100]),
        parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
    ):
        now, known = parts.now(), tx.get(opportunity_id)
        target = team_called(parts.directory, team)
        require_may_assign(parts.directory, known, target, actor)
        _require_reach(known, scope)
        said = Assignment(
            scope=scope,
            key=assignment_key(known.opportunity.resource, scope),
            team=target,
            assigned_by=actor.id,
            assigned_at=now,
            name=actor.name,
        )
        if _is_so_already(tx, known, said):
            return Assigned(known, target, 0)
        assignments.put(tx.connection, said)
        moved = _move(tx, known, said, now=now)
        sentence = _sentence(known, said, moved)
        detail = {"scope": scope, "key": said.key, "team": target, "reason": sentence}
        tx.audit(at=now, actor=actor.id, action="assigned", subject=known.id, detail=detail)
        _tell(tx, parts.directory, known, actor=actor, event="assigned", sentence=sentence)
        remember_name(tx, actor, now=now)
        if scope is AssignmentScope.NAMESPACE:
            announce.ask_for_cycle(tx, why=f"assigned:{known.id}", now=now)
        return Assigned(tx.get(known.id), target, len(moved))


def unassign(parts: Parts, opportunity_id: str, *, actor: Actor) -> OpportunityRecord:
    """Take an assignment back; a cycle that is asked for finds what the other rules say."""
    with (
        audited_refusals(parts, opportunity_id, actor=actor),
        parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
    ):
        now, known = parts.now(), tx.get(opportunity_id)
        require_may_give(parts.directory, known, actor)
        if not any(
            assignments.forget(
                tx.connection, scope, assignment_key(known.opportunity.resource, scope)
            )
            for scope in AssignmentScope
        ):
            rule = owner_rule(known.opportunity)
            raise Refused(f"Nobody has assigned {known.opportunity.resource.label}. {rule}".strip())
        sentence = "The next cycle asks the other rules whose it is."
        detail = {"reason": sentence}
        tx.audit(at=now, actor=actor.id, action="unassigned", subject=known.id, detail=detail)
        _tell(tx, parts.directory, known, actor=actor, event="unassigned", sentence=sentence)
        announce.ask_for_cycle(tx, why=f"unassigned:{known.id}", now=now)
        return known


def team_called(directory: Directory, words: str) -> str:
    """The configured team that somebody means; InvalidInput with the nearest ones for none."""
    found = TeamNames(directory.teams).configured(words)
    if found:
        return found
    names = [team.name for team in directory.teams]
    near = difflib.get_close_matches(words, names, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(names[:20])}."
    if not names:
        hint = "No team is configured; a platform engineer adds teams in finops.yml."
    raise InvalidInput(f"There is no team {words[:60]!r}. {hint}")


def _require_reach(known: OpportunityRecord, scope: AssignmentScope) -> None:
    """A namespace is assigned from what nobody owns: it would not reach anything else."""
    if scope is AssignmentScope.RESOURCE:
        return
    if not known.opportunity.resource.namespace or known.opportunity.team != UNKNOWN_TEAM:
        raise Refused(
            f"{known.opportunity.resource.label} has an owner of its own or stands in no "
            "namespace; assign only this resource."
        )


def _is_so_already(tx: LedgerTransaction, known: OpportunityRecord, said: Assignment) -> bool:
    earlier = assignments.of(tx.connection, said.scope, said.key)
    if earlier is None or earlier.team != said.team or known.opportunity.team != said.team:
        return False
    if earlier.assigned_by == said.assigned_by:
        return True  # a double click
    raise AlreadyDecided(
        f"This was already assigned to team {said.team} by {earlier.assigned_by} on "
        f"{earlier.assigned_at:%Y-%m-%d at %H:%M} UTC; nothing was changed.",
        decided_by=earlier.assigned_by,
    )


def _move(
    tx: LedgerTransaction, known: OpportunityRecord, said: Assignment, *, now: datetime
) -> list[OpportunityRecord]:
    """Give the team what it covers and still waits; the cycle that follows brings the rest."""
    reason = f"Assigned to team {said.team} by {said.assigned_by}."
    moved: list[OpportunityRecord] = []
    for record in _covered(tx, known, said)[: announce.BATCH]:
        given = with_owner(record.opportunity, said.team, said.rule)
        if tx.give(record, given, now=now, actor=said.assigned_by, reason=reason):
            moved.append(tx.get(record.id))
    for record in moved:
        announce.move_card(tx, record)
    return moved


def _covered(
    tx: LedgerTransaction, known: OpportunityRecord, said: Assignment
) -> Sequence[OpportunityRecord]:
    resource = known.opportunity.resource
    is_whole = said.scope is AssignmentScope.NAMESPACE
    found = tx.find(
        statuses=WAITING,
        cluster=resource.cluster,
        namespace=resource.namespace,
        team=UNKNOWN_TEAM if is_whole else None,
    )
    # The one that was clicked first, in case there are more than one transaction takes.
    found.sort(key=lambda record: record.id != known.id)
    return [
        record
        for record in found
        if record.opportunity.team != said.team
        and said.key == assignment_key(record.opportunity.resource, said.scope)
    ]


def _sentence(
    known: OpportunityRecord, said: Assignment, moved: Sequence[OpportunityRecord]
) -> str:
    resource, team = known.opportunity.resource, known.opportunity.team
    reach = "this resource only"
    if said.scope is AssignmentScope.NAMESPACE:
        reach = f"with everything in namespace {resource.namespace} that nobody owns"
    others = sum(record.id != known.id for record in moved)
    more = f" {others} more {'card moves' if others == 1 else 'cards move'} along." * (others > 0)
    before = ""
    if team not in (UNKNOWN_TEAM, said.team):
        before = f" Before, it was team {team}'s, {owner_rule(known.opportunity)}."
    return f"team {said.team}, {reach}.{more}{before}"


def _tell(
    tx: LedgerTransaction,
    directory: Directory,
    known: OpportunityRecord,
    *,
    actor: Actor,
    event: str,
    sentence: str,
) -> None:
    """A line in the thread of the card where the person clicked, after the cards have moved."""
    tx.announce(
        kind=IntentKind.POST_NOTE,
        subject=known.id,
        about=f"note:{known.id}",
        payload={
            "event": event,
            "actor": actor.id,
            "sentence": sentence,
            "channel": directory.contact_of(known.opportunity.team).channel,
        },
    )
