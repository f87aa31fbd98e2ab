"""The forms of the setup, submitted: checked whole, set in one commit, then shown anew.

Whatever is wrong is said at its input and nothing is set, so that a form never closes and loses
what was typed.
"""

from collections.abc import Sequence

from finops.domain.errors import InvalidFields
from finops.domain.people import Actor
from handlers.access import name_of
from handlers.blocks.setup.channels import CHANNELS
from handlers.blocks.setup.parts import setting_block
from handlers.context import HandlerContext
from handlers.form_values import changed
from handlers.home import publish_home
from handlers.interaction import Interaction
from handlers.reference import SettingsReference, read_settings_reference
from handlers.settings_desk import Change
from handlers.setup.changes import (
    Problems,
    approval_changes,
    at_inputs,
    channel_changes,
    limit_changes,
    people_changes,
    people_problems,
    team_changes,
    team_name,
    team_problems,
    time_changes,
    time_problems,
)
from handlers.setup.currency import currency_changes, currency_problems
from handlers.setup.forms import (
    hub,
    known_team,
    level_now,
    redraw_below,
    rule_settings,
    team_form,
)
from handlers.setup.level import level_changes, level_problems
from handlers.setup.reach import why_unreachable
from handlers.setup.rules import rule_changes, rule_problems
from handlers.setup.team_steps import contact_changes, contact_problems, team_limit_changes
from handlers.setup.who import require_workspace_admin, setter


def claim(context: HandlerContext, interaction: Interaction) -> None:
    """Make an admin of the workspace the first platform engineer, and go on with the setup."""
    _opened_for(context, interaction)
    require_workspace_admin(interaction.client, interaction.user)
    context.desk.claim(Actor(interaction.user, name=name_of(interaction.body)))
    interaction.ack(response_action="update", view=hub(context))
    publish_home(context, interaction)


def save_channels(context: HandlerContext, interaction: Interaction) -> None:
    """Set where the bot posts, and which digests come."""
    _opened_for(context, interaction)
    actor = setter(context, interaction)
    problems = _unreachable(interaction, *CHANNELS)
    _save(context, interaction, channel_changes(interaction.view), actor=actor, problems=problems)


def save_times(context: HandlerContext, interaction: Interaction) -> None:
    """Set when digests and plans come, and when nobody is written to."""
    _opened_for(context, interaction)
    actor = setter(context, interaction)
    problems = time_problems(interaction.view)
    changes = [] if problems else time_changes(interaction.view)
    _save(context, interaction, changes, actor=actor, problems=problems)


def save_approvals(context: HandlerContext, interaction: Interaction) -> None:
    """Set who must agree to a change and who merges it."""
    _opened_for(context, interaction)
    actor = setter(context, interaction)
    _save(context, interaction, approval_changes(interaction.view), actor=actor, problems={})


def save_people(context: HandlerContext, interaction: Interaction) -> None:
    """Set platform engineers and the approvers of everybody."""
    _opened_for(context, interaction)
    actor = setter(context, interaction)
    problems = people_problems(interaction.view, context.engine.directory)
    _save(context, interaction, people_changes(interaction.view), actor=actor, problems=problems)


def save_level(context: HandlerContext, interaction: Interaction) -> None:
    """Set who decides large or risky changes."""
    _opened_for(context, interaction)
    actor, view, now = setter(context, interaction), interaction.view, level_now(context)
    problems = level_problems(view, now)
    changes = [] if problems else level_changes(view, now)
    _save(context, interaction, changes, actor=actor, problems=problems)


def save_limits(context: HandlerContext, interaction: Interaction) -> None:
    """Set limits of the guardrails."""
    _opened_for(context, interaction)
    actor = setter(context, interaction)
    typed = limit_changes(interaction.view)
    changes: list[Change] = [(("guardrails", name), value) for name, value in typed.items()]
    _save(context, interaction, changes, actor=actor, problems={})


