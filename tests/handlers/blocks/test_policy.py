"""The guardrails of a team as its channel sees them."""

import json

import pytest

from finops.guardrails import ApprovalRules, GuardrailRules
from handlers.blocks.policy import policy_blocks


def words_of(rules: GuardrailRules) -> str:
    return json.dumps(policy_blocks(rules, team="shop"), ensure_ascii=False)


@pytest.mark.parametrize(
    ("approvals", "words"),
    [
        ({"required": 2}, "*Approvals* 2 approvals"),
        ({"two_from_usd_per_month": 1000}, "*Approvals* two from $1,000 a month on"),
        ({"two_from_risk": 0.5}, "*Approvals* two from a risk of 0.5 on"),
        (
            {"required": 2, "four_eyes": True},
            "*Approvals* 2 approvals, another person merges than the one who approved",
        ),
    ],
)
def test_whom_a_change_needs_stands_among_the_guardrails(
    approvals: dict[str, object], words: str
) -> None:
    assert words in words_of(GuardrailRules(approvals=ApprovalRules.model_validate(approvals)))


def test_one_approver_is_the_rule_and_not_worth_a_line() -> None:
    assert "*Approvals*" not in words_of(GuardrailRules())
