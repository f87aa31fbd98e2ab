"""What a rule looks at, and what it hands on."""

from dataclasses import dataclass, replace

from finops.domain.changes import Change
from finops.domain.cluster_objects import NamespacePolicy
from finops.domain.estate import Container, UsageSummary, Workload
from finops.rightsizing.modes import Mode
from finops.rightsizing.rules.measure import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCase:
    """One container and one of its requests, with all that rules ask about.

    `current` is the request now, `percentile` what history alone asks for; both in the measure's
    unit. `policy` is None where the namespace has none or nobody could read it.
    """

    measure: Measure
    workload: Workload
    container: Container
    usage: UsageSummary
    current: int
    percentile: int
    policy: NamespacePolicy | None = None
    mode: Mode = Mode.SAFE
    scales_heap: bool = False

    @property
    def limit(self) -> int | None:
        """The limit now; None when none is set."""
        return self.measure.limit_of(self.container)

    def written(self, value: int) -> str:
        """`250m`, `512Mi`."""
        return self.measure.written(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the request and the limit should become, so far.

    `wanted` is the request without being held to one step. `limit` is None when none is set: rules
    never add one. `limit_stays` says why the limit must not fall, empty when it may. `target` is
    the autoscaler's that has to move with the request, `heap` the `-Xmx` that does. `notes` are
    whole sentences for people, one for each rule that moved something. A `refusal` ends it: the
    reason why nothing should be changed.
    """

    request: int
    wanted: int
    limit: int | None = None
    limit_stays: str = ""
    target: Change | None = None
    heap: Change | None = None
    notes: tuple[str, ...] = ()
    refusal: str = ""

    def noting(self, sentence: str) -> "Proposal":
        """The same with one more sentence."""
        return replace(self, notes=(*self.notes, sentence))

    def at_least(self, request: int) -> "Proposal":
        """The same with a request, wanted too, of at least that."""
        return replace(self, request=max(self.request, request), wanted=max(self.wanted, request))
