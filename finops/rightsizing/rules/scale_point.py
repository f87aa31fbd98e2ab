"""A request that a HorizontalPodAutoscaler measures by moves together with its target.

The autoscaler holds usage ÷ request at its target t (percent), so it adds a pod when each uses
t · R / 100 (the *scale point*), R being the sum of what the measured containers ask. With a smaller
request and the old target it adds pods earlier, their usage falls, the next request follows: the
spiral 1 → 0.8 → 0.64 cores that users report. So both change as a pair that keeps the point:

    t' = 100 · point / R', in whole per cent

Where a whole per cent would move the point by more than 0.9 % (so that five changes in a row stay
within five), the request rises to the next one that does not. Where that is more than a quarter
above what is needed, nothing is proposed but an `averageValue`: the point itself, which no request
moves.

A target above 100 % means that a pod uses more than it asked for before help comes. On a full node
it would not get it, would never reach its scale point, and the autoscaler would never act. So a
request does not fall under the scale point (lean: under two thirds of it; memory: never, because
what is over its request is evicted first).

Source: Kubernetes, "Horizontal Pod Autoscaling: algorithm details" (`replicaCalculator`).

Worked: 500m at 70 % scales at 350m a pod; 300m would be enough, but 350m are needed to get there:
350m at 100 %. Replicas for a load of 2 cores: ceil(2000/350) = 6, before and after.
"""

from dataclasses import replace

from finops.domain.changes import Change, Setting
from finops.domain.cluster_objects import ScaleMetric
from finops.domain.estate import ContainerRole
from finops.rightsizing.modes import Mode
from finops.rightsizing.rules.measure import MEMORY
from finops.rightsizing.rules.proposal import Proposal, RequestCase

MOST_DRIFT = 0.009
MOST_GROWTH = 0.25
MOST_CPU_PERCENT = {Mode.SAFE: 100, Mode.LEAN: 150}
_SETTINGS = {"cpu": Setting.HPA_CPU_TARGET, "memory": Setting.HPA_MEMORY_TARGET}


def keep_reach(case: RequestCase, proposal: Proposal) -> Proposal:
    """Hold the request so high that a pod on a full node still reaches its scale point."""
    metric = measuring(case)
    if metric is None or proposal.request >= case.current:
        return proposal
    most = 100 if case.measure is MEMORY else MOST_CPU_PERCENT[case.mode]
    most = max(most, round(metric.target))
    needed = 100 * _point(case, metric) / most - _others(case, metric)
    least = min(case.current, case.measure.rounded_up(needed))
    if least <= proposal.request:
        return proposal
    return proposal.at_least(least).noting(
        f"{case.written(proposal.request)} would do, but its autoscaler adds pods only when each "
        f"uses {case.written(round(_point(case, metric)))}, which a pod has to get on a full node."
    )


def fit(case: RequestCase, proposal: Proposal) -> Proposal:
    """Raise the request to the next one whose target is exact enough in whole per cent."""
    metric = measuring(case)
    if metric is None or proposal.request == case.current:
        return proposal
    fitted = _fitted(case, metric, proposal.request)
    return replace(proposal, request=fitted, wanted=max(proposal.wanted, fitted))


def pair(case: RequestCase, proposal: Proposal) -> Proposal:
    """Add the target that goes with the final request, or refuse where none keeps the point."""
    metric = measuring(case)
    if metric is None or proposal.request == case.current:
        return proposal
    name = case.workload.autoscaler.name if case.workload.autoscaler else ""
    if len(_shares(case)) > 1:
        return replace(proposal, refusal=_twice(case, name))
    percent = _percent(case, metric, proposal.request)
    if _drift(case, metric, proposal.request, percent) > MOST_DRIFT:
        return replace(proposal, refusal=_too_coarse(case, metric, proposal, name))
    before = round(metric.target)
    if percent == before:
        return proposal
    target = Change(_SETTINGS[case.measure.word], before, percent, name)
    return replace(proposal, target=target).noting(_both(case, metric, target))


def measuring(case: RequestCase) -> ScaleMetric | None:
    """The first metric that is a share of this container's request."""
    return next(iter(_shares(case)), None)


def point(case: RequestCase) -> float:
    """The use of the measured containers of one pod at which pods are added; 0 without any."""
    metric = measuring(case)
    return 0 if metric is None else _point(case, metric)


def least_limit(case: RequestCase, margin: float) -> float:
    """A limit below this would stop the container before its autoscaler adds pods."""
    metric = measuring(case)
    return 0 if metric is None else margin * metric.target / 100 * case.current


def _shares(case: RequestCase) -> tuple[ScaleMetric, ...]:
    autoscaler = case.workload.autoscaler
    return autoscaler.shares_of(case.measure.word, case.container.name) if autoscaler else ()


def _point(case: RequestCase, metric: ScaleMetric) -> float:
    return metric.target / 100 * (_others(case, metric) + case.current)


def _others(case: RequestCase, metric: ScaleMetric) -> int:
    """What the other measured containers ask for; init containers that end do not count."""
    if metric.kind == "ContainerResource":
        return 0
    running = [each for each in case.workload.containers if each.role is not ContainerRole.INIT]
    return sum(
        case.measure.request_of(each) or 0 for each in running if each.name != case.container.name
    )


def _percent(case: RequestCase, metric: ScaleMetric, request: int) -> int:
    return max(1, round(100 * _point(case, metric) / (_others(case, metric) + request)))


def _drift(case: RequestCase, metric: ScaleMetric, request: int, percent: int) -> float:
    """By which share of itself the scale point would move."""
    moved = percent / 100 * (_others(case, metric) + request)
    return abs(moved / _point(case, metric) - 1)


def _fitted(case: RequestCase, metric: ScaleMetric, request: int) -> int:
    """The smallest request from `request` on whose whole per cent is exact; else `request`."""
    percent = _percent(case, metric, request)
    if _drift(case, metric, request, percent) <= MOST_DRIFT:
        return request
    step, others, point = case.measure.step, _others(case, metric), _point(case, metric)
    for lower in range(percent, 0, -1):
        fitted = round((100 * point / lower - others) / step) * step
        if fitted > request * (1 + MOST_GROWTH):
            return request
        if fitted >= request and _drift(case, metric, fitted, lower) <= MOST_DRIFT:
            return fitted
    return request


def _both(case: RequestCase, metric: ScaleMetric, target: Change) -> str:
    point = case.written(round(_point(case, metric)))
    above = (
        " Above 100 %, a pod takes what it lacks from what its node has free."
        if target.number > max(100, target.current_number or 0)
        else ""
    )
    return (
        f"The HorizontalPodAutoscaler {target.holder} measures by this request: its "
        f"{case.measure.noun} target moves from {target.current} % to {target.proposed} % with it, "
        f"so that it still adds pods at {point} each.{above}"
    )


def _twice(case: RequestCase, name: str) -> str:
    return (
        f"The HorizontalPodAutoscaler {name} measures by its {case.measure.noun} request in more "
        "than one metric; change the request and both targets by hand."
    )


def _too_coarse(case: RequestCase, metric: ScaleMetric, proposal: Proposal, name: str) -> str:
    verb = "lower" if proposal.request < case.current else "raise"
    span = f"from {case.written(case.current)} to {case.written(proposal.request)}"
    point = case.written(round(_point(case, metric)))
    return (
        f"The HorizontalPodAutoscaler {name} scales it on {case.measure.noun} at "
        f"{metric.target:g} % of the request, and no whole per cent keeps the point of {point} a "
        f"pod: {verb} the request {span} only together with a target of averageValue {point}."
    )
