"""Where money meets the outside world: what the engine asks of its adapters.

Every method may raise `TryAgainLater` or `WillNeverWork`; a source that got only part of an answer
returns it together with `Gap`s that say what is missing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from finops.domain.billed_rates import BillRates
from finops.domain.checks import Check
from finops.domain.cloud import CloudResource
from finops.domain.cluster_objects import Claim, NamespacePolicy, Pod, Service
from finops.domain.costs import AllocatedCost, BillDay, ContainerDay
from finops.domain.estate import Gap, Node, NodeGroup, Snapshot, Volume, Workload
from finops.domain.manners import RebaseWhen
from finops.domain.pull_request import (
    FileChange,
    ProposedPullRequest,
    PullRequest,
    RepositoryFiles,
)
from finops.domain.usage import ReplicaHistory, Stability, UsageSummary
from finops.domain.verdict import DailyCost


@dataclass(frozen=True, slots=True)
class DesiredState:
    """Workloads as their files declare them, without usage."""

    workloads: tuple[Workload, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterState:
    """Everything that a Kubernetes API server said of one cluster, without usage and prices."""

    workloads: tuple[Workload, ...] = ()
    pods: tuple[Pod, ...] = ()
    nodes: tuple[Node, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    claims: tuple[Claim, ...] = ()
    services: tuple[Service, ...] = ()
    namespaces: tuple[NamespacePolicy, ...] = ()
    server_version: str = ""
    gaps: tuple[Gap, ...] = ()


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
class Inventory:
    """Machines and disks with their prices, and what could not be read."""

    nodes: tuple[Node, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    volumes: tuple[Volume, ...] = ()
    cloud_resources: tuple[CloudResource, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Progress(Protocol):
    """Told how far a reading is; called from the thread that reads, so it must be quick."""

    def step(self, what: str, done: int, total: int) -> None:
        """`done` of `total` parts of `what` (`asking Prometheus`) are there; 0 of 0: not known."""
        ...


class Unheard:
    """Progress that nobody looks at."""

    def step(self, what: str, done: int, total: int) -> None:
        """Nothing happens."""


UNHEARD = Unheard()


class DesiredStateSource(Protocol):
    """Reads what is declared in a git repository."""

    def read(self) -> DesiredState:
        """All workloads that could be read, and a gap for each that could not."""
        ...


class ClusterStateSource(Protocol):
    """Reads what runs: the Kubernetes API of one cluster."""

    def read(self, *, now: datetime) -> ClusterState:
        """Everything that could be listed, and a gap that hides what could not.

        Raises TryAgainLater or WillNeverWork when the server could not be asked at all.
        """
        ...


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


class Checked(Protocol):
    """An adapter that `finops doctor` can ask how it stands."""

    def check(self) -> Sequence[Check]:
        """Try each thing it needs, one check each; never raises for what the outside does."""
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


class InventorySource(Protocol):
    """Reads machines and disks, from AWS or a simulation."""

    def read(self, *, now: datetime) -> Inventory:
        """Everything that stands there now; what was refused is a gap."""
        ...


class SnapshotSource(Protocol):
    """Reads one cluster whole."""

    def snapshot(self, *, now: datetime) -> Snapshot:
        """The cluster as it is now; raises when its desired state cannot be read at all."""
        ...


class BillSource(Protocol):
    """Reads what was paid, by day and resource."""

    def daily_costs(self, *, start: date, end: date) -> Iterable[DailyCost]:
        """Rows with `start <= day < end`, only days whose figures are final."""
        ...


class DailyMetric(Protocol):
    """Counts something by day, from PromQL or a simulation: requests, orders, messages."""

    def daily(self, query: str, *, start: date, end: date) -> Mapping[date, Decimal]:
        """The count of each UTC day with `start <= day < end`; days without samples are left out.

        `query` gives the count of the day that ends where it is evaluated:
        `sum(increase(http_requests_total[1d]))`.
        """
        ...


class BillReading(Protocol):
    """A bill that has been read and placed whole; its rows are fetched while it is open."""

    @property
    def days(self) -> Sequence[BillDay]:
        """The bill's own totals, oldest first."""
        ...

    def rows(self, day: date) -> Iterable[AllocatedCost]:
        """Where the lines of one day landed; they add up to its totals."""
        ...

    def judged(self) -> Iterable[DailyCost]:
        """What verification judges: containers by their share, node groups and volumes."""
        ...

    def rates(self) -> BillRates:
        """What machines and resources cost on its newest days, with the evidence."""
        ...


