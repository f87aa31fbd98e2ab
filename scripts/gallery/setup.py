"""The forms of the setup: typical, emptiest, longest, and locked by the file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from finops.domain.currency import DOLLARS, Currency
from finops.domain.people import Approvers, Team
from finops.guardrails import GuardrailRules
from gallery import samples as some
from handlers.blocks.setup.channels import ChannelSettings, channels_modal
from handlers.blocks.setup.currency import currency_modal, currency_words
from handlers.blocks.setup.hub import (
    StepStatus,
    checked_modal,
    claim_modal,
    hub_modal,
    settings_button,
    teaching,
)
from handlers.blocks.setup.limits import limits_modal
from handlers.blocks.setup.people import Groups, PeopleSettings, people_modal
from handlers.blocks.setup.rules import AUTO, OUTSIDE, WINDOWS, RuleSettings, rules_modal
from handlers.blocks.setup.teams import team_modal, teams_modal
from handlers.ids import SetupStep
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
    digest=DigestTime(0, 9, "Europe/Berlin"),
    quiet_hours="20:00-07:00",
)
EUROS = Currency("EUR", Decimal("0.92"), date(2026, 11, 1), symbol="€", noun="euros")
STEPS = (
    StepStatus(SetupStep.TEAMS, "4 teams"),
    StepStatus(
        SetupStep.CHANNELS,
        "Triage: <#C0TRIAGE001> · Leadership: no channel for leaders · Digest: Monday at 09:00, "
        "Europe/Berlin · Quiet: 20:00-07:00",
        is_open=True,
    ),
    StepStatus(
        SetupStep.PEOPLE,
        f"Platform engineers: <@{MEI}> · *nobody may approve for data, payments*",
        is_open=True,
    ),
    StepStatus(SetupStep.SIZE, "1 limit of your own · 1 set in the file"),
    StepStatus(SetupStep.CERTAINTY, "The usual limits hold · 5 set in the file", is_locked=True),
    StepStatus(SetupStep.RULES, "Approved by people · 1 change window · 3 protected tags"),
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
    locked = {
        "triage_channel",
        "leadership_channel",
        "digest_weekday",
        "digest_hour",
        "time_zone",
        "quiet_hours",
    }
    people = PeopleSettings(platform=Approvers((MEI,)), approvers=Approvers((AARON,)))
    home = [*teaching(**to), {"type": "actions", "elements": [settings_button(**to)]}]
    yield "setup-home-emptiest", {"type": "home", "blocks": home}
    yield "setup-claim", claim_modal(**to)
    yield "setup", hub_modal(STEPS, **to)
    yield "setup-channels", channels_modal(CHANNELS, **to)
    yield "setup-channels-locked", channels_modal(replace(CHANNELS, locked=locked), **to)
    yield "setup-teams-emptiest", teams_modal((), (), **to)
    yield "setup-teams", teams_modal((SHOP,), ("shop",), unknown=("data", "payments"), **to)
    many = tuple(replace(LONGEST, name=f"{n} {LONGEST.name}") for n in range(40))
    yield "setup-teams-longest", teams_modal(many, (), **to)
    yield "setup-team-emptiest", team_modal(None, GROUPS, locked_fields=(), **to)
    yield "setup-team", team_modal(SHOP, GROUPS, locked_fields=("channel",), **to)
    yield "setup-team-longest", team_modal(LONGEST, GROUPS, locked_fields=(), **to)
    yield "setup-people", people_modal(people, GROUPS, **to)
    yield (
        "setup-limits",
        limits_modal(SetupStep.SIZE, GuardrailRules(), (), said=currency.retold(MEANS), **to),
    )
    rules = RuleSettings(rules=GuardrailRules())
    yield "setup-rules", rules_modal(rules, **to)
    held = {"locked": {AUTO, WINDOWS, OUTSIDE}, "locked_tags": {"prod", "critical"}}
    yield "setup-rules-locked", rules_modal(replace(rules, **held), **to)
    form = {"instance": some.INSTANCE, "today": some.NOW.date()}
    yield "setup-currency-emptiest", currency_modal(DOLLARS, is_locked=False, **form)
    yield "setup-currency", currency_modal(EUROS, is_locked=False, **form)
    yield "setup-test", checked_modal(TESTED)
