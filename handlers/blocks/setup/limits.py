"""The plain limits of the guardrails, six at most in a form, with what they would mean."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from finops.guardrails import GuardrailRules
from handlers.blocks import text
from handlers.blocks.elements import Block, asked, context, section
from handlers.blocks.inputs import number_input
from handlers.blocks.setup.parts import locked, setting_block, settings_form
from handlers.ids import ActionId, BlockId, SetupStep, ViewId
from handlers.reference import SettingsReference

UNCHANGED = "Change a number to see here what it would mean for everything that waits."


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its name in the file, what people call it, and what Slack lets them type."""

    name: str
    label: str
    low: str = "0"
    high: str = ""
    has_decimals: bool = False


LIMITS: dict[SetupStep, tuple[Limit, ...]] = {
    SetupStep.SIZE: (
        Limit("max_single_change_usd_per_month", "One change, $ a month", has_decimals=True),
        Limit(
            "max_single_change_percent", "One change, % of the present value",
            high="100", has_decimals=True,
        ),
        Limit("max_replicas_per_change", "Replicas in one change"),
        Limit("max_changes_per_day", "Changes a day"),
        Limit("max_saving_usd_per_day", "Savings changed a day, $ a month", has_decimals=True),
        Limit(
            "max_share_of_team_workloads_per_day", "Share of a team's workloads a day, 0 to 1",
            high="1", has_decimals=True,
        ),
    ),
    SetupStep.CERTAINTY: (
        Limit("min_confidence", "Least confidence, 0 to 1", high="1", has_decimals=True),
        Limit("max_risk", "Most risk, 0 to 1", high="1", has_decimals=True),
        Limit(
            "max_risk_without_approval", "Most risk without an approver, 0 to 1",
            high="1", has_decimals=True,
        ),
        Limit(
            "max_evidence_age_hours", "Most age of the evidence, hours",
            low="1", high="8760", has_decimals=True,
        ),
        Limit("max_namespaces_per_day", "Namespaces a day"),
    ),
}  # fmt: skip
TITLES = {SetupStep.SIZE: "Guardrails: size", SetupStep.CERTAINTY: "Guardrails: certainty"}


def limits_modal(
    step: SetupStep,
    rules: GuardrailRules,
    is_locked: Collection[str],
    *,
    instance: str,
    said: str = UNCHANGED,
) -> Block:
    """The form. `said` is what the numbers typed so far would mean, as safe mrkdwn.

    Inputs have the same ids in every version, so that Slack keeps what was typed.
    """
    blocks = [_row(limit, rules, is_locked) for limit in LIMITS[step]]
    if any(block["type"] == "input" for block in blocks):
        blocks.append(section(said, block_id=BlockId.LIMITS_MEAN))
    blocks.append(
        context(
            "What is beyond a limit is blocked or needs an approver; `/finops policy` says which. "
            "A team may have limits of its own: its form under Teams has them."
        )
    )
    return settings_form(
        TITLES[step],
        blocks,
        callback_id=ViewId.SETUP_LIMITS,
        reference=str(SettingsReference(instance, step)),
    )


def value_words(value: object) -> str:
    """`1000`, `0.25`: as a number input takes it."""
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:f}" if isinstance(value, Decimal) else f"{value}"


def _row(limit: Limit, rules: GuardrailRules, is_locked: Collection[str]) -> Block:
    value = value_words(getattr(rules, limit.name))
    if limit.name in is_locked:
        return locked(limit.label, text.safe(value, 40))
    return limit_input(limit, value) | {"optional": False}


def limit_input(limit: Limit, value: str, *, empty: str = "", hint: str = "") -> Block:
    """The input of a limit, which says what is typed at once; `empty` is said while there is none.

    Optional: one that is emptied is taken back.
    """
    element = number_input(
        ActionId.LIMIT, value,
        low=limit.low, high=limit.high, has_decimals=limit.has_decimals, empty=empty,
    )  # fmt: skip
    made = asked(limit.label, element, block_id=setting_block(limit.name), hint=hint, optional=True)
    return made | {"dispatch_action": True}
