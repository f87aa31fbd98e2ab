"""Clicks on a plan: tick and untick, look at one, approve what is ticked."""

from collections.abc import Iterator, Mapping
from typing import Any

from finops.domain.errors import Refused
from finops.domain.people import Actor
from finops.engine.planning import PlanOutcome
from handlers.actions.look import open_why
from handlers.blocks import text
from handlers.blocks.plan import plan_reference, read_picks
from handlers.context import HandlerContext, deciders_of
from handlers.ids import ActionId
from handlers.interaction import Interaction
from handlers.reference import read_reference

MOST_NAMED = 8


def pick(context: HandlerContext, interaction: Interaction) -> None:
    """Remember for everybody what is ticked now; the message follows."""
    shown = read_reference(plan_reference(interaction.block), instance=context.instance)
    plan = context.engine.plan(shown.opportunity_id)
    if plan is None:
        raise Refused("This plan is not known here; nothing was changed.")
    ticked = {one.opportunity_id for one in read_picks([*_ticked(interaction.body)])}
    offered = {record.id for record in plan.records}
    actor = _decider(context, interaction, plan.plan.team)
    context.engine.strike(plan.plan.id, struck=offered - ticked, actor=actor)
    interaction.ack()


def approve_plan(context: HandlerContext, interaction: Interaction) -> None:
    """Approve what is ticked on the clicker's screen, each by itself; name what was refused."""
    shown = read_reference(interaction.value, instance=context.instance)
    plan = context.engine.plan(shown.opportunity_id)
    if plan is None:
        raise Refused("This plan is not known here; nothing was changed.")
    picks = read_picks([*_ticked(interaction.body)])
    if not picks:
        raise Refused("Nothing is ticked, so nothing was approved.")
    actor = _approver(context, interaction, plan.plan.team)
    outcome = context.engine.approve_plan(plan.plan.id, picks=picks, actor=actor)
    interaction.ack()
    if outcome.refused or outcome.agreed:
        interaction.tell(outcome_words(outcome))


def _approver(context: HandlerContext, interaction: Interaction, team: str) -> Actor:
    """The person with all groups that count: each item of a plan may be another level's."""
    directory, membership = context.engine.directory, context.membership
    usual, every = directory.approvers_of(team), directory.every_approver_of(team)
    if every == usual:
        return membership.actor_of(interaction.body, usual)
    return membership.actor_in(interaction.body, every.user_groups)


def look(context: HandlerContext, interaction: Interaction) -> None:
    """Open one of the plan, with its buttons."""
    open_why(context, interaction, with_controls=True)


def outcome_words(outcome: PlanOutcome) -> str:
    """`Approved 4 of 5. Not approved: • shop/cart: the reason`."""
    done, all_of_them = len(outcome.approved), sum(map(len, _parts(outcome)))
    lines = [f"Approved {done} of {all_of_them}."]
    if outcome.agreed:
        names = ", ".join(text.safe(name, 80) for name in outcome.agreed[:MOST_NAMED])
        lines.append(f"Your approval counts, and another person must agree: {names}.")
    lines += [
        f"• Not approved: {text.safe(name, 80)}. {text.sentence(why, 300)}"
        for name, why in outcome.refused[:MOST_NAMED]
    ]
    left = len(outcome.refused) - MOST_NAMED
    lines += [f"• … and {left} more."] if left > 0 else []
    return "\n".join(lines)


def _parts(outcome: PlanOutcome) -> tuple[tuple[Any, ...], ...]:
    return outcome.approved, outcome.agreed, outcome.refused


def _decider(context: HandlerContext, interaction: Interaction, team: str) -> Actor:
    deciders = deciders_of(context.engine.directory, team)
    return context.membership.actor_of(interaction.body, deciders)


def _ticked(body: Mapping[str, Any]) -> Iterator[str]:
    """The values of every group of checkboxes, as they are on the clicker's screen."""
    state = body.get("state")
    for elements in (state.get("values") or {}).values() if isinstance(state, dict) else ():
        chosen = elements.get(ActionId.PLAN_PICK) or {}
        for one in chosen.get("selected_options") or ():
            yield str(one.get("value", ""))
