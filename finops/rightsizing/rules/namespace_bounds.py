"""What the namespace's LimitRange allows a container: lowest, highest, and limit over request.

A request under the minimum, a limit over the maximum or a limit of more than `maxLimitRequestRatio`
times the request would be refused when the pod is made: the rollout would hang.

Worked: 70m proposed, limit 800m, minimum 100m, ratio 4: the minimum gives 100m, the ratio 800/4 =
200m, so 200m is asked.
"""

from dataclasses import dataclass, replace

from finops.rightsizing.rules.measure import CPU
from finops.rightsizing.rules.proposal import Proposal, RequestCase


@dataclass(frozen=True, slots=True)
class _Bounds:
    least: int | None
    most: int | None
    ratio: float | None


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Clamp request and limit to the LimitRange, saying which bound did it."""
    bounds = _bounds_of(case)
    if bounds is None:
        return proposal
    return _under_most(
        case, _within_ratio(case, _over_least(case, proposal, bounds), bounds), bounds
    )


def _bounds_of(case: RequestCase) -> _Bounds | None:
    if case.policy is None:
        return None
    allowed = case.policy.bounds
    if case.measure is CPU:
        return _Bounds(
            allowed.min_cpu_millicores,
            allowed.max_cpu_millicores,
            allowed.max_limit_request_ratio_cpu,
        )
    return _Bounds(
        allowed.min_memory_bytes, allowed.max_memory_bytes, allowed.max_limit_request_ratio_memory
    )


def _over_least(case: RequestCase, proposal: Proposal, bounds: _Bounds) -> Proposal:
    least = bounds.least
    if least is None or proposal.request >= least:
        return proposal
    return _raised(proposal, least).noting(
        f"The LimitRange of {case.workload.namespace} asks for at least {case.written(least)} "
        f"{case.measure.noun} a container."
    )


def _within_ratio(case: RequestCase, proposal: Proposal, bounds: _Bounds) -> Proposal:
    ratio, limit = bounds.ratio, proposal.limit
    if not ratio or limit is None or limit <= proposal.request * ratio:
        return proposal
    return _raised(proposal, case.measure.rounded_up(limit / ratio)).noting(
        f"The LimitRange of {case.workload.namespace} allows a {case.measure.noun} limit of at "
        f"most {ratio:g} times the request."
    )


def _under_most(case: RequestCase, proposal: Proposal, bounds: _Bounds) -> Proposal:
    most = bounds.most
    if most is None or max(proposal.request, proposal.limit or 0) <= most:
        return proposal
    limit = None if proposal.limit is None else min(proposal.limit, most)
    return replace(proposal, request=min(proposal.request, most), limit=limit).noting(
        f"The LimitRange of {case.workload.namespace} allows at most {case.written(most)} "
        f"{case.measure.noun} a container."
    )


def _raised(proposal: Proposal, request: int) -> Proposal:
    limit = None if proposal.limit is None else max(proposal.limit, request)
    return replace(proposal, request=max(proposal.request, request), limit=limit)
