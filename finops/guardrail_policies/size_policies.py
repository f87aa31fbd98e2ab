"""Policies about one change alone: its dollars, its fall, how much restarts."""

from finops.domain.changes import Change, Setting
from finops.domain.money import format_usd
from finops.domain.opportunity import Opportunity
from finops.guardrail_policies.decision import GuardrailContext, GuardrailVerdict, PolicyReason
from finops.guardrail_policies.settings import GuardrailRules

_ALLOW, _ASK, _DENY = GuardrailVerdict


def single_change(
    opportunity: Opportunity, rules: GuardrailRules, _context: GuardrailContext
) -> PolicyReason:
    """A saving, or a cost, over `max_single_change_usd_per_month` needs an approver."""
    saving, limit = opportunity.saving.larger_usd_per_month, rules.max_single_change_usd_per_month
    what = "saving"
    if opportunity.kind.is_for_reliability:
        saving, what = opportunity.cost_usd_per_month, "cost"
    said = f"The {what} of {format_usd(saving)}/month is"
    limit_words = (
        f"the single change limit of {format_usd(limit)}/month for team {opportunity.team}"
    )
    name = "max_single_change_usd_per_month"
    if saving > limit:
        sentence = f"{said} over {limit_words}; an approver must agree."
        return PolicyReason(name, _ASK, sentence)
    return PolicyReason(name, _ALLOW, f"{said} within {limit_words}.")


def fall_at_once(
    opportunity: Opportunity, rules: GuardrailRules, _context: GuardrailContext
) -> PolicyReason:
    """No value may fall by more than `max_single_change_percent` at once; deletions do not fall."""
    name, limit = "max_single_change_percent", rules.max_single_change_percent
    falls = [(fall, change) for change in opportunity.changes if (fall := _fall_percent(change))]
    if not falls:
        return PolicyReason(name, _ALLOW, "No value falls.")
    percent, change = max(falls, key=lambda item: item[0])
    said = f"{change.setting.value} falls by {percent:.0f} % at once,"
    if percent > limit + 1e-9:
        sentence = (
            f"{said} over the limit of {limit:g} % for team {opportunity.team}; wait for a "
            f"smaller step, or let an administrator raise {name}."
        )
        return PolicyReason(name, _DENY, sentence)
    return PolicyReason(name, _ALLOW, f"{said} within the limit of {limit:g} %.")


def replicas(
    opportunity: Opportunity, rules: GuardrailRules, _context: GuardrailContext
) -> PolicyReason:
    """A change that touches more than `max_replicas_per_change` replicas needs an approver."""
    name, limit, count = (
        "max_replicas_per_change",
        rules.max_replicas_per_change,
        opportunity.blast_replicas,
    )
    said = f"The change restarts or removes {count:,}"
    if count > limit:
        sentence = (
            f"{said}, over the limit of {limit:,} for team {opportunity.team}; an approver must "
            "agree."
        )
        return PolicyReason(name, _ASK, sentence)
    return PolicyReason(name, _ALLOW, f"{said}, within the limit of {limit:,}.")


def _fall_percent(change: Change) -> float:
    # An autoscaler's target falls when the request rises: it keeps the point, it takes nothing.
    is_size = change.setting is not Setting.PRESENT and not change.setting.is_hpa_target
    if not is_size or change.setting.is_text or not change.current_number:
        return 0.0
    return max(0.0, 100 * (change.current_number - change.number) / change.current_number)
