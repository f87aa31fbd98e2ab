"""Makes one plan: closes nodes together, opens what cannot be emptied, then tries the rest."""

from dataclasses import replace

import numpy as np

from finops.rightsizing.packing.model import PENDING, Amounts, ClusterModel, Stay
from finops.rightsizing.packing.occupancy import Occupancy
from finops.rightsizing.packing.packer import Packer
from finops.rightsizing.packing.rankings import Order, relative_prices
from finops.rightsizing.packing.reasons import no_place_sentence


class Search:
    """Makes plans for one set of requests.

    Pods that wait get their place first, on the nodes as they are; from then on they stand there.
    What finds no place while every node is there waits before and after, and decides nothing.
    """

    def __init__(self, model: ClusterModel, requests: Amounts, headroom: float) -> None:
        """`headroom` as in `Occupancy`."""
        self.requests, self.headroom = requests, headroom
        self.packer = Packer(model, requests)
        occupancy = Occupancy(model, requests, headroom)
        self.packer.place(occupancy, np.flatnonzero(model.home == PENDING), lambda _: False)
        self.model = replace(model, home=occupancy.placed)
        self.pods_by_node = _by_node(self.model)
        self.load = (occupancy.model.room - occupancy.free) @ self.packer.weights

    def plan(self, order: Order, slack: float) -> tuple[Occupancy, tuple[Stay, ...]]:
        """Nodes last in `order` leave first; the first that offer what is asked are kept.

        `slack` is the share by which the kept nodes offer more than is asked.
        """
        occupancy = Occupancy(self.model, self.requests, self.headroom)
        self._close(occupancy, self._closing(order, slack))
        return occupancy, self._drain_one_by_one(occupancy)

    def _closing(self, order: Order, slack: float) -> list[int]:
        """What may leave beyond the nodes that offer what is asked, last of the ranking first."""
        offers = np.maximum(self.model.room, 0) * self.model.receives[:, None]
        placed = self.requests[self.model.home != PENDING]
        asked = placed.sum(axis=0) * (1 + slack) / (1 - self.headroom)
        enough = (np.cumsum(offers[order], axis=0) >= asked).all(axis=1)
        keep = int(enough.argmax()) + 1 if enough.any() else len(order)
        left, closing = self.model.most_leaving.copy(), []
        for node in order[keep:][::-1].tolist():
            group = self.model.groups[node]
            if not self.model.blocked[node] and left[group] > 0:
                left[group] -= 1
                closing.append(node)
        return closing

    def _close(self, occupancy: Occupancy, closing: list[int]) -> None:
        """Close them together and find places; open again what cannot be emptied."""
        occupancy.open[closing] = False
        waiting = [pod for node in closing for pod in self.pods_by_node[node]]
        for pod in waiting:
            occupancy.lift(pod)
        again: list[int] = []

        def reopen(pod: int) -> bool:
            again.extend(self._return_home(occupancy, int(self.model.home[pod])))
            return True

        while waiting:
            self.packer.place(occupancy, np.array(waiting, dtype=np.int64), reopen)
            waiting = [pod for pod in again if occupancy.placed[pod] == PENDING]
            again.clear()

    def _return_home(self, occupancy: Occupancy, node: int) -> list[int]:
        """Open the node with all its pods on it; returns pods lifted elsewhere because of them.

        Where a workload is counted by topology, its pods that moved meanwhile must look again. So
        must those of a spread over the node's domain, which counts again with nothing in it.
        """
        occupancy.open[node] = True
        returned = set()
        for pod in self.pods_by_node[node]:
            if occupancy.placed[pod] != PENDING:
                occupancy.lift(pod)
            occupancy.put(pod, node)
            its = self.model.classes[self.model.pod_class[pod]]
            if its.topologies:
                returned.add(its.workload)
        return self._lift_moved(occupancy, returned)

    def _lift_moved(self, occupancy: Occupancy, workloads: set[int]) -> list[int]:
        """Lift what moved of these workloads, and of those whose spread is broken now."""
        placed, home = occupancy.placed, self.model.home
        moved = np.flatnonzero((placed != home) & (placed != PENDING))
        classes, number = self.model.classes, self.model.pod_class
        again = {
            each
            for each, pod in zip(*np.unique(number[moved], return_index=True), strict=True)
            if classes[each].workload in workloads or occupancy.skew(int(moved[pod])) > 0
        }
        found = [pod for pod in moved.tolist() if number[pod] in again]
        for pod in found:
            occupancy.lift(pod)
        return found

    def _drain_one_by_one(self, occupancy: Occupancy) -> tuple[Stay, ...]:
        """Try each open node by itself, emptiest first; returns those that stay and why."""
        model, stays = self.model, []
        leaving = np.bincount(model.groups[~occupancy.open], minlength=len(model.most_leaving))
        load = (model.room - occupancy.free) @ self.packer.weights
        for node in np.argsort(load / relative_prices(model), kind="stable").tolist():
            if not occupancy.open[node]:
                continue
            group = model.groups[node]
            reasons = model.blocked[node]
            if not reasons and leaving[group] >= model.most_leaving[group]:
                reasons = ("its group may not become smaller",)
            reasons = reasons or self._drain(occupancy, node)
            if reasons:
                stays.append(Stay(model.nodes[node], reasons))
            else:
                leaving[group] += 1
        return tuple(stays)

    def _drain(self, occupancy: Occupancy, node: int) -> tuple[str, ...]:
        """Empty and close the node; when that fails, all is as before and the reason returned."""
        pods = np.flatnonzero(occupancy.placed == node)
        limited = [pod for pod in pods.tolist() if occupancy.is_limited(pod)]
        skews = {pod: max(0, occupancy.skew(pod)) for pod in limited}
        for pod in pods.tolist():
            occupancy.lift(pod)
        occupancy.open[node] = False
        failing = self.packer.place_all(occupancy, pods)
        broken = (pod for pod, before in skews.items() if occupancy.skew(pod) > before)
        if failing is None and (failing := next(broken, None)) is None:
            return ()
        reason = no_place_sentence(occupancy, failing)
        occupancy.open[node] = True
        for pod in pods.tolist():
            if occupancy.placed[pod] != PENDING:
                occupancy.lift(pod)
            occupancy.put(pod, node)
        return (reason,)


def _by_node(model: ClusterModel) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in model.nodes]
    for pod, node in enumerate(model.home.tolist()):
        if node != PENDING:
            found[node].append(pod)
    return found