class AllocatingBill(Protocol):
    """Reads a bill and places each of its lines."""

    @property
    def name(self) -> str:
        """What its days are kept under."""
        ...

    @property
    def history_months(self) -> int:
        """How far back it is read once; 0 for no further than it may still change."""
        ...

    def pieces(self, *, start: date, end: date) -> Sequence[tuple[date, date]]:
        """How the days with `start <= day < end` are best read, the newest first."""
        ...

    def read(
        self, *, start: date, end: date, usage: Sequence[ContainerDay], today: date
    ) -> AbstractContextManager[BillReading]:
        """Everything with `start <= day < end`, split by that usage.

        Raises InvalidInput, with the place and the lines, for a bill that cannot be read or does
        not add up; then nothing of it may be kept. NoBill, where it has none of those days at all.
        """
        ...


class CodeHost(Protocol):
    """Where the real source files are and pull requests are opened."""

    @property
    def name(self) -> str:
        """How people call this repository: `acme/platform`."""
        ...

    def newest_commit(self) -> str:
        """The id of the newest commit of the main branch; one cheap question."""
        ...

    def read_files(self) -> RepositoryFiles:
        """The repository's text files at the newest commit of its main branch."""
        ...

    def find_pull_request(self, branch: str) -> PullRequest | None:
        """The newest pull request from that branch in any state, or None."""
        ...

    def open_pull_request(self, proposed: ProposedPullRequest) -> PullRequest:
        """Open it, or return the open one that is already there for the branch.

        Recognises its own half-done work: an existing branch with the same bytes is used, and an
        answer lost after the pull request was made does not make a second one. Raises
        `TryAgainLater` for a moved base file so that the caller plans again.
        """
        ...

    def pull_request(self, number: int) -> PullRequest:
        """The pull request as it is now."""
        ...

    def refresh_pull_request(
        self, number: int, proposed: ProposedPullRequest, *, when: RebaseWhen
    ) -> PullRequest:
        """Lay an open pull request's change on the newest main branch, if that is due.

        Nothing happens when it is not, or when it is no longer open. Raises `Refused` when a
        person has worked on the branch, which is then left alone.
        """
        ...

    def update_pull_request(
        self, number: int, proposed: ProposedPullRequest, *, told: str
    ) -> PullRequest:
        """Put another revision in the place of an open one: branch, title and body.

        Only an own commit is replaced, and only if nobody pushed meanwhile; `told` is said as a
        comment where a person took part in it. Raises `Refused` when a person has worked on the
        branch.
        """
        ...

    def comment(self, number: int, words: str, *, key: str) -> None:
        """Say something under a pull request, once for each key."""
        ...

    def hold_pull_request(self, number: int, words: str, *, key: str) -> None:
        """Say why it should not be merged now, and make it a draft where the host has drafts."""
        ...

    def close_pull_request(self, number: int, words: str, *, key: str, at: datetime) -> PullRequest:
        """Close without a merge, with a word; closing twice is one close."""
        ...

    def merged_files(self, number: int) -> tuple[FileChange, ...]:
        """What a merged pull request changed, whole files before and after.

        Raises `Refused` when it is not merged, or added, removed or renamed files.
        """
        ...

    def merge_when_green(self, number: int) -> None:
        """Have the host merge it once every required check has passed; safe to repeat.

        Raises `Refused` where nothing would have to pass.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ticked:
    """A checkbox of a dashboard that somebody with write permission has ticked."""

    action: str
    opportunity: str
    by: str


@runtime_checkable
class HasDashboard(Protocol):
    """A code host with an issue that shows what finops-bot does in that repository."""

    def read_dashboard(self, number: int) -> tuple[Ticked, ...]:
        """What was ticked since it was written, by people who may write to the repository.

        Nothing when the host does not say who it was.
        """
        ...

    def publish_dashboard(self, number: int, body: str) -> int:
        """Write it in place, or make it (`number` 0: looked for first); gives its number.

        One that a person has closed stays closed and is not written to.
        """
        ...
