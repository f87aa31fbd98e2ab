"""Who must agree to a change, and who merges it."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from finops.guardrails import ApprovalRules, GuardrailRules
from handlers.blocks import text
from handlers.blocks.elements import Block, section
from handlers.blocks.inputs import number_input
from handlers.blocks.setup.limits import value_words
from handlers.blocks.setup.parts import SETTING, Row, chosen_row, filled, settings_form, switch_row
from handlers.ids import ViewId
from handlers.reference import SettingsReference

AUTO, MERGE = "auto_approve", "auto_merge"
REQUIRED, FOUR_EYES = "approvals.required", "approvals.four_eyes"
TWO_FROM_USD, TWO_FROM_RISK = "approvals.two_from_usd_per_month", "approvals.two_from_risk"
_COUNTS = (("One person", "1"), *((f"{count} people", str(count)) for count in range(2, 6)))
DANGER = (
    ":warning: *Merging by itself puts a change on your main branch, and from there into "
    "production, without a person looking at the pull request.* It is done only where no guardrail "
    "objects and the branch requires a check that can fail; with four eyes only what two people "
    "have agreed to. Where the bot also approves by itself, nobody sees the change at all."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSettings:
    """What holds now for everybody; `locked` are the names of the settings that the file says."""

    rules: GuardrailRules
    locked: Collection[str] = ()


def approvals_modal(now: ApprovalSettings, *, instance: str) -> Block:
    """The form, as it stands; the danger stands where the choice is made."""
    rules, asked = now.rules, now.rules.approvals
    approving = [
        switch_row(
            AUTO,
            "Who approves",
            off="A person approves every change",
            on="The bot itself, where no guardrail objects",
            is_on=rules.auto_approve,
        ),
        chosen_row(REQUIRED, "How many must agree", _COUNTS, str(asked.required)),
        *_two_from(asked),
        switch_row(
            FOUR_EYES,
            "Four eyes",
            off="Whoever approved may also merge",
            on="Another person merges than the one who approved",
            is_on=asked.four_eyes,
        ),
    ]
    merging = switch_row(
        MERGE, "Who merges", off="A person merges every pull request",
        on="The code host, once every required check has passed", is_on=rules.auto_merge,
    )  # fmt: skip
    return settings_form(
        "Guardrails: approvals",
        [
            *filled(approving, now.locked),
            section(DANGER),
            *filled([merging], now.locked),
        ],
        callback_id=ViewId.SETUP_APPROVALS,
        reference=str(SettingsReference(instance)),
    )


def _two_from(asked: ApprovalRules) -> list[Row]:
    usd, risk = _typed(asked.two_from_usd_per_month), _typed(asked.two_from_risk)
    any_usd = number_input(SETTING, usd, low="0", has_decimals=True, empty="Never")
    any_risk = number_input(SETTING, risk, low="0", high="1", has_decimals=True, empty="Never")
    usd_words, risk_words = (text.safe(typed or "never", 40) for typed in (usd, risk))
    return [
        Row(TWO_FROM_USD, "Two people from this saving on, $ a month", usd_words, any_usd),
        Row(TWO_FROM_RISK, "Two people from this risk on, 0 to 1", risk_words, any_risk),
    ]


def _typed(value: Decimal | float | None) -> str:
    return "" if value is None else value_words(value)
