"""Over-requested memory: a container asks for more memory than it ever held.

Proposed, in safe mode: `max(16Mi, widening · maximum · max(1.1, 1.2 · (1Gi / maximum)^0.1))`,
rounded up to whole MiB, and at most 75 % lower at once; lean mode takes 1.05 and 1.1
(`finops.rightsizing.policies`, `modes`). Found when that is a fall of at least
`0.15 / (GiB + 0.1)^0.3` and frees at least $1 a month: `ΔGiB · $/GiB-hour · replicas · 730`.

Worked: 3 replicas ask for 1Gi and held 400Mi at most in 28 days: 400 · 1.2 · 2.56^0.1 = 528Mi, a
fall of 48 % (15 % is the least) that frees 496/1024 · $0.004237 · 3 · 730 = $4.49 a month.
"""

from dataclasses import dataclass

from finops.detectors.container_requests import OverRequestDetector
from finops.detectors.over_request import RequestRule
from finops.domain.changes import Setting
from finops.domain.opportunity import WasteKind
from finops.rightsizing.confidence import MEMORY
from finops.rightsizing.modes import MEMORY_KNOBS, MemorySignal, Mode
from finops.rightsizing.refresh import least_memory_fall_shares
from finops.rightsizing.requests import memory_request_bytes
from finops.rightsizing.rules import measure


def _formula(mode: Mode) -> str:
    knobs = MEMORY_KNOBS[mode, MemorySignal.WORKING_SET]
    return (
        f"maximum · max({knobs.least:g}, {knobs.margin:g} · (1Gi / maximum)^{knobs.shrink:g}) · "
        "widening, at least 16Mi"
    )


_RULE = RequestRule(
    kind=WasteKind.OVER_REQUESTED_MEMORY,
    raise_kind=WasteKind.UNDER_REQUESTED_MEMORY,
    measure=measure.MEMORY,
    setting=Setting.MEMORY_REQUEST,
    limit_setting=Setting.MEMORY_LIMIT,
    severity=0.30,
    base_rate=MEMORY,
    formula=_formula,
    steady_use=lambda usage: usage.maximum,
    propose=memory_request_bytes,
    least_fall_share=lambda current: float(least_memory_fall_shares(current)),
    price_of=lambda prices: prices.memory_usd_per_gib_hour,
)


@dataclass(frozen=True, slots=True)
class OverRequestedMemoryDetector(OverRequestDetector):
    """Proposes a smaller memory request for each container that asks for more than it ever held.

    Frees room, never cash. What history alone does not know is asked of `finops.rightsizing.rules`:
    kills for want of memory and named heaps raise it, and the limit falls in its ratio to it, but
    never under 1.5 times the highest use, because a limit under the next peak kills.
    """

    rule = _RULE
