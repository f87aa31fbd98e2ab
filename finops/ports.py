"""Where money meets the outside world: what the engine asks of its adapters.

Every method may raise `TryAgainLater` or `WillNeverWork`; a source that got only part of an answer
returns it together with `Gap`s that say what is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from finops.domain.estate import Gap, Node, NodeGroup, Snapshot, UsageSummary, Volume, Workload
from finops.domain.pull_request import ProposedPullRequest, PullRequest, RepositoryFiles
from finops.domain.verdict import DailyCost


@dataclass(frozen=True, slots=True)
class DesiredState:
    """Workloads as their files declare them, without usage."""

    workloads: tuple[Workload, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class ContainerUsage:
    """CPU in millicores and memory in bytes of one container, None where nothing was found."""

    cpu: UsageSummary | None = None
    memory: UsageSummary | None = None


# (namespace, workload name, container name)
ContainerKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class UsageReading:
    """Usage by container, and what could not be read."""

    containers: Mapping[ContainerKey, ContainerUsage]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """Machines and disks with their prices, and what could not be read."""

    nodes: tuple[Node, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    volumes: tuple[Volume, ...] = ()
    gaps: tuple[Gap, ...] = ()


class DesiredStateSource(Protocol):
    """Reads what is declared: a git repository, later the Kubernetes API."""

    def read(self) -> DesiredState:
        """All workloads that could be read, and a gap for each that could not."""
        ...


class UsageSource(Protocol):
    """Reads what was used, from Prometheus or a simulation."""

    def read(
        self, workloads: Sequence[Workload], *, now: datetime, window_days: int
    ) -> UsageReading:
        """Usage over the `window_days` before `now`; workloads without any are left out."""
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

    def refresh_pull_request(self, number: int, proposed: ProposedPullRequest) -> PullRequest:
        """Lay an open pull request's change on the newest main branch, if its files moved on.

        Nothing happens when they did not, or when it is no longer open. Raises `Refused` when a
        person has worked on the branch, which is then left alone.
        """
        ...
