"""What there is, declared and running; whole snapshots of it; and who hears how far it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from finops.domain.checks import Check
from finops.domain.cloud import CloudResource
from finops.domain.cluster_objects import Claim, NamespacePolicy, Pod, Service
from finops.domain.estate import Gap, Node, NodeGroup, Snapshot, Volume, Workload


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


class Checked(Protocol):
    """An adapter that `finops doctor` can ask how it stands."""

    def check(self) -> Sequence[Check]:
        """Try each thing it needs, one check each; never raises for what the outside does."""
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
