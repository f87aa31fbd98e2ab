"""What a container takes while it starts does not size its request, but it is not forgotten.

Runtimes compile and caches fill: minutes of several times the steady use, on every rollout. Such
minutes are kept apart where a source can tell them (`UsageSummary.startup_maximum`), because a
request holds its room for the whole life of a pod. CPU can be shared: what a start takes more comes
from what the node has free. On a full node it gets no more than its request, and takes longer. So
the request is at least a quarter of the start's use: a start of 30 s takes two minutes at worst.
Memory cannot be shared, so its starts are part of what it uses.

Limits do cut a start short of what is free, so they stay above it (`limit_follows.least_limit`).

Worked: 120m steady, 900m for the first minute, 500m asked: 126m would do, 225m are asked.
"""

from finops.rightsizing.rules.measure import CPU
from finops.rightsizing.rules.proposal import Proposal, RequestCase

MOST_TIMES_SLOWER = 4


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Hold the request to a quarter of what a start uses, and say what a start uses."""
    used = _used_by_start(case)
    if used <= proposal.request:
        return proposal
    # A start is no reason to raise a request: it has been as slow as that until now.
    least = min(case.measure.rounded_up(used / MOST_TIMES_SLOWER), case.current)
    minutes = case.usage.startup_minutes
    return proposal.at_least(least).noting(
        f"In its first {minutes} minutes it used up to {case.written(round(used))}; the request is "
        "for what comes after. On a full node a start takes longer: see that its startupProbe or "
        "its livenessProbe waits long enough."
    )


def _used_by_start(case: RequestCase) -> float:
    return (case.usage.startup_maximum or 0.0) if case.measure is CPU else 0.0
