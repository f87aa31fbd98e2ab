"""How many nodes of one kind a set of pods needs, from scratch, beside a bound and first-fit."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from finops.rightsizing.packing.bounds import first_fit, lower_bound
from finops.rightsizing.packing.consolidation import consolidate
from finops.rightsizing.packing.model import Amounts, ClusterModel, PodClass


@dataclass(frozen=True, slots=True)
class NodesNeeded:
    """`nodes` hold all pods; no plan does with fewer than `lower_bound`."""

    nodes: int
    lower_bound: int
    first_fit_decreasing: int
    too_large: int


def nodes_needed(requests: Amounts, room: Amounts) -> NodesNeeded:
    """Pack pods (P, R) on nodes that offer `room` (R) each, DaemonSets already taken off.

    `too_large` counts pods that no such node could hold; they are left out. Worked: six pods of
    2 cores on nodes of 4: 3 nodes.
    """
    fits = (requests <= room).all(axis=1)
    asked = requests[fits]
    rooms = np.tile(np.maximum(room, 0), (max(1, len(asked)), 1))
    home = first_fit(rooms, asked, np.ones((len(asked), len(rooms)), dtype=bool))
    used = int(home.max(initial=-1)) + 1
    plan = consolidate(_model(asked, rooms[:used], home))
    return NodesNeeded(plan.nodes_after, lower_bound(plan.model), used, int((~fits).sum()))


def _model(requests: Amounts, room: Amounts, home: Amounts) -> ClusterModel:
    """Equal nodes and pods without rules, each pod where first-fit put it."""
    nodes, pods = len(room), len(requests)
    return ClusterModel(
        nodes=tuple(f"node {number}" for number in range(nodes)),
        room=room,
        pods=tuple(f"pod {number}" for number in range(pods)),
        requests=requests,
        home=home,
        pod_class=np.zeros(pods, dtype=np.int64),
        classes=(PodClass(words="pods", workload=0),),
        may_run=np.ones((1, nodes), dtype=bool),
        selected=np.ones((1, nodes), dtype=bool),
        receives=np.ones(nodes, dtype=bool),
        groups=np.zeros(nodes, dtype=np.int64),
        most_leaving=np.array([nodes], dtype=np.int64),
        blocked=((),) * nodes,
        prices=(Decimal(1),) * nodes,
        priority=np.zeros(pods, dtype=np.int64),
        loses_files=np.zeros(pods, dtype=bool),
        resources=("cpu", "memory", "pods", *(f"r{n}" for n in range(3, requests.shape[1]))),
    )
