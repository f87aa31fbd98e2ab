"""How much a plan disturbs: what moves, and how full the nodes that stay become."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.packing.model import PENDING, ClusterModel, Consolidation


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRisk:
    """How much a plan disturbs.

    `moved_share` of the pods that can move (0-1); `singletons` moved pods that are the only one of
    their workload, so that it is away while it moves; `losing_files` moved pods whose local files
    are lost; `fill` of each resource on the nodes that stay, `fullest` the fullest of them.
    """

    moved: int
    moved_share: float
    singletons: int
    losing_files: int
    fill: dict[str, float] = field(default_factory=dict)
    fullest: float = 0.0

    @property
    def score(self) -> float:
        """0-1: half for what moves, a quarter for singletons in it, a quarter for fill over 80 %.

        Worked: 30 % of the pods move, one in ten of them a singleton, the fullest node at 90 %:
        .5 · .3 + .25 · .1 + .25 · (.9 − .8)/.2 = .30.
        """
        alone = self.singletons / self.moved if self.moved else 0.0
        full = min(1.0, max(0.0, (self.fullest - 0.8) / 0.2)) if self.moved else 0.0
        return round(min(1.0, 0.5 * self.moved_share + 0.25 * alone + 0.25 * full), 3)


def risk_of(plan: Consolidation) -> MoveRisk:
    """What the plan moves and how full it leaves the nodes that stay."""
    model, requests, placed = plan.model, plan.requests, plan.placed
    moved = np.flatnonzero((model.home != placed) & (model.home != PENDING))
    stays = np.ones(len(model.nodes), dtype=bool)
    stays[list(plan.leaving)] = False
    used = np.zeros_like(model.room)
    at_place = np.flatnonzero(placed != PENDING)
    np.add.at(used, placed[at_place], requests[at_place])
    room = np.maximum(model.room[stays], 0)
    fills = np.divide(used[stays], room, out=np.zeros(room.shape), where=room > 0)
    total = np.maximum(room.sum(axis=0), 1)
    return MoveRisk(
        moved=len(moved),
        moved_share=len(moved) / max(1, int((model.home != PENDING).sum())),
        singletons=_singletons(model, moved),
        losing_files=int(model.loses_files[moved].sum()),
        fill={
            resource: round(float(share), 4)
            for resource, share in zip(
                model.resources, used[stays].sum(axis=0) / total, strict=True
            )
        },
        fullest=float(fills.max(initial=0.0)),
    )


def _singletons(model: ClusterModel, moved: NDArray[np.int64]) -> int:
    counts = model.workload_pods()
    classes, number = model.classes, model.pod_class
    return sum(int(counts[classes[number[pod]].workload] == 1) for pod in moved.tolist())