def save_rules(context: HandlerContext, interaction: Interaction) -> None:
    """Set the rules of the guardrails that are no numbers."""
    _opened_for(context, interaction)
    actor = setter(context, interaction)
    zone, view = context.desk.digest_time().time_zone, interaction.view
    problems = rule_problems(view, rule_settings(context), time_zone=zone)
    changes = [] if problems else rule_changes(view, time_zone=zone)
    _save(context, interaction, changes, actor=actor, problems=problems)


def save_currency(context: HandlerContext, interaction: Interaction) -> None:
    """Set what amounts are shown in."""
    _opened_for(context, interaction)
    actor = setter(context, interaction)
    problems = currency_problems(interaction.view)
    changes = [] if problems else currency_changes(interaction.view)
    _save(context, interaction, changes, actor=actor, problems=problems)


def save_team(context: HandlerContext, interaction: Interaction) -> None:
    """Add a team, or change one."""
    name = _opened_for(context, interaction).team
    actor = setter(context, interaction)
    is_new = not name
    view = interaction.view
    name = team_name(view) if is_new else known_team(context, name).name
    problems = team_problems(view, name, context.engine.directory, is_new=is_new)
    problems |= _unreachable(interaction, "channel")
    _save(
        context,
        interaction,
        team_changes(view, name, is_new=is_new),
        actor=actor,
        problems=problems,
    )


def save_team_limits(context: HandlerContext, interaction: Interaction) -> None:
    """Set limits of a single team, and show its form again."""
    name = known_team(context, _opened_for(context, interaction).team).name
    actor = setter(context, interaction)
    changes = team_limit_changes(interaction.view, name)
    _save_of_team(context, interaction, name, changes, actor=actor)


def save_team_contact(context: HandlerContext, interaction: Interaction) -> None:
    """Set whom a team's cards mention and its clock, and show its form again."""
    name = known_team(context, _opened_for(context, interaction).team).name
    actor = setter(context, interaction)
    if problems := contact_problems(interaction.view):
        interaction.ack(response_action="errors", errors=problems)
        return
    changes = contact_changes(interaction.view, name)
    _save_of_team(context, interaction, name, changes, actor=actor)


def _save_of_team(
    context: HandlerContext,
    interaction: Interaction,
    name: str,
    changes: Sequence[Change],
    *,
    actor: Actor,
) -> None:
    if _are_set(context, interaction, changes, actor=actor):
        form = team_form(context, name, interaction.client)
        interaction.ack(response_action="update", view=form)


def _save(
    context: HandlerContext,
    interaction: Interaction,
    changes: Sequence[Change],
    *,
    actor: Actor,
    problems: Problems,
) -> None:
    if problems:
        interaction.ack(response_action="errors", errors=problems)
        return
    if _are_set(context, interaction, changes, actor=actor):
        interaction.ack()
        redraw_below(context, interaction)
        publish_home(context, interaction)


def _are_set(
    context: HandlerContext, interaction: Interaction, changes: Sequence[Change], *, actor: Actor
) -> bool:
    """Set them; what the settings themselves refuse is said at its input, where it has one."""
    if not changes:
        return True
    try:
        context.desk.set_many(changes, actor=actor)
    except InvalidFields as error:
        problems = at_inputs(interaction.view, error.problems)
        if len(problems) < len(error.problems):
            raise
        interaction.ack(response_action="errors", errors=problems)
        return False
    return True


def _unreachable(interaction: Interaction, *names: str) -> Problems:
    """The newly chosen channels that the bot cannot post to, each with what to do."""
    values = changed(interaction.view)
    chosen = {block: str(values.get(block) or "") for block in map(setting_block, names)}
    found = {b: why_unreachable(interaction.client, c) for b, c in chosen.items() if c}
    return {block: problem for block, problem in found.items() if problem}


def _opened_for(context: HandlerContext, interaction: Interaction) -> SettingsReference:
    reference = str(interaction.view["private_metadata"])
    return read_settings_reference(reference, instance=context.instance)
