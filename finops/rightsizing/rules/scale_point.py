"""A request that a HorizontalPodAutoscaler measures by falls only together with its target.

The autoscaler holds usage ÷ request at its target t (percent), so it adds a pod when each uses
t · R / 100 (the *scale point*), R being the sum of what the measured containers ask. With a smaller
request and the old target it adds pods earlier, their usage falls, the next request follows: the
spiral 1 → 0.8 → 0.64 cores that users report. So both change as a pair that keeps the point:

    t' = floor(100 · point / R')     then R' = 100 · point / t', never below what is needed

Percent are whole numbers, and may be above 100. A pair whose point would move by more than 0.9 %,
or whose request would grow by more than 5 % to meet it, is given as an `averageValue` instead: the
point itself, which no later request moves. 0.9 %, so that five changes in a row stay within five.

Source: Kubernetes, "Horizontal Pod Autoscaling: algorithm details" (`replicaCalculator`).

Worked: 500m at 70 % scales at 350m a pod; 300m is enough: t' = floor(116.7) = 116, and R' =
35000/116 = 302m: 302 · 1.16 = 350.3m. Replicas for a load of 2 cores: ceil(2000/350) = 6, before
and after.
"""

from dataclasses import dataclass

from finops.domain.cluster_objects import ScaleMetric
from finops.domain.estate import ContainerRole
from finops.rightsizing.rules.proposal import Proposal, RequestCase

MOST_DRIFT = 0.009
MOST_GROWTH = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class HpaPair:
    """A container's new request and its autoscaler's new target, which keep the scale point.

    `request` and `scale_point` are millicores or bytes; `scale_point` is the use of one pod at
    which pods are added. `target_percent` is None where only `average_value`, the scale point as an
    absolute figure, is exact enough. `drift` is by which share of itself the point moves.
    """

    autoscaler: str
    request: int
    old_percent: float
    scale_point: int
    target_percent: int | None
    drift: float

    @property
    def average_value(self) -> int | None:
        """The absolute target in place of a share; None where the share will do."""
        return self.scale_point if self.target_percent is None else None


def hpa_pair(case: RequestCase, request: int) -> HpaPair | None:
    """The pair for a request of one container; None where no metric is a share of that request."""
    autoscaler = case.workload.autoscaler
    metric = _measuring(case)
    if autoscaler is None or metric is None:
        return None
    others = _asked(case, metric) - case.current
    point = metric.target / 100 * (others + case.current)
    percent = int(100 * point / (others + request) + 1e-9)
    step = case.measure.step
    fitted = round((100 * point / percent - others) / step) * step if percent else request
    drift = abs(percent * (others + fitted) / 100 / point - 1)
    is_exact = percent > 0 and drift <= MOST_DRIFT and fitted <= request * (1 + MOST_GROWTH)
    return HpaPair(
        autoscaler=autoscaler.name,
        request=fitted if is_exact else request,
        old_percent=metric.target,
        scale_point=round(point),
        target_percent=percent if is_exact else None,
        drift=drift if is_exact else abs(round(point) / point - 1),
    )


def sentence(case: RequestCase, proposal: Proposal) -> str:
    """Why the request does not move alone, with the pair that would do; else an empty text."""
    pair = hpa_pair(case, proposal.request)
    if pair is None:
        return ""
    target = f"the target to {pair.target_percent} %"
    if pair.average_value is not None:
        target = f"the target to an averageValue of {case.written(pair.average_value)}"
    verb = "lower" if pair.request < case.current else "raise"
    span = f"from {case.written(case.current)} to {case.written(pair.request)}"
    return (
        f"The HorizontalPodAutoscaler {pair.autoscaler} scales it on {case.measure.noun} at "
        f"{pair.old_percent:g} % of the request: {verb} the request {span} only together with "
        f"{target}, so that it still adds pods at {case.written(pair.scale_point)} each. Pull "
        "requests cannot change both yet."
    )


def _measuring(case: RequestCase) -> ScaleMetric | None:
    """The first metric that is a share of this container's request."""
    metrics = case.workload.autoscaler.metrics if case.workload.autoscaler else ()
    for metric in metrics:
        counts = metric.kind == "Resource" or metric.container == case.container.name
        if metric.is_share_of(case.measure.word) and metric.target > 0 and counts:
            return metric
    return None


def _asked(case: RequestCase, metric: ScaleMetric) -> int:
    """What the measured containers ask for together; init containers that end do not count."""
    if metric.kind == "ContainerResource":
        return case.current
    running = [each for each in case.workload.containers if each.role is not ContainerRole.INIT]
    return sum(case.measure.request_of(each) or 0 for each in running)
