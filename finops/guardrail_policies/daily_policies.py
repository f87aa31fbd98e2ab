"""Policies about a team's day: how many changes, dollars, workloads and namespaces are enough."""

import math
from dataclasses import replace

from finops.domain.money import format_usd
from finops.domain.opportunity import Opportunity
from finops.guardrail_policies.decision import GuardrailContext, GuardrailVerdict, PolicyReason
from finops.guardrail_policies.settings import GuardrailRules

_ALLOW, _ASK, _DENY = GuardrailVerdict
# A quarter of four workloads is one; so small a team would never finish.
ALWAYS_ALLOWED_WORKLOADS = 3


def workload_key(opportunity: Opportunity) -> str:
    """The key under which a change counts as one workload of a day: all its containers together."""
    return replace(opportunity.resource, container="").key


def changes_per_day(
    opportunity: Opportunity, rules: GuardrailRules, context: GuardrailContext
) -> PolicyReason:
    """At most `max_changes_per_day` changes of a team."""
    name, limit, done = "max_changes_per_day", rules.max_changes_per_day, context.changes_today
    if done >= limit:
        sentence = (
            f"Team {opportunity.team} has made {done} of {limit} changes today; wait until "
            f"tomorrow (UTC), or let an administrator raise {name}."
        )
        return PolicyReason(name, _DENY, sentence)
    sentence = f"This is change {done + 1} of {limit} today for team {opportunity.team}."
    return PolicyReason(name, _ALLOW, sentence)


def saving_per_day(
    opportunity: Opportunity, rules: GuardrailRules, context: GuardrailContext
) -> PolicyReason:
    """At most `max_saving_usd_per_day` of monthly saving changed on a day.

    The first change of a day may be larger if an approver agrees; else it could never be made.
    """
    name, limit = "max_saving_usd_per_day", rules.max_saving_usd_per_day
    saving, before = opportunity.saving.larger_usd_per_month, context.saving_today_usd
    said = f"With {format_usd(saving)}/month team {opportunity.team} reaches"
    total = f"{format_usd(before + saving)} of {format_usd(limit)} a day"
    if before + saving <= limit:
        return PolicyReason(name, _ALLOW, f"{said} {total}.")
    if before <= 0:
        sentence = f"{said} {total} by this change alone; an approver must agree."
        return PolicyReason(name, _ASK, sentence)
    sentence = f"{said} {total}; wait until tomorrow (UTC), or let an administrator raise {name}."
    return PolicyReason(name, _DENY, sentence)


def share_of_workloads(
    opportunity: Opportunity, rules: GuardrailRules, context: GuardrailContext
) -> PolicyReason:
    """At most a share of a team's workloads a day, and always at least three."""
    name, share = "max_share_of_team_workloads_per_day", rules.max_share_of_team_workloads_per_day
    if not opportunity.resource.namespace:
        return PolicyReason(name, _ALLOW, "The change is on no workload.")
    count = len(context.workloads_changed_today | {workload_key(opportunity)})
    limit = max(ALWAYS_ALLOWED_WORKLOADS, math.floor(share * context.team_workloads + 1e-9))
    said = f"It would be workload {count} changed today of {context.team_workloads}"
    if count > limit:
        sentence = (
            f"{said} of team {opportunity.team}, over the limit of {limit} ({share:.0%}, at least "
            f"{ALWAYS_ALLOWED_WORKLOADS}); wait until tomorrow (UTC)."
        )
        return PolicyReason(name, _DENY, sentence)
    return PolicyReason(name, _ALLOW, f"{said}, within the limit of {limit}.")


def namespaces(
    opportunity: Opportunity, rules: GuardrailRules, context: GuardrailContext
) -> PolicyReason:
    """At most `max_namespaces_per_day` namespaces of a team a day."""
    name, limit, own = (
        "max_namespaces_per_day",
        rules.max_namespaces_per_day,
        opportunity.resource.namespace,
    )
    if not own:
        return PolicyReason(name, _ALLOW, "The change is in no namespace.")
    count = len(context.namespaces_today | {own})
    said = f"Namespace {own} would be number {count} changed today"
    if count > limit:
        sentence = (
            f"{said} by team {opportunity.team}, over the limit of {limit}; wait until tomorrow "
            f"(UTC), or let an administrator raise {name}."
        )
        return PolicyReason(name, _DENY, sentence)
    return PolicyReason(name, _ALLOW, f"{said}, within the limit of {limit}.")
