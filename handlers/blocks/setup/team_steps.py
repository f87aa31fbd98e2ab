"""What a team has of its own beside its form: limits, whom its cards mention, and its clock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from finops.domain.people import Team
from finops.guardrails import GuardrailRules
from handlers.blocks import text
from handlers.blocks.elements import Block, button, context, section
from handlers.blocks.inputs import text_input
from handlers.blocks.setup.limits import LIMITS, TITLES, Limit, limit_input, value_words
from handlers.blocks.setup.parts import SETTING, Row, chosen_row, filled, locked, settings_form
from handlers.blocks.setup.people import MOST_OPTIONS, Groups, no_groups, with_chosen
from handlers.ids import ActionId, BlockId, SetupStep, TeamStep, ViewId
from handlers.reference import SettingsReference

USER_GROUP, TEAM_ZONE = "user_group", "time_zone"
NOBODY = "nobody"
NOT_TYPED = "Change a number to see here what it would mean for what waits of this team."
_STEP_TITLES = {
    TeamStep.SIZE: TITLES[SetupStep.SIZE],
    TeamStep.CERTAINTY: TITLES[SetupStep.CERTAINTY],
    TeamStep.CONTACT: "Mention and clock",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLimits:
    """The limits for everybody, the team's own over them, and which of either the file says."""

    team: str
    general: GuardrailRules
    own: GuardrailRules
    locked: Collection[str] = ()


def team_step_rows(team: Team, statuses: Sequence[tuple[TeamStep, str]], ref: str) -> list[Block]:
    """A row with its button for each step; the words are safe mrkdwn, `ref` is the instance."""
    return [
        section(
            f"{text.bold(_STEP_TITLES[step])}\n{words}",
            accessory=button(
                "Edit", ActionId.TEAM_STEP, value=str(SettingsReference(ref, step, team.name))
            ),
            block_id=f"team_step:{step}",
        )
        for step, words in statuses
    ]


def team_limits_modal(
    step: TeamStep, now: TeamLimits, *, instance: str, said: str = NOT_TYPED
) -> Block:
    """The form of a team's own limits; `said` is what the typed ones would mean, as safe mrkdwn.

    An empty input holds as for everybody, and shows what that is.
    """
    rows = [_limit(limit, now) for limit in LIMITS[SetupStep(step)]]
    blocks = [section(f"Only for team {text.bold(text.safe(now.team, 100))}."), *rows]
    if any(block["type"] == "input" for block in rows):
        blocks.append(section(said, block_id=BlockId.LIMITS_MEAN))
    blocks.append(context("An empty limit is as for everybody."))
    return settings_form(
        _STEP_TITLES[step],
        blocks,
        callback_id=ViewId.SETUP_TEAM_LIMITS,
        reference=str(SettingsReference(instance, step, now.team)),
    )


def contact_modal(
    team: Team, groups: Groups, *, everybodys_zone: str, locked_fields: Collection[str],
    instance: str,
) -> Block:  # fmt: skip
    """The form of whom a team's cards mention, and of its clock."""
    offered = with_chosen(groups.offered, [team.user_group] if team.user_group else [])
    mention = chosen_row(
        USER_GROUP, "Mentioned on its cards", [("Nobody", NOBODY), *offered][:MOST_OPTIONS],
        team.user_group or NOBODY,
        hint="A team without a channel has its cards in triage, with this mention.",
    )  # fmt: skip
    clock = Row(
        TEAM_ZONE, "Time zone", text.safe(team.time_zone, 60),
        text_input(
            SETTING, team.time_zone, example=f"{everybodys_zone}, as for everybody", longest=60
        ),
        "Of its quiet hours and its plan of the week. A city, as in Europe/Berlin.",
    )  # fmt: skip
    return settings_form(
        _STEP_TITLES[TeamStep.CONTACT],
        [
            section(f"Only for team {text.bold(text.safe(team.name, 100))}."),
            *filled([mention, clock] if offered else [clock], locked_fields),
            *no_groups(groups),
        ],
        callback_id=ViewId.SETUP_TEAM_CONTACT,
        reference=str(SettingsReference(instance, TeamStep.CONTACT, team.name)),
    )


def _limit(limit: Limit, now: TeamLimits) -> Block:
    everybodys = value_words(getattr(now.general, limit.name))
    is_own = limit.name in now.own.model_fields_set
    value = value_words(getattr(now.own, limit.name)) if is_own else ""
    if limit.name in now.locked:
        return locked(limit.label, text.safe(value or everybodys, 40))
    hint = f"For everybody it is {everybodys}; empty it to have that again." if is_own else ""
    return limit_input(limit, value, empty=f"{everybodys}, as for everybody", hint=hint)
