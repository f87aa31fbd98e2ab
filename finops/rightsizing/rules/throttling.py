"""A throttled container keeps its CPU limit: what it was seen using is what it was let use.

From a share of 5 % of a whole day's CFS periods on its worst day. Kubernetes' own alert
(CPUThrottlingHigh) asks for 25 % over a quarter of an hour; five hours of that are 5 % of a day.
The request may still fall, since a request throttles nobody; only where request and limit move
together (`guaranteed`) it stays too.

Worked: 500m asked, limit 1000m, throttled in 12 % of its periods: 300m may be asked, the limit
stays 1000m.
"""

from dataclasses import replace

from finops.rightsizing.rules.measure import CPU
from finops.rightsizing.rules.proposal import Proposal, RequestCase

THROTTLED_SHARE = 0.05


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Hold the limit where it is after throttling."""
    trouble = case.container.stability
    share = trouble.throttled_share if trouble else None
    if case.measure is not CPU or case.limit is None or (share or 0) < THROTTLED_SHARE:
        return proposal
    return replace(
        proposal,
        limit_stays=f"It was throttled in {share:.0%} of its CPU periods on its worst day, so its "
        f"CPU limit of {case.written(case.limit)} must not fall.",
    )
