"""Policies about whether to believe it and whether now: tags, time, confidence, risk, age."""

from collections.abc import Iterator

from finops.domain.opportunity import Opportunity
from finops.guardrail_policies.decision import GuardrailContext, GuardrailVerdict, PolicyReason
from finops.guardrail_policies.settings import GuardrailRules
from finops.guardrail_policies.windows import is_open, next_opening

_ALLOW, _ASK, _DENY = GuardrailVerdict
_SAYS_NO = frozenset({"false", "no", "0", "off", "none"})


def protected_tags(
    opportunity: Opportunity, rules: GuardrailRules, _context: GuardrailContext
) -> PolicyReason:
    """The strictest verdict of all protected tags that the resource carries."""
    found = [
        (verdict, tag)
        for protected, verdict in rules.protected_tags.items()
        for tag in _tags_saying(opportunity, protected.strip().lower())
    ]
    verdict, tag = max(found, default=(_ALLOW, ""), key=lambda item: item[0].strictness)
    if verdict is _ALLOW:
        return PolicyReason("protected_tags", _ALLOW, "It carries no protected tag.")
    help_words = (
        "an approver must agree."
        if verdict is _ASK
        else "such resources are not changed unless an administrator takes it off protected_tags."
    )
    sentence = f"{opportunity.resource.label} carries the protected tag {tag}; {help_words}"
    return PolicyReason("protected_tags", verdict, sentence)


def freeze(
    opportunity: Opportunity, _rules: GuardrailRules, context: GuardrailContext
) -> PolicyReason:
    """While a freeze holds nothing is changed, whoever agrees."""
    holding = [each for each in context.freezes if each.scope.covers(opportunity)]
    if not holding:
        return PolicyReason("freeze", _ALLOW, "Nothing is frozen here.")
    held = max(holding, key=lambda each: (each.until is None, each.until or context.now))
    until = f"until {held.until:%Y-%m-%d %H:%M} UTC" if held.until else "until somebody ends it"
    why = f" ({held.reason})" if held.reason else ""
    sentence = f"{held.scope} is frozen by {held.by} {until}{why}; nothing changes before."
    return PolicyReason("freeze", _DENY, f"{sentence[0].upper()}{sentence[1:]}")


def change_window(
    opportunity: Opportunity, rules: GuardrailRules, context: GuardrailContext
) -> PolicyReason:
    """Outside the team's change windows an approver must agree, or nothing happens."""
    windows, outside = rules.change_windows.windows, rules.change_windows.outside
    if not windows:
        return PolicyReason("change_windows", _ALLOW, "Any time is fine.")
    if is_open(windows, context.now):
        return PolicyReason("change_windows", _ALLOW, "It is inside a change window.")
    opening = next_opening(windows, context.now)
    listed = "; ".join(str(window) for window in windows)
    help_words = "wait for it, or an approver must agree." if outside is _ASK else "wait for it."
    sentence = (
        f"It is outside the change windows of team {opportunity.team} ({listed}); the next one "
        f"opens {opening:%a %Y-%m-%d %H:%M} UTC: {help_words}"
    )
    return PolicyReason("change_windows", outside, sentence)


def confidence(
    opportunity: Opportunity, rules: GuardrailRules, _context: GuardrailContext
) -> PolicyReason:
    """A confidence under `min_confidence` is refused."""
    name, limit = "min_confidence", rules.min_confidence
    said = f"The confidence of {opportunity.confidence:.0%} is"
    if opportunity.confidence < limit:
        sentence = (
            f"{said} under the minimum of {limit:.0%} for team {opportunity.team}; some more days "
            f"of usage history would raise it, or an administrator may lower {name}."
        )
        return PolicyReason(name, _DENY, sentence)
    return PolicyReason(name, _ALLOW, f"{said} at or above the minimum of {limit:.0%}.")


def risk(
    opportunity: Opportunity, rules: GuardrailRules, _context: GuardrailContext
) -> PolicyReason:
    """Over `max_risk` it is refused, over `max_risk_without_approval` an approver must agree."""
    said, team = f"The risk of {opportunity.risk:.2f} is", opportunity.team
    if opportunity.risk > rules.max_risk:
        sentence = (
            f"{said} over the maximum of {rules.max_risk:.2f} for team {team}; wait for a smaller "
            "step, or let an administrator raise max_risk."
        )
        return PolicyReason("max_risk", _DENY, sentence)
    limit = rules.max_risk_without_approval
    if opportunity.risk > limit:
        sentence = f"{said} over {limit:.2f}; an approver of team {team} must agree."
        return PolicyReason("max_risk", _ASK, sentence)
    return PolicyReason("max_risk", _ALLOW, f"{said} within {limit:.2f}.")


def evidence_age(
    opportunity: Opportunity, rules: GuardrailRules, context: GuardrailContext
) -> PolicyReason:
    """Evidence older than `max_evidence_age_hours` is stale and refused."""
    name, limit = "max_evidence_age_hours", rules.max_evidence_age_hours
    seen = context.evidence_seen_at or opportunity.detected_at
    hours = max(0.0, (context.now - seen).total_seconds() / 3600)
    said = f"The evidence is {hours:,.0f} hours old"
    if hours > limit:
        sentence = f"{said}, over the maximum of {limit:g}; the next cycle looks again."
        return PolicyReason(name, _DENY, sentence)
    return PolicyReason(name, _ALLOW, f"{said}, within {limit:g}.")


def _tags_saying(opportunity: Opportunity, protected: str) -> Iterator[str]:
    """`key=value` of each tag whose key (after any `/`) or one of whose values is `protected`."""
    tags = [*opportunity.tags.items(), *opportunity.resource.cloud_tags.items()]
    for key, value in tags:
        last = key.lower().rsplit("/", 1)[-1]
        values = {part.strip() for part in value.lower().split(",")}
        is_key = protected in (key.lower(), last) and not values <= _SAYS_NO
        if is_key or protected in values:
            yield f"{key}={value}" if value else key
