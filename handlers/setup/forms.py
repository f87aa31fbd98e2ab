"""The forms of the setup, filled with what holds now."""

from contextlib import suppress

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from finops.domain.errors import Refused
from finops.domain.people import UNKNOWN_TEAM, Team
from handlers.blocks.elements import Block
from handlers.blocks.setup.channels import ChannelSettings, channels_modal
from handlers.blocks.setup.currency import currency_modal
from handlers.blocks.setup.hub import hub_modal
from handlers.blocks.setup.limits import LIMITS, limits_modal
from handlers.blocks.setup.people import PeopleSettings, people_modal
from handlers.blocks.setup.rules import RuleSettings, rules_modal
from handlers.blocks.setup.teams import team_modal, teams_modal
from handlers.context import HandlerContext
from handlers.ids import SetupStep
from handlers.interaction import Interaction
from handlers.setup.groups import workspace_groups
from handlers.setup.standing import (
    CHANNEL_PATHS,
    CURRENCY,
    PEOPLE,
    RULE_PATHS,
    TAGS,
    locked_limits,
    standing,
)

TEAM_FIELDS = ("channel", "owners", "approvers", "namespaces", "aliases")


def hub(context: HandlerContext) -> Block:
    """The first form."""
    return hub_modal(standing(context), instance=context.instance)


def step_form(context: HandlerContext, step: str, client: WebClient) -> Block:
    """The form of a step. Raises Refused for one that there is no more."""
    if step == SetupStep.CHANNELS:
        return _channels(context)
    if step == SetupStep.TEAMS:
        return team_list(context)
    if step == SetupStep.PEOPLE:
        return _people(context, client)
    if step == SetupStep.RULES:
        return rules_modal(rule_settings(context), instance=context.instance)
    if step == SetupStep.CURRENCY:
        return _currency(context)
    found = next((one for one in LIMITS if one == step), None)
    if found is None:
        raise Refused("This step is no longer offered; nothing was changed.")
    return limits(context, found)


def limits(context: HandlerContext, step: SetupStep, **said: str) -> Block:
    """The form of some limits; `said` is what the typed ones would mean."""
    return limits_modal(
        step,
        context.engine.parts.guardrails.settings,
        locked_limits(step, context.desk),
        instance=context.instance,
        **said,
    )


def team_list(context: HandlerContext) -> Block:
    """All teams."""
    teams = sorted(context.engine.directory.teams, key=lambda team: team.name.casefold())
    from_file = {team.name for team in teams if context.desk.is_locked(("teams", team.name))}
    unknown = names_of_the_estate(context)
    return teams_modal(teams, from_file, instance=context.instance, unknown=unknown)


def names_of_the_estate(context: HandlerContext) -> list[str]:
    """Teams that own waste by what their labels say, and are not set up here."""
    directory = context.engine.directory
    found = (row.name for row in context.engine.savings().by_team)
    return sorted(n for n in found if n != UNKNOWN_TEAM and not directory.knows_whatever_case(n))


def team_form(context: HandlerContext, name: str, client: WebClient) -> Block:
    """The form of a team, or of a new one. Raises Refused for a team that is gone."""
    team = known_team(context, name) if name else None
    return team_modal(
        team,
        workspace_groups(client),
        locked_fields={f for f in TEAM_FIELDS if context.desk.is_locked(("teams", name, f))},
        instance=context.instance,
        is_removable=not context.desk.is_locked(("teams", name)),
    )


def known_team(context: HandlerContext, name: str) -> Team:
    """The team of that name; raises Refused when somebody has removed it."""
    if not context.engine.directory.knows(name):
        raise Refused(f"There is no team “{name[:60]}” any more; nothing was changed.")
    return context.engine.directory.team(name)


def redraw_below(context: HandlerContext, interaction: Interaction) -> None:
    """Show what was saved in the forms that this one was opened on. After the ack."""
    view = interaction.view
    root, below = view.get("root_view_id"), view.get("previous_view_id")
    # Somebody may have closed them meanwhile.
    with suppress(SlackApiError):
        if below and below != root:
            interaction.client.views_update(view_id=below, view=team_list(context))
    with suppress(SlackApiError):
        if root and root != view.get("id"):
            interaction.client.views_update(view_id=root, view=hub(context))


def rule_settings(context: HandlerContext) -> RuleSettings:
    """The rules for everybody as they hold, and what of them the file says."""
    rules, desk = context.engine.parts.guardrails.settings.rules_for(""), context.desk
    return RuleSettings(
        rules=rules,
        locked={name for name, path in RULE_PATHS.items() if desk.is_locked(path)},
        locked_tags={tag for tag in rules.protected_tags if desk.is_locked((*TAGS, tag))},
    )


def _currency(context: HandlerContext) -> Block:
    return currency_modal(
        context.engine.currency,
        instance=context.instance,
        is_locked=context.desk.is_locked(CURRENCY),
        today=context.engine.now().date(),
    )


def _channels(context: HandlerContext) -> Block:
    directory, desk = context.engine.directory, context.desk
    now = ChannelSettings(
        triage=directory.triage_channel,
        leadership=directory.leadership_channel,
        digest=desk.digest_time(),
        quiet_hours=context.engine.parts.pace.hours.quiet_words,
        locked={name for name, path in CHANNEL_PATHS.items() if desk.is_locked(path)},
    )
    return channels_modal(now, instance=context.instance)


def _people(context: HandlerContext, client: WebClient) -> Block:
    directory = context.engine.directory
    now = PeopleSettings(
        platform=directory.platform,
        approvers=directory.default_approvers,
        locked={name for name in PEOPLE if context.desk.is_locked((name,))},
    )
    return people_modal(now, workspace_groups(client), instance=context.instance)
