"""Clicks in the setup: each step's form, a team's, what limits would mean, and the test.

Forms are opened before the ack, because a trigger lives three seconds.
"""

from contextlib import suppress

from slack_sdk.errors import SlackApiError

from finops.domain.errors import InvalidInput
from handlers.blocks import text
from handlers.blocks.forms import notice_modal
from handlers.blocks.policy import what_if_summary
from handlers.blocks.setup.hub import checked_modal, checking_modal, claim_modal
from handlers.blocks.setup.limits import LIMITS, UNCHANGED
from handlers.context import HandlerContext
from handlers.ids import SetupStep
from handlers.interaction import Interaction
from handlers.reference import SettingsReference, read_settings_reference
from handlers.setup.changes import limit_changes
from handlers.setup.forms import (
    hub,
    known_team,
    limits,
    redraw_below,
    step_form,
    team_form,
)
from handlers.setup.testing import tested
from handlers.setup.who import setter


def open_setup(context: HandlerContext, interaction: Interaction) -> None:
    """Show what there is to set up, or ask an admin to take the role while nobody has it."""
    if not interaction.is_command:
        _clicked(context, interaction)
    if not context.engine.directory.platform:
        interaction.open_view(claim_modal(instance=context.instance))
    else:
        setter(context, interaction)
        interaction.open_view(hub(context))
    interaction.ack()


def open_step(context: HandlerContext, interaction: Interaction) -> None:
    """Open the form of a step."""
    shown = _clicked(context, interaction)
    setter(context, interaction)
    interaction.open_view(step_form(context, shown.step, interaction.client))
    interaction.ack()


def open_team(context: HandlerContext, interaction: Interaction) -> None:
    """Open the form of the team on the button, or of a new one."""
    shown = _clicked(context, interaction)
    setter(context, interaction)
    interaction.open_view(team_form(context, shown.team, interaction.client))
    interaction.ack()


def find_team(context: HandlerContext, interaction: Interaction) -> None:
    """Open the form of the team that was searched for."""
    setter(context, interaction)
    interaction.open_view(team_form(context, interaction.value, interaction.client))
    interaction.ack()


def remove_team(context: HandlerContext, interaction: Interaction) -> None:
    """Take a team away that was added in Slack; its form says so afterwards."""
    name = known_team(context, _clicked(context, interaction).team).name
    actor = setter(context, interaction)
    context.desk.set_many([(("teams", name), None)], actor=actor)
    interaction.ack()
    said = f"Team {text.bold(text.safe(name, 100))} is removed."
    with suppress(SlackApiError):
        interaction.client.views_update(view_id=interaction.view["id"], view=notice_modal(said))
    redraw_below(context, interaction)


def try_limits(context: HandlerContext, interaction: Interaction) -> None:
    """Show what the numbers that are being typed would mean for everything that waits."""
    interaction.ack()
    view = interaction.view
    shown = read_settings_reference(str(view["private_metadata"]), instance=context.instance)
    step = next(one for one in LIMITS if one == shown.step)
    # Two letters typed at once race; whoever has the older view is refused, which is as well.
    with suppress(SlackApiError):
        interaction.client.views_update(
            view_id=view["id"],
            hash=view.get("hash"),
            view=limits(context, SetupStep(step), said=_meaning(context, interaction)),
        )


def check_setup(context: HandlerContext, interaction: Interaction) -> None:
    """Say hello once, look at every channel and group, and say what is still missing."""
    _clicked(context, interaction)
    setter(context, interaction)
    opened = interaction.client.views_push(trigger_id=interaction.trigger, view=checking_modal())
    interaction.ack()
    found = checked_modal(tested(context, interaction.client))
    with suppress(SlackApiError):
        interaction.client.views_update(view_id=opened["view"]["id"], view=found)


def _clicked(context: HandlerContext, interaction: Interaction) -> SettingsReference:
    return read_settings_reference(interaction.value, instance=context.instance)


def _meaning(context: HandlerContext, interaction: Interaction) -> str:
    typed = limit_changes(interaction.view)
    if not typed:
        return UNCHANGED
    try:
        result = context.engine.what_if(typed, general_only=True)
        return what_if_summary(result, context.engine.currency)
    except InvalidInput as error:
        return text.safe(str(error), 500)
