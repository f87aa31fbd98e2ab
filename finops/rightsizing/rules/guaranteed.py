"""A pod of the Guaranteed class stays in it: each of its requests moves together with its limit.

The class (request = limit for CPU and memory of every container, init containers too) protects from
eviction and may pin CPUs, and is seldom an accident. The price is that the request becomes a wall:
CPU above it is throttled, memory above it is killed. So it is at least what a limit must be
(`limit_follows.least_limit`), and where the limit must not fall, the request does not either.

Worked: 2Gi asked and limited, 800Mi at most in 14 days: 1.15 · 800 = 920Mi would do as a request,
but as a wall it is 1.5 · 800 = 1200Mi.
"""

from dataclasses import replace

from finops.domain.estate import Container, Workload
from finops.rightsizing.rules.limit_follows import least_limit
from finops.rightsizing.rules.proposal import Proposal, RequestCase


def is_guaranteed(workload: Workload) -> bool:
    """Whether its pods are in the Guaranteed class: as the server says, else as declared."""
    if workload.qos_class:
        return workload.qos_class == "Guaranteed"
    return bool(workload.containers) and all(map(_is_pinned, workload.containers))


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Make the request as large as a limit must be, or refuse to lower a limit that stays."""
    if case.limit is None or not is_guaranteed(case.workload):
        return proposal
    if proposal.limit_stays and proposal.request < case.current:
        reason = (
            f"{proposal.limit_stays} Its pod is of the Guaranteed class, in which request and "
            "limit move only together."
        )
        return replace(proposal, refusal=reason)
    # What is never used to its limit needs no more than it has now.
    wall = min(least_limit(case), max(case.current, proposal.request))
    after_kills = proposal.limit if (proposal.limit or 0) > case.limit else 0
    return proposal.at_least(max(wall, after_kills or 0)).noting(
        "Its pod stays in the Guaranteed class: request and limit move together."
    )


def _is_pinned(container: Container) -> bool:
    pairs = (
        (container.cpu_request_millicores, container.cpu_limit_millicores),
        (container.memory_request_bytes, container.memory_limit_bytes),
    )
    return all(limit is not None and request in (None, limit) for request, limit in pairs)
