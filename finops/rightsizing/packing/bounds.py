"""How few nodes could do: a lower bound that no plan can beat, and first-fit decreasing beside it.

The bound is fractional: pods may be cut. For any weights of the resources, nodes must offer the
weighted sum of what is asked; the fewest that do are those with the largest weighted room. Each
weighting gives a valid bound and the largest counts; over all weightings that is the dual of the
linear program. Worked: 10 cores asked, nodes of 8, 4 and 4 cores: 8 + ½ · 4, so 2 at least.
"""

import itertools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.packing.model import PENDING, Amounts, ClusterModel


def lower_bound(model: ClusterModel, requests: Amounts | None = None) -> int:
    """The fewest nodes that could hold all pods that have a node, by weighted room.

    Pods that may run on few nodes bind more than all together, so each set of nodes that some class
    is held to is also looked at by itself; a blocked node stays in any case, and pods that must
    not or cannot share a node need one each.
    """
    asked = model.requests if requests is None else requests
    held = model.home != PENDING
    blocked = np.array([bool(reasons) for reasons in model.blocked], dtype=bool)
    everywhere = np.ones((1, len(model.nodes)), dtype=bool)
    allowed = np.unique(np.vstack((everywhere, model.may_run)), axis=0)
    found = [int(blocked.sum()), _apart(model), _halves(model, asked[held])]
    for nodes in allowed:
        inside = ~(model.may_run & ~nodes).any(axis=1)[model.pod_class] & held
        total = asked[inside].sum(axis=0)
        found.append(
            _fewest(np.maximum(model.room[nodes], 0), total) + int((blocked & ~nodes).sum())
        )
    return max(found)


def _apart(model: ClusterModel) -> int:
    """The most pods of one workload that no two of may share a node (or a larger domain)."""
    workloads = np.array([c.workload if c.apart_on else -1 for c in model.classes], dtype=np.int64)
    found = workloads[model.pod_class[model.home != PENDING]] if len(workloads) else workloads
    return int(np.bincount(found[found >= 0], minlength=1).max())


def _halves(model: ClusterModel, asked: Amounts) -> int:
    """How many pods need more than half of the largest node: no two of them share one."""
    if not len(asked):
        return 0
    return int((2 * asked > model.room.max(axis=0)).sum(axis=0).max())


def _fewest(room: Amounts, total: Amounts) -> int:
    """The largest bound over weightings; 0 when nothing is asked.

    Every weighting gives a valid one, and over weightings the bound is concave, so climbing from
    equal weights by ever smaller steps comes near the best.
    """
    asked = np.flatnonzero(total > 0)
    if not len(asked) or not len(room):
        return 0
    supply = np.maximum(room.sum(axis=0), 1)[asked].astype(float)
    shares, wanted = room[:, asked] / supply, total[asked] / supply
    weights = np.full(len(asked), 1 / len(asked))
    best = _enough(shares @ weights, float(wanted @ weights))
    step = 0.5
    while step > 1 / 256:
        found = [
            (_enough(shares @ other, float(wanted @ other)), other)
            for other in _neighbours(weights, step)
        ]
        bound, other = max(found, key=lambda pair: pair[0], default=(best, weights))
        if bound > best:
            best, weights = bound, other
        else:
            step /= 2
    return math.ceil(best - 1e-6)


def _enough(sizes: NDArray[np.float64], wanted: float) -> float:
    """How many of the largest sizes reach what is wanted, the last in part; else all."""
    ordered = np.sort(sizes)[::-1]
    offered = np.cumsum(ordered)
    whole = int(np.searchsorted(offered, wanted * (1 - 1e-9)))
    if whole == len(sizes):
        return float(len(sizes))
    missing = wanted - (offered[whole - 1] if whole else 0.0)
    return whole + float(missing / ordered[whole])


def _neighbours(weights: NDArray[np.float64], step: float) -> Iterator[NDArray[np.float64]]:
    """Weights with up to one step moved from one resource to another."""
    for source, target in itertools.permutations(range(len(weights)), 2):
        moved = min(step, float(weights[source]))
        if moved > 0:
            other = weights.copy()
            other[source] -= moved
            other[target] += moved
            yield other


def first_fit(room: Amounts, requests: Amounts, may_run: NDArray[np.bool_]) -> Amounts:
    """First-fit decreasing, the textbook's rule: largest pod first, first node that has room (P).

    Sizes by the largest share of the mean node; nodes in the order of `room` (N, R). `may_run`
    (P, N). Pods that fit nowhere are PENDING.
    """
    mean = np.maximum(room.mean(axis=0), 1)
    order = np.argsort(-(requests / mean).max(axis=1), kind="stable")
    free, placed = room.copy(), np.full(len(requests), PENDING, dtype=np.int64)
    for pod in order.tolist():
        fits = may_run[pod] & (free >= requests[pod]).all(axis=1)
        node = int(fits.argmax())
        if fits[node]:
            free[node] -= requests[pod]
            placed[pod] = node
    return placed
