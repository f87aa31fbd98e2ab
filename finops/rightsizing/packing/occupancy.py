"""Who stands where right now: free room, topology counts and host ports, with every hard rule.

The rules are kube-scheduler's filters (NodeResourcesFit, NodePorts, InterPodAffinity of a pod's own
kind, PodTopologySpread with DoNotSchedule); those that do not depend on other pods are in
`ClusterModel.may_run`. A spread counts the domains of nodes that stay and may run the pod: placing
in a domain is allowed while `pods there + 1 − fewest in any domain ≤ max skew`.
"""

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
        runs: Flags = model.may_run[number] & self.open
        found: Flags = runs & model.receives
        for port in its.ports:
            found = found & (self._ports[port] == 0)
        for key in its.apart_on:
            domains, counts = model.domains[key], self._counts[its.workload, key]
            found &= np.append(counts == 0, True)[domains]  # -1 reads the appended True
        for key, max_skew in its.spreads:
            found &= self._keeps_spread(its.workload, key, max_skew, runs)
        return found

    def _keeps_spread(self, workload: int, key: int, max_skew: int, runs: Flags) -> Flags:
        domains, counts = self.model.domains[key], self._counts[workload, key]
        eligible = domains[runs]
        eligible = eligible[eligible >= 0]
        if not len(eligible):
            return np.zeros(len(domains), dtype=bool)
        least = counts[eligible].min()
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
        its = self.model.classes[self.model.pod_class[pod]]
        runs = self.model.may_run[self.model.pod_class[pod]] & self.open
        over = 0
        for key, max_skew in its.spreads:
            domains = self.model.domains[key][runs]
            counts = self._counts[its.workload, key][domains[domains >= 0]]
            if len(counts):
                over = max(over, int(counts.max() - counts.min()) - max_skew)
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
