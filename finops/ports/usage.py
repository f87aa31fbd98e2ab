"""What containers used: read over a window, sampled by ourselves, or by the hour."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from finops.domain.estate import Gap, Workload
from finops.domain.usage import ReplicaHistory, Stability, UsageSummary


@dataclass(frozen=True, slots=True)
class ContainerUsage:
    """CPU in millicores and memory in bytes of one container, None where nothing was found."""

    cpu: UsageSummary | None = None
    memory: UsageSummary | None = None
    stability: Stability | None = None


# (namespace, kind, workload name): a Deployment and a StatefulSet may have one name.
WorkloadKey = tuple[str, str, str]
# (namespace, kind, workload name, container name)
ContainerKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class UsageReading:
    """Usage by container, replicas by workload, and what could not be read."""

    containers: Mapping[ContainerKey, ContainerUsage]
    replicas: Mapping[WorkloadKey, ReplicaHistory] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What one kept usage series is about; `container` is empty for facts of the whole workload.

    `resource` is `cpu`, `memory`, `stability` or `replicas`.
    """

    namespace: str
    kind: str
    workload: str
    container: str
    resource: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a namespace's usage of one resource has been read.

    `until` is the epoch second up to which every sample is in the store; days end at `day_start`
    seconds after midnight UTC.
    """

    namespace: str
    resource: str
    until: int
    day_start: int


class UsageStore(Protocol):
    """Keeps usage summaries between cycles, so that each asks only for what is new."""

    def marks(self, cluster: str, source: str) -> Sequence[Mark]:
        """How far each namespace and resource of that source has been read."""
        ...

    def load(
        self, cluster: str, source: str, *, namespaces: Collection[str]
    ) -> Mapping[SeriesKey, bytes]:
        """The kept series of these namespaces."""
        ...

    def save(
        self,
        cluster: str,
        source: str,
        *,
        series: Mapping[SeriesKey, bytes],
        before: Collection[Mark],
        after: Collection[Mark],
        now: datetime,
    ) -> bool:
        """Keep series and marks in one transaction, or nothing and False.

        An empty series is dropped. False means that the marks are no longer `before`: somebody else
        has read the same stretch meanwhile, and adding ours would count it twice.
        """
        ...


class UsageSource(Protocol):
    """Reads what was used, from Prometheus or a simulation."""

    def read(
        self, workloads: Sequence[Workload], *, now: datetime, window_days: int
    ) -> UsageReading:
        """Usage over the `window_days` before `now`; workloads without any are left out."""
        ...


class HourlyUsage(Protocol):
    """Knows hour by hour what containers asked for and used."""

    def hours(self, workloads: Sequence[Workload], *, day: date) -> Sequence[Sequence[object]]:
        """Rows of `billing/usage_hours.py` for a UTC day that is over."""
        ...


class UsageSampler(Protocol):
    """Collects usage that nobody else keeps; asked on every tick."""

    def sample(self, *, now: datetime) -> Sequence[Gap]:
        """Take a sample when one is due; returns what could not be seen."""
        ...
