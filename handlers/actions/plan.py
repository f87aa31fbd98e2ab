"""A plan of the week: tick and untick, look at one, see all, approve what is ticked.

What counts are the ticks on the clicker's screen, and only of what stood on that screen.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from slack_sdk.errors import SlackApiError

from finops.domain.errors import Refused
from finops.domain.people import Actor
from finops.domain.plans import Pick
from finops.engine.planning import PlanOutcome, PlanView
from handlers.actions.look import open_why
from handlers.blocks.forms import notice_modal
from handlers.blocks.plan import plan_reference
from handlers.blocks.plan_choices import offered_values, read_picks
from handlers.blocks.plan_outcome import outcome_words
from handlers.blocks.plan_review import review_modal
from handlers.context import HandlerContext, deciders_of
from handlers.ids import ActionId
from handlers.interaction import Interaction
from handlers.reference import Reference, read_reference

NOTHING_TICKED = "Nothing is ticked, so nothing was approved."


def pick(context: HandlerContext, interaction: Interaction) -> None:
    """Remember for everybody what is ticked now; the message follows, the form at once."""
    plan, shown = _plan(context, _reference(context, interaction))
    ticked = {one.opportunity_id for one in picks_of(interaction)}
    _strike(context, interaction, plan, kept=ticked)
    interaction.ack()
    if interaction.is_modal:
        _show_review(context, interaction, plan, ticked=ticked, fresh=_fresh(shown))


def tick_all(context: HandlerContext, interaction: Interaction) -> None:
    """Untick all of the form, or tick all where nothing is."""
    plan, shown = _plan(context, _reference(context, interaction))
    offered = {one.opportunity_id for one in _offered(interaction)}
    ticked = set() if picks_of(interaction) else offered
    _strike(context, interaction, plan, kept=ticked)
    interaction.ack()
    _show_review(context, interaction, plan, ticked=ticked, fresh=_fresh(shown) + 1)


def review(context: HandlerContext, interaction: Interaction) -> None:
    """Open the form with all of a plan, ticked as the plan stands."""
    plan, _ = _plan(context, read_reference(interaction.value, instance=context.instance))
    ticked = {record.id for record in plan.records} - plan.plan.struck
    view = review_modal(
        plan, ticked=ticked, instance=context.instance, currency=context.engine.currency
    )
    interaction.open_view(view)
    interaction.ack()


def approve_plan(context: HandlerContext, interaction: Interaction) -> None:
    """Approve what is ticked in the message, each by itself; name what was refused."""
    picks = picks_of(interaction)
    if not picks:
        raise Refused(NOTHING_TICKED)
    shown = read_reference(interaction.value, instance=context.instance)
    outcome = approve_picks(context, interaction, shown, picks)
    interaction.ack()
    if outcome.refused or outcome.agreed:
        interaction.tell(outcome_words(outcome, currency=context.engine.currency))


def approve_reviewed(context: HandlerContext, interaction: Interaction) -> None:
    """The same for the form with all of a plan; what was refused is said in its place."""
    picks = picks_of(interaction)
    if not picks:
        raise Refused(NOTHING_TICKED)
    shown = read_reference(str(interaction.view["private_metadata"]), instance=context.instance)
    outcome = approve_picks(context, interaction, shown, picks)
    if outcome.refused or outcome.agreed:
        said = outcome_words(outcome, currency=context.engine.currency)
        interaction.ack(response_action="update", view=notice_modal(said))
    else:
        interaction.close_form()


def approve_picks(
    context: HandlerContext, interaction: Interaction, shown: Reference, picks: list[Pick]
) -> PlanOutcome:
    """One commit for all of them."""
    plan, _ = _plan(context, shown)
    actor = _approver(context, interaction, plan.plan.team)
    return context.engine.approve_plan(plan.plan.id, picks=picks, actor=actor)


def picks_of(interaction: Interaction) -> list[Pick]:
    """What is ticked on the person's screen, of what that screen offers."""
    offered = set(_offered(interaction))
    return [one for one in read_picks([*_ticked(interaction)]) if one in offered]


def _reference(context: HandlerContext, interaction: Interaction) -> Reference:
    """The plan; a form carries it itself, a message in the ids of its blocks."""
    is_form = bool(interaction.view)
    said = (
        interaction.view.get("private_metadata") if is_form else plan_reference(interaction.block)
    )
    return read_reference(str(said), instance=context.instance)


def _plan(context: HandlerContext, shown: Reference) -> tuple[PlanView, Reference]:
    plan = context.engine.plan(shown.opportunity_id)
    if plan is None:
        raise Refused("This plan is not known here; nothing was changed.")
    return plan, shown


def _strike(
    context: HandlerContext, interaction: Interaction, plan: PlanView, *, kept: Collection[str]
) -> None:
    shown = [one.opportunity_id for one in _offered(interaction)]
    actor = _decider(context, interaction, plan.plan.team)
    context.engine.strike(plan.plan.id, shown=shown, kept=kept, actor=actor)


def _show_review(
    context: HandlerContext,
    interaction: Interaction,
    plan: PlanView,
    *,
    ticked: Collection[str],
    fresh: int,
) -> None:
    """Show the form with other ticks. After the ack: it calls Slack."""
    view = review_modal(
        plan,
        ticked=ticked,
        instance=context.instance,
        fresh=fresh,
        currency=context.engine.currency,
    )
    # Two quick ticks race; whoever has the older view is refused, and the newer one is shown.
    with suppress(SlackApiError):
        interaction.client.views_update(
            view_id=interaction.view["id"], hash=interaction.view.get("hash"), view=view
        )


def _fresh(shown: Reference) -> int:
    return int(shown.choice) if shown.choice.isdecimal() else 0


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


def _decider(context: HandlerContext, interaction: Interaction, team: str) -> Actor:
    deciders = deciders_of(context.engine.directory, team)
    return context.membership.actor_of(interaction.body, deciders)


def _offered(interaction: Interaction) -> list[Pick]:
    """Every tick of the message or form that was clicked."""
    message = interaction.body.get("message")
    shown = interaction.view or (message if isinstance(message, dict) else {})
    return read_picks([*offered_values(shown.get("blocks") or ())])


def _ticked(interaction: Interaction) -> Iterator[str]:
    """The values of every group of checkboxes, as they are on the clicker's screen."""
    holder: Mapping[str, Any] = interaction.view or interaction.body
    state = holder.get("state")
    for elements in (state.get("values") or {}).values() if isinstance(state, dict) else ():
        chosen = elements.get(ActionId.PLAN_PICK) or {}
        for one in chosen.get("selected_options") or ():
            yield str(one.get("value", ""))
