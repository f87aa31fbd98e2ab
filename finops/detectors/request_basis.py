"""What a proposed request was judged by, with the bounds within which a person may set another.

The lowest value is hard: a rule's own figure where a rule has raised the proposal (kills, a named
heap, the Guaranteed class, a LimitRange, a step of 75 % at once), else the steady use that a
request must cover (the 97 % quantile of CPU, the maximum of memory). The highest one still saves
something, or, for a raise, is twice the proposal unless a quota or LimitRange has held it down.

Worked: 500m asked, q97 180m, 230m proposed by history alone: 180m to 499m.
"""

from decimal import Decimal

from finops.detectors.over_request import OverRequest
from finops.domain.basis import RequestBasis
from finops.domain.money import HOURS_PER_MONTH
from finops.rightsizing.rules.pod_room import effective_request
from finops.rightsizing.rules.running_time import pods_held

# More than any container asks for: with it, an init container's request no longer matters.
_HUGE = 2**62


def basis_of(found: OverRequest, opening: str) -> RequestBasis:
    """The basis of one container's request; `opening` is the first half of its summary."""
    case, rule = found.case, found.rule
    pods = Decimal(str(pods_held(case.workload, case.usage)))

    def effective(request: int) -> int:
        changed = {**found.changed_before, case.container.name: request}
        return effective_request(case.workload.containers, case.measure, changed)

    return RequestBasis(
        usage=case.usage,
        usd_per_unit=rule.price_of(found.prices) * pods * HOURS_PER_MONTH,
        beside=effective(_HUGE) - _HUGE,
        least_effective=effective(0),
        least=_least(found),
        most=_most(found),
        opening=opening,
    )


def _least(found: OverRequest) -> int:
    case, proposed = found.case, found.proposal.request
    steady = case.measure.rounded_up(max(found.rule.steady_use(case.usage), case.measure.step))
    if found.rises:
        return min(proposed, max(case.current + case.measure.step, steady))
    if proposed > case.percentile:
        return proposed
    return min(proposed, steady)


def _most(found: OverRequest) -> int:
    case, proposal = found.case, found.proposal
    if not found.rises:
        return case.current - case.measure.step
    return proposal.request if proposal.request < proposal.wanted else 2 * proposal.request
