"""What a team has of its own beside its form: how it stands, its forms, and what they change."""

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

from finops.domain.people import Team
from finops.guardrails import GuardrailRules
from handlers.blocks import text
from handlers.blocks.elements import Block
from handlers.blocks.setup.limits import LIMITS, value_words
from handlers.blocks.setup.team_steps import (
    NOBODY,
    NOT_TYPED,
    TEAM_ZONE,
    USER_GROUP,
    TeamLimits,
    contact_modal,
    team_limits_modal,
)
from handlers.context import HandlerContext
from handlers.form_values import changed
from handlers.ids import SetupStep, TeamStep
from handlers.settings_desk import Change, Path
from handlers.setup.changes import Problems, settings_in, zone_problems
from handlers.setup.groups import workspace_groups

_CONTACT = (USER_GROUP, TEAM_ZONE)


def limit_path(team: str, limit: str) -> Path:
    """Where a team's own limit stands in the file."""
    return ("guardrails", "teams", team, limit)


def team_steps(context: HandlerContext, team: Team) -> list[tuple[TeamStep, str]]:
    """Each step and how it stands, as safe mrkdwn."""
    own = _own(context, team.name).model_fields_set
    words: list[tuple[TeamStep, str]] = []
    for step in (TeamStep.SIZE, TeamStep.CERTAINTY):
        other = sum(limit.name in own for limit in LIMITS[SetupStep(step)])
        of_its_own = f"{text.count(other, 'limit')} of its own"
        words.append((step, of_its_own if other else "As for everybody"))
    mention = text.group(team.user_group) if team.user_group else "No user group"
    clock = text.safe(team.time_zone, 60) or "The clock of everybody"
    return [*words, (TeamStep.CONTACT, f"{mention} · {clock}")]


def team_step_form(context: HandlerContext, team: Team, step: TeamStep, client: WebClient) -> Block:
    """The form of one of a team's steps."""
    if step is not TeamStep.CONTACT:
        return team_limits(context, team, step)
    desk = context.desk
    return contact_modal(
        team,
        workspace_groups(client),
        everybodys_zone=desk.digest_time().time_zone,
        locked_fields={name for name in _CONTACT if desk.is_locked(("teams", team.name, name))},
        instance=context.instance,
    )


def team_limits(
    context: HandlerContext, team: Team, step: TeamStep, *, said: str = NOT_TYPED
) -> Block:
    """The form of a team's own limits; `said` is what the typed ones would mean."""
    names = {limit.name for limit in LIMITS[SetupStep(step)]}
    now = TeamLimits(
        team=team.name,
        general=context.engine.parts.guardrails.settings.rules_for(""),
        own=_own(context, team.name),
        locked={n for n in names if context.desk.is_locked(limit_path(team.name, n))},
    )
    return team_limits_modal(step, now, instance=context.instance, said=said)


def team_limit_changes(view: Mapping[str, Any], team: str) -> list[Change]:
    """What was changed of a team's own limits; an emptied one is taken back."""
    values = settings_in(changed(view))
    return [(limit_path(team, name), value or None) for name, value in values.items()]


def team_limits_typed(view: Mapping[str, Any], general: GuardrailRules) -> dict[str, str]:
    """The limits as they would hold for the team; an emptied one as for everybody."""
    values = settings_in(changed(view))
    return {name: str(v) or value_words(getattr(general, name)) for name, v in values.items()}


def contact_changes(view: Mapping[str, Any], team: str) -> list[Change]:
    """What was changed of whom a team's cards mention, and of its clock."""
    values = settings_in(changed(view))
    kept = {name: None if value == NOBODY else value or None for name, value in values.items()}
    return [(("teams", team, name), value) for name, value in kept.items()]


def contact_problems(view: Mapping[str, Any]) -> Problems:
    """A time zone that does not exist."""
    return zone_problems(str(settings_in(changed(view)).get(TEAM_ZONE) or ""), TEAM_ZONE)


def _own(context: HandlerContext, team: str) -> GuardrailRules:
    return context.engine.parts.guardrails.settings.teams.get(team, GuardrailRules())
