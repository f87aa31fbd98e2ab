"""The forms of the setup, filled with what holds now."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from finops.domain.errors import Refused
from finops.domain.people import UNKNOWN_TEAM, ApprovalLevel, Team
from handlers.blocks.elements import Block
from handlers.blocks.setup.approvals import ApprovalSettings, approvals_modal
from handlers.blocks.setup.channels import ChannelSettings, channels_modal
from handlers.blocks.setup.currency import currency_modal
from handlers.blocks.setup.hub import hub_modal
from handlers.blocks.setup.level import NO_LEVEL, level_modal
from handlers.blocks.setup.limits import LIMITS, limits_modal
from handlers.blocks.setup.people import PeopleSettings, people_modal
from handlers.blocks.setup.rules import RuleSettings, rules_modal
from handlers.blocks.setup.teams import team_modal, teams_modal
from handlers.blocks.setup.times import TimeSettings, times_modal
from handlers.context import HandlerContext
from handlers.ids import SetupStep
from handlers.interaction import Interaction
from handlers.settings_desk import Path, SettingsDesk
from handlers.setup.groups import workspace_groups
from handlers.setup.level import LEVELS
from handlers.setup.standing import (
    APPROVAL_PATHS,
    CHANNEL_PATHS,
    CURRENCY,
    PEOPLE,
    RULE_PATHS,
    TAGS,
    TIME_PATHS,
    locked_limits,
    standing,
)
from handlers.setup.team_steps import team_steps

TEAM_FIELDS = ("channel", "owners", "approvers", "namespaces", "aliases")


def hub(context: HandlerContext) -> Block:
    """The first form."""
    return hub_modal(standing(context), instance=context.instance)


def step_form(context: HandlerContext, step: str, client: WebClient) -> Block:
    """The form of a step. Raises Refused for one that there is no more."""
    if step == SetupStep.TEAMS:
        return team_list(context)
    if step == SetupStep.PEOPLE:
        return _people(context, client)
    if step == SetupStep.LEVEL:
        return _level(context, client)
    if made := _FORMS.get(step):
        return made(context)
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
        steps=team_steps(context, team) if team else (),
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
        locked=_locked(desk, RULE_PATHS),
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
    digest = desk.digest_time()
    now = ChannelSettings(
        triage=directory.triage_channel,
        leadership=directory.leadership_channel,
        cfo=directory.cfo_channel,
        cto=directory.cto_channel,
        is_weekly=digest.is_weekly,
        is_monthly=digest.is_monthly,
        locked=_locked(desk, CHANNEL_PATHS),
    )
    return channels_modal(now, instance=context.instance)


def _times(context: HandlerContext) -> Block:
    desk, hours = context.desk, context.engine.parts.pace.hours
    locked = _locked(desk, TIME_PATHS)
    now = TimeSettings(digest=desk.digest_time(), hours=hours, locked=locked)
    return times_modal(now, instance=context.instance)


def _approvals(context: HandlerContext) -> Block:
    rules = context.engine.parts.guardrails.settings.rules_for("")
    now = ApprovalSettings(rules=rules, locked=_locked(context.desk, APPROVAL_PATHS))
    return approvals_modal(now, instance=context.instance)


def _rules(context: HandlerContext) -> Block:
    return rules_modal(rule_settings(context), instance=context.instance)


def _locked(desk: SettingsDesk, paths: Mapping[str, Path]) -> set[str]:
    return {name for name, path in paths.items() if desk.is_locked(path)}


def level_now(context: HandlerContext) -> ApprovalLevel:
    """The level that was set here; one that asks for nothing where there is none."""
    return next(iter(context.engine.directory.approval_levels), NO_LEVEL)


def _level(context: HandlerContext, client: WebClient) -> Block:
    is_locked = context.desk.is_locked(LEVELS)
    count = len(context.engine.directory.approval_levels) if is_locked else 0
    groups = workspace_groups(client)
    return level_modal(level_now(context), groups, instance=context.instance, from_file=count)


def _people(context: HandlerContext, client: WebClient) -> Block:
    directory = context.engine.directory
    now = PeopleSettings(
        platform=directory.platform,
        approvers=directory.default_approvers,
        locked={name for name in PEOPLE if context.desk.is_locked((name,))},
    )
    return people_modal(now, workspace_groups(client), instance=context.instance)


_FORMS: Mapping[str, Callable[[HandlerContext], Block]] = {
    SetupStep.CHANNELS: _channels,
    SetupStep.TIMES: _times,
    SetupStep.APPROVALS: _approvals,
    SetupStep.RULES: _rules,
    SetupStep.CURRENCY: _currency,
}
