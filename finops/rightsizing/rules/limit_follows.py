"""Limits by policy: none is ever added; one that is there follows the request in its ratio.

    limit = max(limit now · request / request now, request, margin · highest measured)

and never above the limit now while the request falls. The margin is 1.5 for memory, because a
container over its limit is killed while a limit costs nothing, and 1.15 for CPU, which is only
slowed. What an autoscaler measures keeps a limit of 1.5 times the use at which pods are added: at
a lower one usage never gets there. A limit that must stay (`throttling`, `heap`) stays. When the
request rises, the limit rises only as far as it must.

Worked: 1Gi asked, 2Gi limit, 400Mi at most, so 460Mi proposed: max(2048 · 460/1024, 460, 600) =
920Mi.
"""

from dataclasses import replace

from finops.rightsizing.rules import scale_point
from finops.rightsizing.rules.measure import MEMORY
from finops.rightsizing.rules.proposal import Proposal, RequestCase

MEMORY_MARGIN = 1.5
CPU_MARGIN = 1.15
SCALE_MARGIN = 1.5


def least_limit(case: RequestCase) -> int:
    """The lowest limit that leaves room over the highest use, starts too, and the scale point."""
    margin = MEMORY_MARGIN if case.measure is MEMORY else CPU_MARGIN
    highest = max(case.usage.maximum, case.usage.startup_maximum or 0)
    needed = max(highest * margin, scale_point.least_limit(case, SCALE_MARGIN))
    return case.measure.rounded_up(needed)


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Set the limit that goes with the request."""
    limit = case.limit
    if limit is None or proposal.limit is None:
        return proposal
    if proposal.request >= case.current:
        return replace(proposal, limit=max(proposal.limit, proposal.request))
    if proposal.limit_stays:
        return proposal
    in_ratio = proposal.request  # where both were equal they stay so, to the last digit
    if limit != case.current:
        in_ratio = case.measure.rounded_up(limit * proposal.request / case.current)
    return replace(proposal, limit=min(limit, max(in_ratio, proposal.request, least_limit(case))))


def explain(case: RequestCase, proposal: Proposal) -> Proposal:
    """Say what becomes of the limit, after every rule has had its word on it."""
    limit, noun = case.limit, case.measure.noun
    if limit is None or proposal.limit is None or proposal.request >= case.current:
        return proposal
    if proposal.limit >= limit:
        stays = f"The {noun} limit stays at {case.written(limit)}."
        return proposal.noting(proposal.limit_stays or stays)
    return proposal.noting(
        f"The {noun} limit falls with the request, from {case.written(limit)} to "
        f"{case.written(proposal.limit)}; {case.written(round(case.usage.maximum))} is the most "
        "that was used."
    )
