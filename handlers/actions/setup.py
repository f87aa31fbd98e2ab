"""Clicks in the setup: each step's form, a team's, what limits would mean, and the test.

Forms are opened before the ack, because a trigger lives three seconds.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from slack_sdk.errors import SlackApiError

from finops.domain.errors import InvalidInput, Refused
from handlers.blocks import text
from handlers.blocks.elements import Block
from handlers.blocks.forms import notice_modal, with_notice
from handlers.blocks.policy import what_if_summary
from handlers.blocks.setup.hub import checked_modal, checking_modal, claim_modal
from handlers.blocks.setup.limits import UNCHANGED
from handlers.blocks.setup.team_steps import NOT_TYPED
from handlers.context import HandlerContext
from handlers.form_values import changed
from handlers.ids import SetupStep, TeamStep
from handlers.interaction import Interaction
from handlers.reference import SettingsReference, read_settings_reference
from handlers.settings_desk import Change, Path
from handlers.setup.changes import limit_changes
from handlers.setup.forms import (
    hub,
    known_team,
    limits,
    redraw_below,
    step_form,
    team_form,
)
from handlers.setup.team_steps import team_limits, team_limits_typed, team_step_form
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


def open_team_step(context: HandlerContext, interaction: Interaction) -> None:
    """Show a step of a team in the place of its form: Slack stacks three forms at most.

    Not while something is typed there, which would be lost.
    """
    shown = _clicked(context, interaction)
    setter(context, interaction)
    team, step = known_team(context, shown.team), _team_step(shown)
    if changed(interaction.view):
        form = with_notice(dict(interaction.view), "Save what you have typed here first.")
    else:
        form = team_step_form(context, team, step, interaction.client)
    interaction.client.views_update(view_id=interaction.view["id"], view=form)
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
    # Its limits as well, or they would come back with the next team of that name.
    changes: list[Change] = [(("teams", name), None), *_without_limits(context, name)]
    context.desk.set_many(changes, actor=actor)
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
    # Two letters typed at once race; whoever has the older view is refused, which is as well.
    with suppress(SlackApiError):
        interaction.client.views_update(
            view_id=view["id"], hash=view.get("hash"), view=_limits_meaning(context, view, shown)
        )


def _limits_meaning(
    context: HandlerContext, view: Mapping[str, Any], shown: SettingsReference
) -> Block:
    """The form with what the limits typed in it would mean, for everybody or for its team."""
    if not shown.team:
        said = _meaning(context, limit_changes(view))
        return limits(context, SetupStep(shown.step), said=said)
    team = known_team(context, shown.team)
    typed = team_limits_typed(view, context.engine.parts.guardrails.settings.rules_for(""))
    said = _meaning(context, typed, team=team.name)
    return team_limits(context, team, TeamStep(shown.step), said=said)


def check_setup(context: HandlerContext, interaction: Interaction) -> None:
    """Say hello once, look at every channel and group, and say what is still missing."""
    _clicked(context, interaction)
    setter(context, interaction)
    opened = interaction.client.views_push(trigger_id=interaction.trigger, view=checking_modal())
    interaction.ack()
    found = checked_modal(tested(context, interaction.client))
    with suppress(SlackApiError):
        interaction.client.views_update(view_id=opened["view"]["id"], view=found)


def _without_limits(context: HandlerContext, team: str) -> list[Change]:
    """Take back the limits of a team that were set here; those of the file stay."""
    own = context.engine.parts.guardrails.settings.teams.get(team)
    whole: Path = ("guardrails", "teams", team)
    if own is None:
        return []
    if not context.desk.is_locked(whole):
        return [(whole, None)]
    each = ((*whole, name) for name in sorted(own.model_fields_set))
    return [(path, None) for path in each if not context.desk.is_locked(path)]


def _team_step(shown: SettingsReference) -> TeamStep:
    found = next((step for step in TeamStep if step == shown.step), None)
    if found is None:
        raise Refused("This step is no longer offered; nothing was changed.")
    return found


def _clicked(context: HandlerContext, interaction: Interaction) -> SettingsReference:
    return read_settings_reference(interaction.value, instance=context.instance)


def _meaning(context: HandlerContext, typed: Mapping[str, str], *, team: str = "") -> str:
    if not typed:
        return NOT_TYPED if team else UNCHANGED
    try:
        found = context.engine.what_if(typed, team=team or None, general_only=not team)
    except InvalidInput as error:
        return text.safe(str(error), 500)
    return what_if_summary(found, context.engine.currency)
