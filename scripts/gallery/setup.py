"""The forms of the setup: typical, emptiest, longest, and locked by the file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from finops.domain.currency import DOLLARS, Currency
from finops.domain.people import ApprovalLevel, Approvers, Team
from finops.domain.sending import SendingHours
from finops.guardrails import ApprovalRules, GuardrailRules
from gallery import samples as some
from handlers.blocks.setup.approvals import (
    AUTO,
    FOUR_EYES,
    MERGE,
    REQUIRED,
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
from handlers.blocks.setup.currency import currency_modal, currency_words
from handlers.blocks.setup.hub import (
    StepStatus,
    checked_modal,
    claim_modal,
    hub_modal,
    settings_button,
    teaching,
)
from handlers.blocks.setup.level import NO_LEVEL, level_modal
from handlers.blocks.setup.limits import limits_modal
from handlers.blocks.setup.people import Groups, PeopleSettings, people_modal
from handlers.blocks.setup.rules import OUTSIDE, WINDOWS, RuleSettings, rules_modal
from handlers.blocks.setup.team_steps import TeamLimits, contact_modal, team_limits_modal
from handlers.blocks.setup.teams import team_modal, teams_modal
from handlers.blocks.setup.times import HOUR, WEEKDAY, ZONE, TimeSettings, times_modal
from handlers.ids import SetupStep, TeamStep
from handlers.settings_desk import DigestTime

OLIVIA, AARON, MEI = "U0OLIVIA001", "U0AARON0001", "U0MEI000001"
SHOP = Team(
    name="shop", channel="C0SHOPCOST1", owners=(OLIVIA,), namespaces=("shop", "shop-jobs"),
    approvers=Approvers(users=(AARON,), user_groups=("S0SHOPAPPR1",)),
)  # fmt: skip
GROUPS = Groups((("@shop-approvers", "S0SHOPAPPR1"),))
LONGEST = replace(
    SHOP, name="Payments & Billing Platform <core>, the team that was called Storefront until May",
    namespaces=tuple(f"payments-service-{n}" for n in range(60)),
)  # fmt: skip
CHANNELS = ChannelSettings(
    triage="C0TRIAGE001",
    leadership="C0LEADERS01",
    cfo="C0LEADERS01",
)
TIMES = TimeSettings(
    digest=DigestTime(0, 9, "Europe/Berlin"),
    hours=SendingHours(
        time_zone="Europe/Berlin", quiet_from=time(20), quiet_until=time(7), plan_weekday=1
    ),
)
OWN = GuardrailRules(
    max_single_change_usd_per_month=Decimal(2500), max_share_of_team_workloads_per_day=0.1
)
TEAM_LIMITS = TeamLimits(
    team="shop", general=GuardrailRules(), own=OWN, locked={"max_changes_per_day"}
)
EUROS = Currency("EUR", Decimal("0.92"), date(2026, 11, 1), symbol="€", noun="euros")
STEPS = (
    StepStatus(SetupStep.TEAMS, "4 teams"),
    StepStatus(
        SetupStep.CHANNELS,
        "Triage: <#C0TRIAGE001> · Leadership: no channel for leaders · Digests: weekly and monthly",
        is_open=True,
    ),
    StepStatus(
        SetupStep.TIMES,
        "Digest: Monday at 09:00 · Plans: Tuesday at 09:00 · Quiet: 20:00-07:00 · Europe/Berlin",
    ),
    StepStatus(
        SetupStep.PEOPLE,
        f"Platform engineers: <@{MEI}> · *nobody may approve for data, payments*",
        is_open=True,
    ),
    StepStatus(SetupStep.LEVEL, f"Decided by <@{AARON}>"),
    StepStatus(
        SetupStep.APPROVALS,
        "Approved by the bot or by people, merged by the code host · :warning: some changes are "
        "seen by nobody",
    ),
    StepStatus(SetupStep.SIZE, "1 limit of your own · 1 set in the file"),
    StepStatus(SetupStep.CERTAINTY, "The usual limits hold · 5 set in the file", is_locked=True),
    StepStatus(SetupStep.RULES, "1 change window · 3 protected tags"),
    StepStatus(SetupStep.CURRENCY, currency_words(EUROS)),
)
MEANS = (
    "*7 more opportunities would need an approver*\n*Allowed*  7 ($613/month) → 0 ($0/month)\n"
    "*An approver must agree*  10 ($246/month) → 17 ($859/month)\n"
    "*Blocked*  2 ($36.37/month) → 2 ($36.37/month)"
)
TESTED = (
    ":white_check_mark: I posted a hello in <#C0TRIAGE001>.",
    ":white_check_mark: 4 teams.",
    ":x: Nobody may approve for team data yet.",
    ":white_check_mark: <#C0TRIAGE001> (triage): the bot is in it.",
    ":x: <#C0GENERAL01> (data): the bot is not in this public channel. Write "
    "`/invite @finops-bot` in the channel.",
)


def setup_views(currency: Currency = DOLLARS) -> Iterator[tuple[str, dict[str, object]]]:
    """The name of each picture with its view."""
    to = {"instance": some.INSTANCE}
    people = PeopleSettings(platform=Approvers((MEI,)), approvers=Approvers((AARON,)))
    home = [*teaching(**to), {"type": "actions", "elements": [settings_button(**to)]}]
    yield "setup-home-emptiest", {"type": "home", "blocks": home}
    yield "setup-claim", claim_modal(**to)
    yield "setup", hub_modal(STEPS, **to)
    yield "setup-channels", channels_modal(CHANNELS, **to)
    held = {TRIAGE, LEADERSHIP, CFO, CTO, WEEKLY, MONTHLY}
    yield "setup-channels-locked", channels_modal(replace(CHANNELS, locked=held), **to)
    yield "setup-times", times_modal(TIMES, **to)
    yield "setup-times-locked", times_modal(replace(TIMES, locked={WEEKDAY, HOUR, ZONE}), **to)
    yield "setup-teams-emptiest", teams_modal((), (), **to)
    yield "setup-teams", teams_modal((SHOP,), ("shop",), unknown=("data", "payments"), **to)
    many = tuple(replace(LONGEST, name=f"{n} {LONGEST.name}") for n in range(40))
    yield "setup-teams-longest", teams_modal(many, (), **to)
    yield "setup-team-emptiest", team_modal(None, GROUPS, locked_fields=(), **to)
    yield from _of_a_team(currency.retold(MEANS), to)
    yield "setup-people", people_modal(people, GROUPS, **to)
    means = currency.retold(MEANS)
    yield "setup-limits", limits_modal(SetupStep.SIZE, GuardrailRules(), (), said=means, **to)
    yield from _approvals(to)
    rules = RuleSettings(rules=GuardrailRules())
    yield "setup-rules", rules_modal(rules, **to)
    fixed = {"locked": {WINDOWS, OUTSIDE}, "locked_tags": {"prod", "critical"}}
    yield "setup-rules-locked", rules_modal(replace(rules, **fixed), **to)
    form = {"instance": some.INSTANCE, "today": some.NOW.date()}
    yield "setup-currency-emptiest", currency_modal(DOLLARS, is_locked=False, **form)
    yield "setup-currency", currency_modal(EUROS, is_locked=False, **form)
    yield "setup-test", checked_modal(TESTED)


def _of_a_team(means: str, to: dict[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    """A team's form, and what it has of its own."""
    usual = [(step, "As for everybody") for step in TeamStep]
    own = [
        (TeamStep.SIZE, "2 limits of its own"),
        (TeamStep.CERTAINTY, "As for everybody"),
        (TeamStep.CONTACT, "<!subteam^S0SHOPAPPR1> · Asia/Kolkata"),
    ]
    yield "setup-team", team_modal(SHOP, GROUPS, locked_fields=("channel",), steps=own, **to)
    longest = {"locked_fields": (), "steps": usual, "is_removable": True}
    yield "setup-team-longest", team_modal(LONGEST, GROUPS, **longest, **to)
    yield "setup-team-limits", team_limits_modal(TeamStep.SIZE, TEAM_LIMITS, said=means, **to)
    empty = TeamLimits(team=LONGEST.name, general=GuardrailRules(), own=GuardrailRules())
    yield "setup-team-limits-emptiest", team_limits_modal(TeamStep.CERTAINTY, empty, **to)
    zone = {"everybodys_zone": "Europe/Berlin"}
    known = replace(SHOP, user_group="S0SHOPAPPR1", time_zone="Asia/Kolkata")
    yield "setup-team-contact", contact_modal(known, GROUPS, locked_fields=(), **zone, **to)
    none = Groups((), "No user groups to choose from: this workspace's plan has none.")
    yield (
        "setup-team-contact-emptiest",
        contact_modal(LONGEST, none, locked_fields=(), **zone, **to),
    )


def _approvals(to: dict[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    usual = ApprovalSettings(rules=GuardrailRules())
    yield "setup-approvals-emptiest", approvals_modal(usual, **to)
    level = ApprovalLevel(
        approvers=Approvers((AARON,)), from_usd_per_month=Decimal(1000), from_risk=0.3
    )
    yield "setup-level-emptiest", level_modal(NO_LEVEL, Groups(), **to)
    yield "setup-level", level_modal(level, GROUPS, **to)
    yield "setup-level-locked", level_modal(level, GROUPS, from_file=3, **to)
    asked = ApprovalRules(
        required=2, two_from_usd_per_month=Decimal(1000), two_from_risk=0.3, four_eyes=True
    )
    rules = GuardrailRules(auto_approve=True, auto_merge=True, approvals=asked)
    yield "setup-approvals", approvals_modal(ApprovalSettings(rules=rules), **to)
    held = {AUTO, REQUIRED, FOUR_EYES, MERGE}
    yield "setup-approvals-locked", approvals_modal(replace(usual, locked=held), **to)
