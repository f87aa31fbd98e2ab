"""A cluster as arrays: what pods ask for, what nodes offer, who may run where.

Shapes: N nodes, P pods that can move, C pod classes, R resources. Amounts are whole numbers
(millicores, bytes, counts), so that nothing fits by a rounding error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Amounts = NDArray[np.int64]
Flags = NDArray[np.bool_]

CPU, MEMORY, PODS = 0, 1, 2
RESOURCES = ("cpu", "memory", "pods")
PENDING = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class PodClass:
    """Pods that may run at the same places and count together.

    `workload` numbers the workload whose pods are counted by topology; several classes may share it
    (replicas whose volumes lie in different zones). `apart_on` and `spreads` name topology keys by
    number; a spread adds its `max_skew`. `limits_words` says in words what narrows the choice.
    """

    words: str
    workload: int
    ports: tuple[int, ...] = ()
    apart_on: tuple[int, ...] = ()
    spreads: tuple[tuple[int, int], ...] = ()
    limits_words: str = ""

    @property
    def topologies(self) -> tuple[int, ...]:
        """The topology keys by which its pods must be counted."""
        return tuple(dict.fromkeys((*self.apart_on, *(key for key, _ in self.spreads))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterModel:
    """One cluster, ready to be packed.

    `room` (N, R) is what nodes offer to pods that can move: allocatable without what DaemonSets and
    static pods hold. `requests` (P, R), `home` (P) the node a pod is on or PENDING, `pod_class`
    (P), `priority` (P). `may_run` (C, N) holds every rule that does not depend on where others are;
    `selected` (C, N) only selector and node affinity, by which a spread's domains are counted.
    `domains[k]` (N) numbers the topology domain of each node for key k, -1 without one.
    `receives` (N) is False for cordoned nodes. `blocked[n]` says why node n must stay; `groups` (N)
    numbers the node groups and `most_leaving[g]` how many of one may leave.
    """

    nodes: tuple[str, ...]
    room: Amounts
    pods: tuple[str, ...]
    requests: Amounts
    home: NDArray[np.int64]
    pod_class: NDArray[np.int64]
    classes: tuple[PodClass, ...]
    may_run: Flags
    selected: Flags
    receives: Flags
    groups: NDArray[np.int64]
    most_leaving: NDArray[np.int64]
    blocked: tuple[tuple[str, ...], ...]
    prices: tuple[Decimal | None, ...]
    priority: NDArray[np.int64]
    loses_files: Flags
    domains: tuple[NDArray[np.int64], ...] = ()
    topology_keys: tuple[str, ...] = ()
    resources: tuple[str, ...] = RESOURCES
    notes: tuple[str, ...] = ()

    @property
    def weights(self) -> NDArray[np.float64]:
        """One price for each resource, so that sizes of different resources can be added.

        Demand over supply, divided by supply: what is scarce counts more. Worked: 60 of 100 cores
        and 30 of 100 GiB asked: a core weighs .6/100, a GiB .3/100.
        """
        supply = np.maximum(self.room.sum(axis=0), 1).astype(float)
        demand = self.requests.sum(axis=0) / supply
        weights: NDArray[np.float64] = np.maximum(demand, 1e-3) / supply
        return weights

    def workload_pods(self) -> NDArray[np.int64]:
        """How many pods each workload has, by its number."""
        by_class = np.array([each.workload for each in self.classes], dtype=np.int64)
        if not len(self.pods):
            return np.zeros(1, dtype=np.int64)
        return np.bincount(by_class[self.pod_class])


@dataclass(frozen=True, slots=True)
class Stay:
    """A node that stays although somebody would like it gone, and every sentence why."""

    node: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A pod and the nodes it leaves and reaches."""

    pod: str
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consolidation:
    """A plan in which nodes leave and every pod keeps a place.

    `leaving` are node numbers, `placed` (P) the node of each pod afterwards (PENDING for those that
    waited before and still wait). `stays` names the nodes that cannot leave with every reason.
    """

    model: ClusterModel
    requests: Amounts
    placed: NDArray[np.int64]
    leaving: tuple[int, ...]
    stays: tuple[Stay, ...]

    @property
    def nodes_after(self) -> int:
        """How many nodes remain."""
        return len(self.model.nodes) - len(self.leaving)

    @property
    def leaving_names(self) -> tuple[str, ...]:
        """The nodes that leave, by name."""
        return tuple(self.model.nodes[node] for node in self.leaving)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Pods that wait for room before and after."""
        return tuple(self.model.pods[pod] for pod in np.flatnonzero(self.placed == PENDING))

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every pod that stands elsewhere afterwards."""
        home, placed, nodes = self.model.home, self.placed, self.model.nodes
        moved: Sequence[int] = np.flatnonzero((home != placed) & (home != PENDING)).tolist()
        return tuple(Move(self.model.pods[p], nodes[home[p]], nodes[placed[p]]) for p in moved)

    @property
    def worth(self) -> tuple[Decimal, int]:
        """What to compare plans by: dollars an hour of the nodes that leave, then their number."""
        prices = (self.model.prices[node] or Decimal(0) for node in self.leaving)
        return sum(prices, Decimal(0)), len(self.leaving)
