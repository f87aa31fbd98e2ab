"""How few nodes could do: a lower bound that no plan can beat, and first-fit decreasing beside it.

The bound is fractional: pods may be cut. For any weights of the resources, nodes must offer the
weighted sum of what is asked; the fewest that do are those with the largest weighted room. Each
weighting gives a valid bound and the largest counts; over all weightings that is the dual of the
linear program. Worked: 10 cores asked, nodes of 8, 4 and 4 cores: 8 + 4 reach it, so 2 at least.
"""

import itertools

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.packing.model import PENDING, Amounts, ClusterModel

_STEPS = 8


def lower_bound(model: ClusterModel, requests: Amounts | None = None) -> int:
    """The fewest nodes that could hold all pods that have a node, by weighted room.

    Pods that may run on few nodes bind more than all together, so each set of nodes that some class
    is held to is also looked at by itself; a blocked node stays in any case.
    """
    asked = model.requests if requests is None else requests
    held = model.home != PENDING
    blocked = np.array([bool(reasons) for reasons in model.blocked], dtype=bool)
    everywhere = np.ones((1, len(model.nodes)), dtype=bool)
    allowed = np.unique(np.vstack((everywhere, model.may_run)), axis=0)
    found = [int(blocked.sum())]
    for nodes in allowed:
        inside = ~(model.may_run & ~nodes).any(axis=1)[model.pod_class] & held
        total = asked[inside].sum(axis=0)
        found.append(
            _fewest(np.maximum(model.room[nodes], 0), total) + int((blocked & ~nodes).sum())
        )
    return max(found)


def _fewest(room: Amounts, total: Amounts) -> int:
    """The largest bound over a grid of weightings; 0 when nothing is asked."""
    scale = np.maximum(room.sum(axis=0), 1).astype(float)
    shares, wanted = room / scale, total / scale
    asked = np.flatnonzero(total > 0)
    if not len(asked) or not len(room):
        return 0
    bounds = (
        _enough(shares[:, asked] @ weights, float(wanted[asked] @ weights))
        for weights in _weightings(len(asked))
    )
    return max(bounds)


def _enough(sizes: NDArray[np.float64], wanted: float) -> int:
    """How many of the largest sizes reach what is wanted; all when they never do."""
    offered = np.cumsum(np.sort(sizes)[::-1])
    # A hair is taken off, so that rounding never makes the bound too high.
    return min(int(np.searchsorted(offered, wanted * (1 - 1e-9))) + 1, len(sizes))


def _weightings(resources: int) -> list[NDArray[np.float64]]:
    """All weights in steps of one eighth that add up to one."""
    grid = itertools.product(range(_STEPS + 1), repeat=resources - 1)
    rest = ((*steps, _STEPS - sum(steps)) for steps in grid if sum(steps) <= _STEPS)
    return [np.array(steps) / _STEPS for steps in rest]


def first_fit_decreasing(room: Amounts, requests: Amounts, may_run: NDArray[np.bool_]) -> int:
    """How many nodes the textbook's rule fills: largest pod first, first node that has room.

    Sizes by the larger share of the mean node's CPU or memory; nodes in the order of `room`, which
    counts as one new bin after the other. `may_run` (P, N). Pods that fit nowhere are left out.
    """
    mean = np.maximum(room.mean(axis=0), 1)
    order = np.argsort(-(requests / mean).max(axis=1), kind="stable")
    free, used = room.copy(), np.zeros(len(room), dtype=bool)
    for pod in order.tolist():
        fits = may_run[pod] & (free >= requests[pod]).all(axis=1)
        node = int(fits.argmax())
        if fits[node]:
            free[node] -= requests[pod]
            used[node] = True
    return int(used.sum())
