"""Every form of the setup, emptiest and longest: within Slack's limits, six inputs at most."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from finops.domain.people import ApprovalLevel, Approvers, Team
from finops.domain.sending import SendingHours
from finops.guardrails import (
    ApprovalRules,
    ChangeWindow,
    ChangeWindows,
    GuardrailRules,
    GuardrailVerdict,
)
from handlers.blocks.setup.approvals import (
    AUTO,
    FOUR_EYES,
    MERGE,
    REQUIRED,
    TWO_FROM_RISK,
    TWO_FROM_USD,
    ApprovalSettings,
    approvals_modal,
)
from handlers.blocks.setup.channels import (
    CFO,
    CTO,
    LEADERSHIP,
    MONTHLY,
    TRIAGE,
    WEEKLY,
    ChannelSettings,
    channels_modal,
)
from handlers.blocks.setup.hub import (
    StepStatus,
    checked_modal,
    checking_modal,
    claim_modal,
    hub_modal,
    teaching,
)
from handlers.blocks.setup.level import NO_LEVEL, level_modal
from handlers.blocks.setup.limits import LIMITS, limits_modal
from handlers.blocks.setup.people import Groups, PeopleSettings, people_modal
from handlers.blocks.setup.rules import OUTSIDE, WINDOWS, RuleSettings, rules_modal
from handlers.blocks.setup.team_steps import (
    TEAM_ZONE,
    USER_GROUP,
    TeamLimits,
    contact_modal,
    team_limits_modal,
)
from handlers.blocks.setup.teams import team_modal, teams_modal
from handlers.blocks.setup.times import (
    HOUR,
    PLAN_HOUR,
    PLAN_WEEKDAY,
    QUIET,
    WEEKDAY,
    ZONE,
    TimeSettings,
    times_modal,
)
from handlers.ids import SetupStep, TeamStep
from handlers.settings_desk import DigestTime
from sandbox.slack.view_rules import view_problems
from tests.handlers.blocks.test_types_schema import VIEW

LONG = "Grüße <!channel> & *team* `x` " * 20
MANY = Approvers(
    tuple(f"U0PERSON{n:04}" for n in range(300)), tuple(f"S0GROUP{n:04}" for n in range(300))
)
GROUPS = Groups(tuple((f"@{LONG}{n}", f"S0OTHER{n:04}") for n in range(300)))
BIG = Team(
    name=LONG[:100], channel="C0SHOP00001", owners=MANY.users, approvers=MANY,
    namespaces=tuple(f"namespace-{n}" for n in range(500)), aliases=(LONG,) * 30,
)  # fmt: skip
TEAMS = tuple(Team(name=f"{n} {LONG}"[:100]) for n in range(200))
ALL = {"channel", "owners", "approvers", "namespaces", "aliases"}
EVERY_LIMIT = set(GuardrailRules.model_fields)
RULES = GuardrailRules()
DIGEST = DigestTime(6, 23, "America/Argentina/ComodRivadavia")
LONG_STEPS = [StepStatus(step, LONG, is_open=True) for step in SetupStep]
TEAM_STEPS = [(step, LONG) for step in TeamStep]
MOST_ASKED = GuardrailRules(
    auto_approve=True, auto_merge=True,
    approvals=ApprovalRules(
        required=5, two_from_usd_per_month=Decimal("1e9"), two_from_risk=0.125, four_eyes=True
    ),
)  # fmt: skip
EVERY_APPROVAL = {AUTO, REQUIRED, TWO_FROM_USD, TWO_FROM_RISK, FOUR_EYES, MERGE}
ALL_OWN = GuardrailRules.model_validate(RULES.model_dump())
NOBODY = Approvers()
ID = "i" * 40

WINDOW = ChangeWindow(hours="22:00-04:00", time_zone=DIGEST.time_zone, days=("mon", "wed", "fri"))
BIG_RULES = GuardrailRules(
    change_windows=ChangeWindows(windows=(WINDOW,) * 20),
    protected_tags={f"{LONG}{n}": v for n in range(90) for v in [list(GuardrailVerdict)[n % 3]]},
)

FORMS: dict[str, dict[str, Any]] = {
    "rules": rules_modal(RuleSettings(rules=RULES), instance=ID),
    "rules, longest": rules_modal(
        RuleSettings(rules=BIG_RULES, locked_tags={*list(BIG_RULES.protected_tags)[:50]}),
        instance=ID,
    ),
    "rules, locked": rules_modal(
        RuleSettings(rules=BIG_RULES, locked={WINDOWS, OUTSIDE}), instance=ID
    ),
    "hub, all open": hub_modal(LONG_STEPS, instance=ID),
    "hub, locked": hub_modal([StepStatus(s, "", is_locked=True) for s in SetupStep], instance=ID),
    "claim": claim_modal(instance=ID),
    "testing": checking_modal(),
    "tested": checked_modal([LONG] * 60),
    "channels, empty": channels_modal(ChannelSettings(triage="", leadership=""), instance=ID),
    "channels, locked": channels_modal(
        ChannelSettings(
            triage="#a-name", leadership=LONG,
            locked={TRIAGE, LEADERSHIP, CFO, CTO, WEEKLY, MONTHLY},
        ),
        instance=ID,
    ),
    "times": times_modal(TimeSettings(digest=DigestTime(), hours=SendingHours()), instance=ID),
    "times, locked": times_modal(
        TimeSettings(
            digest=DIGEST, hours=SendingHours(),
            locked={WEEKDAY, HOUR, PLAN_WEEKDAY, PLAN_HOUR, QUIET, ZONE},
        ),
        instance=ID,
    ),
    "approvals": approvals_modal(ApprovalSettings(rules=RULES), instance=ID),
    "approvals, most": approvals_modal(ApprovalSettings(rules=MOST_ASKED), instance=ID),
    "approvals, locked": approvals_modal(
        ApprovalSettings(rules=MOST_ASKED, locked=EVERY_APPROVAL), instance=ID
    ),
    "level, none": level_modal(NO_LEVEL, Groups((), "None here."), instance=ID),
    "level": level_modal(
        ApprovalLevel(approvers=MANY, from_usd_per_month=Decimal("1e9"), from_risk=0.125),
        GROUPS, instance=ID,
    ),
    "level, locked": level_modal(NO_LEVEL, GROUPS, instance=ID, from_file=7),
    "people, empty": people_modal(
        PeopleSettings(platform=NOBODY, approvers=NOBODY), Groups((), "None here."), instance=ID
    ),
    "people, many": people_modal(
        PeopleSettings(platform=MANY, approvers=MANY), GROUPS, instance=ID
    ),
    "people, locked": people_modal(
        PeopleSettings(platform=MANY, approvers=MANY, locked={"platform", "default_approvers"}),
        GROUPS, instance=ID,
    ),
    "teams, none": teams_modal((), (), instance=ID),
    "teams, many": teams_modal(
        TEAMS, {team.name for team in TEAMS}, instance=ID, unknown=[LONG] * 50
    ),
    "team, new": team_modal(None, Groups(), locked_fields=(), instance=ID),
    "team, new, with groups": team_modal(None, GROUPS, locked_fields=(), instance=ID),
    "team, big": team_modal(
        BIG, GROUPS, locked_fields=(), instance=ID, is_removable=True, steps=TEAM_STEPS
    ),
    "team, locked": team_modal(BIG, GROUPS, locked_fields=ALL, instance=ID, steps=TEAM_STEPS),
    "team, mention and clock": contact_modal(
        BIG, GROUPS, everybodys_zone=DIGEST.time_zone, locked_fields=(), instance=ID
    ),
    "team, mention and clock, no groups": contact_modal(
        BIG, Groups((), "None."), everybodys_zone="UTC", locked_fields=(), instance=ID
    ),
    "team, mention and clock, locked": contact_modal(
        BIG, Groups(), everybodys_zone="UTC", locked_fields={USER_GROUP, TEAM_ZONE}, instance=ID
    ),
} | {
    f"{step}, {kind}": limits_modal(step, RULES, locked, instance=ID, said=LONG)
    for step in LIMITS
    for kind, locked in (("open", ()), ("locked", EVERY_LIMIT))
} | {
    f"team's {step}, {kind}": team_limits_modal(
        step, TeamLimits(team=BIG.name, general=RULES, own=own, locked=locked),
        instance=ID, said=LONG,
    )
    for step in (TeamStep.SIZE, TeamStep.CERTAINTY)
    for kind, own, locked in (
        ("none", RULES, ()), ("all", ALL_OWN, ()), ("locked", ALL_OWN, EVERY_LIMIT)
    )
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_one_that_slack_takes_with_six_inputs_at_most(name: str) -> None:
    form = FORMS[name]

    assert view_problems(form) == []
    assert sum(block["type"] == "input" for block in form["blocks"]) <= 6
    assert ("submit" in form) is (name == "claim" or any_input(form))


def any_input(form: dict[str, Any]) -> bool:
    return any(block["type"] == "input" for block in form["blocks"])


@pytest.mark.parametrize("name", FORMS)
def test_a_form_agrees_with_slacks_own_types(name: str) -> None:
    VIEW.validate(FORMS[name])


@pytest.mark.parametrize("who", ["", LONG])
def test_the_teaching_is_one_that_slack_takes(who: str) -> None:
    home = {"type": "home", "blocks": teaching(instance=ID, who=who[:500])}

    assert view_problems(home) == []


def test_every_guardrail_can_be_set_by_a_form() -> None:
    limits = {one.name for limits in LIMITS.values() for one in limits}
    approvals = {name.partition(".")[0] for name in EVERY_APPROVAL}
    rest = {"change_windows", "protected_tags"}  # the form of the rules

    assert limits | approvals | rest == set(GuardrailRules.model_fields)
    of_approvals = {f"approvals.{name}" for name in ApprovalRules.model_fields}
    assert of_approvals == {name for name in EVERY_APPROVAL if "." in name}


def test_every_plain_limit_has_its_input() -> None:
    plain = {
        name
        for name, field in GuardrailRules.model_fields.items()
        if field.annotation not in (bool,) and isinstance(field.annotation, type)
    }
    of_forms = {one.name for limits in LIMITS.values() for one in limits}

    assert of_forms == {name for name in plain if not _is_section(name)}


def _is_section(name: str) -> bool:
    return hasattr(GuardrailRules.model_fields[name].annotation, "model_fields")


@pytest.mark.parametrize("limit", [one for limits in LIMITS.values() for one in limits])
def test_what_slack_lets_people_type_is_what_the_file_would_take(limit: Any) -> None:
    field = GuardrailRules.model_fields[limit.name]
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())

    adapter.validate_python(limit.low)
    adapter.validate_python(limit.high or "1000000")
    if limit.has_decimals:
        adapter.validate_python("0.5" if limit.high == "1" else "1.5")
