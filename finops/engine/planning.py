"""Plans of the week: written when due, struck out, and approved item by item in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from finops.domain.errors import NotPermitted, Refused
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import Approval, OpportunityRecord
from finops.domain.people import Actor, Team
from finops.domain.plans import Pick, Plan, PlanItem, plan_id
from finops.engine import announce, approving
from finops.engine.notifying import notify
from finops.engine.parts import Parts
from finops.engine.plan_scores import ranked
from finops.engine.refusals import PATIENCE_SECONDS
from finops.engine.rights import require_owner_or_approver
from finops.engine.singles import is_single
from finops.ledger import approvals, history, mutes, plans
from finops.savings_ledger import LedgerTransaction

# Each option stands twice in a message, as offered and as chosen: more would not fit into it.
MOST_ITEMS = 12


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as it stands: its records in their order, and who has agreed to what."""

    plan: Plan
    records: tuple[OpportunityRecord, ...]
    approvals: dict[str, tuple[Approval, ...]]


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """What one click on a plan did: labels of what moved on, and of what did not with the reason.

    `agreed` wait for another person.
    """

    approved: tuple[str, ...]
    agreed: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def offer_plans(parts: Parts) -> int:
    """Write the plans that are due; returns how many. Two replicas write one."""
    now, written = parts.now(), 0
    for team in parts.directory.teams:
        if not parts.directory.contact_of(team.name).place or not _is_due(parts, team, now):
            continue
        with parts.ledger.transaction() as tx:
            written += _write(tx, parts, team, now)
    return written


def view(parts: Parts, plan: str) -> PlanView | None:
    """A plan to be shown, or None when there is none of that id."""
    with parts.ledger.reading() as tx:
        found = plans.get(tx.connection, plan)
        if found is None:
            return None
        ids = [item.opportunity_id for item in found.items]
        records = tuple(tx.get(one) for one in ids)
        return PlanView(found, records, approvals.given(tx.connection, ids))


def posted(parts: Parts, plan: str) -> None:
    """Its items stand before people now; what needs no person is approved."""
    with parts.ledger.transaction() as tx:
        found = plans.get(tx.connection, plan)
        for item in found.items if found else ():
            notify(tx, parts, tx.get(item.opportunity_id), now=parts.now())


def strike(parts: Parts, plan: str, *, struck: Collection[str], actor: Actor) -> None:
    """Take items off for everybody who sees the plan, or put them back."""
    with parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx:
        found = _standing(tx, plan)
        require_owner_or_approver(parts.directory, found.team, actor, "change")
        known = {item.opportunity_id for item in found.items}
        plans.strike(tx.connection, plan, known.intersection(struck))
        detail = {"struck": sorted(known.intersection(struck))}
        tx.audit(at=parts.now(), actor=actor.id, action="struck", subject=plan, detail=detail)
        announce.refresh_plan(tx, plan)


def approve(parts: Parts, plan: str, *, picks: Sequence[Pick], actor: Actor) -> PlanOutcome:
    """Approve each picked revision by itself, all in one transaction.

    One that is refused (a guardrail, another revision, somebody was first) keeps no other from
    being approved. Raises NotPermitted when this person may approve none of them.
    """
    now = parts.now()
    approved: list[str] = []
    agreed: list[str] = []
    refused: list[tuple[str, Refused]] = []
    with parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx:
        found = _standing(tx, plan)
        known = {item.opportunity_id for item in found.items}
        for pick in picks:
            if pick.opportunity_id not in known:
                continue
            record = tx.get(pick.opportunity_id)
            label = record.opportunity.resource.label
            try:
                with tx.attempt():
                    after = approving.approve_in(
                        tx, parts, record, revision=pick.revision, actor=actor, now=now
                    )
            except Refused as error:
                _audit_refusal(tx, pick, error, actor=actor, now=now)
                refused.append((label, error))
            else:
                (approved if after.status is Status.APPROVED else agreed).append(label)
        announce.refresh_plan(tx, plan)
    nobody = not approved and not agreed
    if nobody and refused and all(isinstance(error, NotPermitted) for _, error in refused):
        raise refused[0][1]
    said = tuple((label, str(error)) for label, error in refused)
    return PlanOutcome(tuple(approved), tuple(agreed), said)


def _is_due(parts: Parts, team: Team, now: datetime) -> bool:
    """Not in its quiet hours, not twice a week, and not before every cluster was looked at."""
    hours = parts.pace.hours
    if hours.is_quiet(now, zone=team.time_zone):
        return False
    week = hours.plan_week(now, zone=team.time_zone)
    with parts.ledger.reading() as tx:
        looked_at = {row.cluster for row in history.newest_cycles(tx.connection)}
        if not looked_at.issuperset(parts.snapshots):
            return False
        if plans.exists_for(tx.connection, team=team.name, week=week):
            return False
        return bool(_candidates(tx, parts, team, now))


def _write(tx: LedgerTransaction, parts: Parts, team: Team, now: datetime) -> bool:
    candidates = _candidates(tx, parts, team, now)
    scored = ranked([record.opportunity for record in candidates])
    worth = [each for each in scored if each.is_worth_it][:MOST_ITEMS]
    if not worth:
        return False
    week = parts.pace.hours.plan_week(now, zone=team.time_zone)
    plan = Plan(
        id=plan_id(team.name, week),
        team=team.name,
        week=week,
        items=tuple(PlanItem(each.opportunity.id, each.score) for each in worth),
        left_out=len(candidates) - len(worth),
        created_at=now,
    )
    former = plans.of_team(tx.connection, team.name)
    if not plans.create(tx.connection, plan):
        return False
    tx.enqueue(kind=IntentKind.POST_PLAN, subject=plan.id, idempotency_key=f"plan:{plan.id}")
    tx.enqueue(
        kind=IntentKind.DRAW_PICTURES,
        subject=f"pictures/{plan.id}",
        idempotency_key=f"pictures:{plan.id}",
        payload={"plan": plan.id},
    )
    announce.count_message(tx, parts, team.name, now=now)
    detail = {"items": [item.opportunity_id for item in plan.items]}
    tx.audit(at=now, actor="engine", action="planned", subject=plan.id, detail=detail)
    for older in former[:1]:
        announce.refresh_plan(tx, older)
    return True


def _candidates(
    tx: LedgerTransaction, parts: Parts, team: Team, now: datetime
) -> list[OpportunityRecord]:
    """What waits without a card of its own and is not muted."""
    muted = [mute.scope for mute in mutes.active(tx.connection, now=now)]
    found = plans.waiting_without_card(tx.connection, team=team.name)
    return [
        record
        for record in found
        if not is_single(parts, record.opportunity) and not mutes.hides(muted, record.opportunity)
    ]


def _standing(tx: LedgerTransaction, plan: str) -> Plan:
    found = plans.get(tx.connection, plan)
    if found is None:
        raise Refused("This plan is not known here; nothing was changed.")
    if not found.is_newest:
        raise Refused("A newer plan has taken this one's place; decide there.")
    return found


def _audit_refusal(
    tx: LedgerTransaction, pick: Pick, error: Refused, *, actor: Actor, now: datetime
) -> None:
    detail = {"reason": str(error), "revision": pick.revision}
    tx.audit(at=now, actor=actor.id, action="refused", subject=pick.opportunity_id, detail=detail)
