"""One value falls by at most 75 % at once, so a wrong reading cannot starve a workload.

Worked: from 4000m to 300m becomes 4000m → 1000m; a later cycle proposes the rest.
"""

from dataclasses import replace

from finops.rightsizing.requests import MAX_FALL_SHARE, at_most_one_step
from finops.rightsizing.rules.proposal import Proposal, RequestCase


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Hold the request to one step."""
    request = at_most_one_step(case.current, proposal.request, unit=case.measure.step)
    if request == proposal.request:
        return proposal
    return replace(proposal, request=request).noting(
        f"A first step: one value falls by at most {MAX_FALL_SHARE:.0%} at once; "
        f"{case.written(proposal.wanted)} would do."
    )
