"""Who stands where right now: free room, topology counts and host ports, with every hard rule.

The rules are kube-scheduler's filters (NodeResourcesFit, NodePorts, InterPodAffinity of a pod's own
kind, PodTopologySpread with DoNotSchedule); those that do not depend on other pods are in
`ClusterModel.may_run`. Placing in a domain is allowed while `pods there + 1 − fewest in any domain`
is at most the max skew. A spread counts the domains of all nodes that stay and that selector and
node affinity allow, tainted and cordoned ones too (nodeTaintsPolicy is Ignore by default): where
pods may not go to a zone that exists, the others must not outgrow it.
"""

from copy import copy

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.packing.model import PENDING, Amounts, ClusterModel, Flags

CountKey = tuple[int, int]


class Occupancy:
    """A changing assignment of pods to nodes; starts with every pod at home."""

    def __init__(self, model: ClusterModel, requests: Amounts, headroom: float = 0.0) -> None:
        """`headroom` is the share (0-1) of CPU and memory that a receiving node keeps free."""
        self.model = model
        self.requests = requests
        self.placed = model.home.copy()
        self.open: Flags = np.ones(len(model.nodes), dtype=bool)
        # Columns lie together in memory: `fits` reads one resource after the other.
        self.free: Amounts = np.asfortranarray(_room_to_fill(model, headroom))
        self._counts: dict[CountKey, NDArray[np.int64]] = {}
        self._ports: dict[int, NDArray[np.int64]] = {}
        self._limited: list[bool] = [bool(c.topologies or c.ports) for c in model.classes]
        self._prepare()

    def _prepare(self) -> None:
        model = self.model
        for each in model.classes:
            for key in each.topologies:
                size = int(model.domains[key].max(initial=-1)) + 1
                self._counts.setdefault((each.workload, key), np.zeros(size, dtype=np.int64))
            for port in each.ports:
                self._ports.setdefault(port, np.zeros(len(model.nodes), dtype=np.int64))
        at_home = np.flatnonzero(self.placed != PENDING)
        np.subtract.at(self.free, self.placed[at_home], self.requests[at_home])
        for pod in at_home.tolist():
            self._count(pod, int(self.placed[pod]), 1)

    def is_limited(self, pod: int) -> bool:
        """Whether where it may stand depends on where others stand."""
        return self._limited[int(self.model.pod_class[pod])]

    def put(self, pod: int, node: int) -> None:
        """Stand it on that node, which must be allowed."""
        self.free[node] -= self.requests[pod]
        self.placed[pod] = node
        self._count(pod, node, 1)

    def lift(self, pod: int) -> None:
        """Take it off its node; it waits then."""
        node = int(self.placed[pod])
        self.free[node] += self.requests[pod]
        self.placed[pod] = PENDING
        self._count(pod, node, -1)

    def lift_all(self, pods: NDArray[np.int64]) -> None:
        """Take all of them off their nodes."""
        np.add.at(self.free, self.placed[pods], self.requests[pods])
        limited = np.array(self._limited, dtype=bool)[self.model.pod_class[pods]]
        for pod in pods[limited].tolist():
            self._count(pod, int(self.placed[pod]), -1)
        self.placed[pods] = PENDING

    def copy(self) -> "Occupancy":
        """The same assignment, to be changed by itself."""
        other = copy(self)
        other.placed, other.open = self.placed.copy(), self.open.copy()
        other.free = self.free.copy(order="F")
        other._counts = {key: counts.copy() for key, counts in self._counts.items()}
        other._ports = {port: counts.copy() for port, counts in self._ports.items()}
        return other

    def _count(self, pod: int, node: int, change: int) -> None:
        if not self.is_limited(pod):
            return
        its = self.model.classes[self.model.pod_class[pod]]
        for key in its.topologies:
            domain = self.model.domains[key][node]
            if domain >= 0:
                self._counts[its.workload, key][domain] += change
        for port in its.ports:
            self._ports[port][node] += change

    def allowed(self, pod: int) -> Flags:
        """Nodes that stay, may run it and break no rule, whatever room they have (N)."""
        model, number = self.model, self.model.pod_class[pod]
        its = model.classes[number]
        found: Flags = model.may_run[number] & self.open & model.receives
        for port in its.ports:
            found = found & (self._ports[port] == 0)
        for key in its.apart_on:
            domains, counts = model.domains[key], self._counts[its.workload, key]
            found &= np.append(counts == 0, True)[domains]  # -1 reads the appended True
        for key, max_skew in its.spreads:
            found &= self._keeps_spread(int(number), key, max_skew)
        return found

    def _counted(self, number: int, key: int) -> NDArray[np.int64]:
        """Pods of the class's workload in each domain that counts."""
        domains = self.model.domains[key][self.model.selected[number] & self.open]
        its = self.model.classes[number]
        counted: NDArray[np.int64] = self._counts[its.workload, key][domains[domains >= 0]]
        return counted

    def _keeps_spread(self, number: int, key: int, max_skew: int) -> Flags:
        domains, counted = self.model.domains[key], self._counted(number, key)
        if not len(counted):
            return np.zeros(len(domains), dtype=bool)
        counts, least = self._counts[self.model.classes[number].workload, key], counted.min()
        keeps: Flags = np.append(counts + 1 - least <= max_skew, False)[domains]
        return keeps

    def fits(self, size: Amounts) -> Flags:
        """Nodes that have the room (N)."""
        found: Flags = self.free[:, 0] >= size[0]
        for resource in range(1, len(size)):
            found &= self.free[:, resource] >= size[resource]
        return found

    def skew(self, pod: int) -> int:
        """The widest overrun of its workload's spreads now: 0 when all are kept."""
        number, over = int(self.model.pod_class[pod]), 0
        for key, max_skew in self.model.classes[number].spreads:
            counted = self._counted(number, key)
            if len(counted):
                over = max(over, int(counted.max() - counted.min()) - max_skew)
        return over


def _room_to_fill(model: ClusterModel, headroom: float) -> Amounts:
    """Room without the share to keep; slots for pods are all usable."""
    if not headroom:
        return model.room.copy()
    room: Amounts = np.floor(model.room * (1 - headroom)).astype(np.int64)
    for number, resource in enumerate(model.resources):
        if resource == "pods":
            room[:, number] = model.room[:, number]
    return room
