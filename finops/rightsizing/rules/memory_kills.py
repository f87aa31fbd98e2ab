"""A container that was killed for want of memory gets more of it, and never less.

    request = max(used + 100 MiB, 1.2 · used)     used = max(request now, highest measured)
    limit   = max(1.25 · limit now, request)

The request is the Vertical Pod Autoscaler's rule (`oom-bump-up-ratio`, `oom-min-bump-up-bytes`),
the limit KRR's (`oom_memory_buffer_percentage` 25). The peak that killed it was never measured: it
fell between two samples, or the limit cut it off.

Worked: 256Mi asked, 400Mi limit, 390Mi measured, one kill: used 390Mi, so that max(490, 468) =
490Mi is asked and the limit becomes max(500, 490) = 500Mi.
"""

from dataclasses import replace

from finops.domain.quantities import MIB
from finops.rightsizing.rules.measure import MEMORY
from finops.rightsizing.rules.proposal import Proposal, RequestCase

LEAST_BUMP_BYTES = 100 * MIB
BUMP_RATIO = 1.2
LIMIT_RATIO = 1.25


def was_killed(case: RequestCase) -> bool:
    """Whether its memory was too little within the window."""
    trouble = case.container.stability
    return case.measure is MEMORY and trouble is not None and trouble.oom_kills > 0


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Raise request and limit after kills; without any, or without a watch, nothing changes."""
    trouble = case.container.stability
    if trouble is None or not was_killed(case):
        return proposal
    used = max(case.current, case.usage.maximum)
    request = MEMORY.rounded_up(max(used + LEAST_BUMP_BYTES, used * BUMP_RATIO))
    raised = proposal.at_least(request)
    if case.limit is not None:
        limit = max(MEMORY.rounded_up(case.limit * LIMIT_RATIO), raised.request)
        raised = replace(raised, limit=limit)
    times = "once" if trouble.oom_kills == 1 else f"{trouble.oom_kills:,} times"
    return raised.noting(
        f"It was killed for want of memory {times} in {trouble.window_days:.0f} days."
    )
