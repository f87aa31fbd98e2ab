"""Over-requested CPU: a container asks for more CPU than it needs, and its node keeps it free.

Proposed, in safe mode: `max(10m, 1.05 · widening · q99^0.9 · maximum^0.1)` in millicores, rounded
up as people write it, and at most 75 % lower at once; lean mode takes 1.02 and q98
(`finops.rightsizing.policies`, `modes`). Found when that is a fall
of at least `0.15 / (cores + 0.05)^0.3` and frees at least $1 a month:
`Δcores · $/core-hour · replicas · 730`.

Worked: 3 replicas ask for 500m; in 28 days q99 was 200m and the maximum 400m. 1.05 · 200^0.9 ·
400^0.1 = 225.1, so 230m: a fall of 54 % (18 % is the least) that frees 0.27 · $0.031611 · 3 · 730 =
$18.69 a month.
"""

from dataclasses import dataclass

from finops.detectors.container_requests import OverRequestDetector
from finops.detectors.over_request import RequestRule
from finops.domain.changes import Setting
from finops.domain.opportunity import WasteKind
from finops.rightsizing.confidence import CPU
from finops.rightsizing.modes import CPU_KNOBS, Cadence, Mode
from finops.rightsizing.refresh import least_cpu_fall_shares
from finops.rightsizing.requests import cpu_request_millicores
from finops.rightsizing.rules import measure


def _formula(mode: Mode) -> str:
    knobs = CPU_KNOBS[mode, Cadence.STANDING]
    return (
        f"{knobs.margin:g} · q{knobs.share:.0%}^{1 - knobs.pull:g} · maximum^{knobs.pull:g} · "
        "widening, at least 10m"
    ).replace("%", "")


_RULE = RequestRule(
    kind=WasteKind.OVER_REQUESTED_CPU,
    raise_kind=WasteKind.UNDER_REQUESTED_CPU,
    measure=measure.CPU,
    setting=Setting.CPU_REQUEST,
    limit_setting=Setting.CPU_LIMIT,
    severity=0.15,
    base_rate=CPU,
    formula=_formula,
    steady_use=lambda usage: usage.percentile(0.97),
    propose=cpu_request_millicores,
    least_fall_share=lambda current: float(least_cpu_fall_shares(current)),
    price_of=lambda prices: prices.cpu_usd_per_core_hour,
)


@dataclass(frozen=True, slots=True)
class OverRequestedCPUDetector(OverRequestDetector):
    """Proposes a smaller CPU request for each container that asks for more than it needs.

    Frees room, never cash. What history alone does not know is asked of `finops.rightsizing.rules`:
    a CPU limit falls with the request unless the container was throttled, and one that an
    autoscaler measures by moves together with the autoscaler's target.
    """

    rule = _RULE
