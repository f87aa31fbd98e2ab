"""Approve, deny, edit and snooze: one commit, then the ack. The card follows by the outbox."""

import calendar
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from finops.domain.errors import InvalidInput, Refused
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor
from finops.engine.moving import require_revision
from finops.engine.rights import approvers_for
from finops.rightsizing.edited import read_value, with_value
from handlers.actions.look import show_why
from handlers.blocks.edit import edit_modal
from handlers.blocks.forms import deny_modal, snooze_modal
from handlers.context import HandlerContext, deciders_of
from handlers.home import publish_home
from handlers.ids import ActionId, BlockId, More, SnoozeFor
from handlers.interaction import Interaction
from handlers.reference import Reference, read_reference


def approve(context: HandlerContext, interaction: Interaction) -> None:
    """Approve the revision on the button, if this person may."""
    shown = read_reference(interaction.value, instance=context.instance)
    seen = context.engine.ledger.get(shown.opportunity_id)
    approvers = approvers_for(context.engine.directory, seen.opportunity)
    actor = context.membership.actor_of(interaction.body, approvers)
    context.engine.approve(seen, revision=shown.revision, actor=actor)
    _acknowledge(context, interaction)


def open_deny_form(context: HandlerContext, interaction: Interaction) -> None:
    """Ask for the reason. The trigger lives three seconds, so this call comes before the ack."""
    record = shown_record(context, read_reference(interaction.value, instance=context.instance))
    form = deny_modal(record, **_form(context, interaction.origin))
    interaction.open_view(form)
    interaction.ack()


def more(context: HandlerContext, interaction: Interaction) -> None:
    """Open the form that the menu names."""
    shown = read_reference(interaction.value, instance=context.instance)
    record = shown_record(context, shown)
    build = {More.EDIT.value: edit_modal, More.SNOOZE.value: snooze_modal}.get(shown.choice)
    if build is None:
        raise Refused("This choice is no longer offered; nothing was changed.")
    interaction.open_view(build(record, **_form(context, interaction.origin)))
    interaction.ack()


def try_value(context: HandlerContext, interaction: Interaction) -> None:
    """Show what the value that is being typed would mean."""
    interaction.ack()
    view = interaction.view
    shown = read_reference(str(view["private_metadata"]), instance=context.instance)
    record = shown_record(context, shown)
    form = _form(context, shown.choice)
    try:
        value = read_value(record.opportunity.changes[0].setting, typed_value(view))
        form["tried"] = with_value(record.opportunity, value, by=interaction.user)
    except InvalidInput as error:
        form["problem"] = str(error)
    # Two letters typed at once race; whoever has the older view is refused, which is as well.
    with suppress(SlackApiError):
        interaction.client.views_update(
            view_id=view["id"], hash=view.get("hash"), view=edit_modal(record, **form)
        )


def _form(context: HandlerContext, origin: str) -> dict[str, Any]:
    """What every form about one opportunity is given."""
    return {
        "instance": context.instance,
        "origin": origin,
        "currency": context.engine.currency,
    }


def typed_value(view: Mapping[str, Any]) -> str:
    """What stands in the form's input."""
    entered = view["state"]["values"].get(BlockId.EDIT_VALUE, {}).get(ActionId.EDIT_VALUE, {})
    return str(entered.get("value") or "")


def shown_record(context: HandlerContext, shown: Reference) -> OpportunityRecord:
    """The record in the revision that was on the screen; raises Refused for another."""
    record = context.engine.ledger.get(shown.opportunity_id)
    require_revision(record, shown.revision)
    return record


def snooze(context: HandlerContext, interaction: Interaction) -> None:
    """Put it aside for as long as the option says; cards of an older version have this menu."""
    shown = read_reference(interaction.value, instance=context.instance)
    days = snooze_days(shown.choice, context.engine.now())
    seen = context.engine.ledger.get(shown.opportunity_id)
    context.engine.snooze(
        seen, revision=shown.revision, actor=decider(context, interaction, seen), days=days
    )
    _acknowledge(context, interaction)


def decider(context: HandlerContext, interaction: Interaction, seen: OpportunityRecord) -> Actor:
    """The person, with the groups that matter for owners and approvers of that team."""
    deciders = deciders_of(context.engine.directory, seen.opportunity.team)
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
    if interaction.is_modal:
        show_why(context, interaction)
    if interaction.is_home or interaction.is_modal:
        publish_home(context, interaction)
