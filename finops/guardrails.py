"""Guardrails: policies that allow a change, ask for an approver, or refuse it, each in a sentence.

Pure: settings, the opportunity and the team's day are arguments. They are asked at the click and
once more when the pull request is opened.
"""

from collections.abc import Callable
from datetime import datetime

from finops.config_file import load_checked
from finops.domain.opportunity import Opportunity
from finops.guardrail_policies import (
    daily_policies,
    size_policies,
    trust_policies,
    windows,
)
from finops.guardrail_policies.daily_policies import workload_key
from finops.guardrail_policies.decision import (
    GuardrailContext,
    GuardrailDecision,
    GuardrailVerdict,
    PolicyReason,
)
from finops.guardrail_policies.settings import (
    DEFAULT,
    ApprovalRules,
    ChangeWindows,
    GuardrailRules,
    GuardrailSettings,
)
from finops.guardrail_policies.windows import ChangeWindow

__all__ = [
    "DEFAULT",
    "POLICIES",
    "ApprovalRules",
    "ChangeWindow",
    "ChangeWindows",
    "GuardrailContext",
    "GuardrailDecision",
    "GuardrailRules",
    "GuardrailSettings",
    "GuardrailVerdict",
    "Guardrails",
    "PolicyReason",
    "allows_click",
    "approvals_needed",
    "evaluate",
    "load_settings",
    "workload_key",
]

Policy = Callable[[Opportunity, GuardrailRules, GuardrailContext], PolicyReason]

POLICIES: tuple[Policy, ...] = (
    trust_policies.freeze,
    trust_policies.protected_tags,
    trust_policies.confidence,
    trust_policies.risk,
    trust_policies.evidence_age,
    trust_policies.change_window,
    size_policies.single_change,
    size_policies.fall_at_once,
    size_policies.replicas,
    daily_policies.changes_per_day,
    daily_policies.saving_per_day,
    daily_policies.share_of_workloads,
    daily_policies.namespaces,
)


def load_settings(text: str | bytes, *, source: str = "guardrails.yml") -> GuardrailSettings:
    """Read a guardrails file; raises InvalidInput with every problem, and uses nothing of it."""
    return load_checked(text, GuardrailSettings, source=source)


def evaluate(
    opportunity: Opportunity, settings: GuardrailSettings, context: GuardrailContext
) -> GuardrailDecision:
    """Ask every policy; the strictest verdict wins and every sentence is kept."""
    rules = settings.rules_for(opportunity.team)
    reasons = tuple(policy(opportunity, rules, context) for policy in POLICIES)
    verdict = max(reason.verdict for reason in reasons)
    needed = approvals_needed(opportunity, rules)
    is_allowed = verdict is GuardrailVerdict.ALLOW and needed == 1
    return GuardrailDecision(
        verdict=verdict,
        reasons=reasons,
        is_automatic=rules.auto_approve and is_allowed,
        approvals_needed=needed,
    )


def approvals_needed(opportunity: Opportunity, rules: GuardrailRules) -> int:
    """How many different people must agree to it; a reliability raise counts by its cost."""
    asked = rules.approvals
    usd = max(opportunity.saving.larger_usd_per_month, opportunity.cost_usd_per_month)
    is_large = asked.two_from_usd_per_month is not None and usd >= asked.two_from_usd_per_month
    is_risky = asked.two_from_risk is not None and opportunity.risk >= asked.two_from_risk
    return max(asked.required, 2 if is_large or is_risky else 1)


def allows_click(decision: GuardrailDecision) -> bool:
    """Whether an approval may be clicked at all: everything but a deny."""
    return decision.verdict is not GuardrailVerdict.DENY


class Guardrails:
    """The guardrails of one installation: its settings with the questions asked of them."""

    def __init__(self, settings: GuardrailSettings = DEFAULT) -> None:
        self.settings = settings

    def evaluate(self, opportunity: Opportunity, context: GuardrailContext) -> GuardrailDecision:
        """Ask every policy with the rules of the opportunity's team."""
        return evaluate(opportunity, self.settings, context)

    def next_opening(self, now: datetime, *, team: str = "") -> datetime:
        """When the team's next change window opens, in UTC; `now` when one is open."""
        rules = self.settings.rules_for(team)
        return windows.next_opening(rules.change_windows.windows, now)
