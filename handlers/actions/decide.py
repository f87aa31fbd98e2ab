"""Approve, deny and snooze: one commit, then the ack. The card follows through the outbox."""

import calendar
from datetime import datetime

from finops.domain.errors import Refused
from finops.domain.people import Actor
from handlers.blocks.forms import deny_modal
from handlers.context import HandlerContext, deciders_of
from handlers.home import publish_home
from handlers.ids import SnoozeFor
from handlers.interaction import Interaction
from handlers.reference import Reference, read_reference

# Where a form was opened, so that the place can be shown anew afterwards.
FROM_HOME = "home"


def approve(context: HandlerContext, interaction: Interaction) -> None:
    """Approve the revision on the button, if this person may."""
    shown = read_reference(interaction.value, instance=context.instance)
    team = context.engine.ledger.get(shown.opportunity_id).opportunity.team
    approvers = context.engine.directory.approvers_of(team)
    actor = context.membership.actor_of(interaction.body, approvers)
    context.engine.approve(shown.opportunity_id, revision=shown.revision, actor=actor)
    _acknowledge(context, interaction)


def open_deny_form(context: HandlerContext, interaction: Interaction) -> None:
    """Ask for the reason. The trigger lives three seconds, so this call comes before the ack."""
    shown = read_reference(interaction.value, instance=context.instance)
    record = context.engine.ledger.get(shown.opportunity_id)
    if record.opportunity.revision != shown.revision:
        raise Refused(
            f"The proposal has changed since this was shown (revision {shown.revision}, now "
            f"{record.opportunity.revision}); decide on the current card."
        )
    origin = FROM_HOME if interaction.is_home else ""
    form = deny_modal(record, instance=context.instance, origin=origin)
    interaction.client.views_open(trigger_id=interaction.trigger, view=form)
    interaction.ack()


def snooze(context: HandlerContext, interaction: Interaction) -> None:
    """Put it aside for as long as the chosen option says."""
    shown = read_reference(interaction.value, instance=context.instance)
    days = snooze_days(shown.choice, context.engine.now())
    context.engine.snooze(
        shown.opportunity_id,
        revision=shown.revision,
        actor=decider(context, interaction, shown),
        days=days,
    )
    _acknowledge(context, interaction)


def decider(context: HandlerContext, interaction: Interaction, shown: Reference) -> Actor:
    """The person, with the groups that matter for owners and approvers of that team."""
    team = context.engine.ledger.get(shown.opportunity_id).opportunity.team
    deciders = deciders_of(context.engine.directory, team)
    return context.membership.actor_of(interaction.body, deciders)


def snooze_days(choice: str, now: datetime) -> int:
    """Days for a choice; until month end is the first day of the next month, at least tomorrow."""
    if choice == SnoozeFor.MONTH_END:
        return calendar.monthrange(now.year, now.month)[1] - now.day + 1
    days = {SnoozeFor.DAY.value: 1, SnoozeFor.WEEK.value: 7}.get(choice)
    if days is None:
        raise Refused("This way to snooze is no longer offered; choose another one.")
    return days


def _acknowledge(context: HandlerContext, interaction: Interaction) -> None:
    interaction.ack()
    if interaction.is_home:
        publish_home(context, interaction)
