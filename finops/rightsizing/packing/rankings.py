"""In which order nodes are kept: several rankings, because none is best on every cluster."""

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.packing.model import PENDING, Amounts, ClusterModel

Order = NDArray[np.int64]


def rankings(model: ClusterModel, requests: Amounts, load: NDArray[np.float64]) -> list[Order]:
    """Nodes best kept first: the fullest for their price; those that cover what is asked best.

    `load` (N) is the weighted sum of what stands on each node. Blocked nodes come first in both:
    they stay whatever happens.
    """
    fullest = np.argsort(-load / relative_prices(model), kind="stable")
    covering = _covering(model, requests, load)
    return [_blocked_first(model, order) for order in (fullest, covering)]


def relative_prices(model: ClusterModel) -> NDArray[np.float64]:
    """Of each node; one without a price counts like the mean of the others."""
    known = [float(price) for price in model.prices if price]
    mean = sum(known) / len(known) if known else 1.0
    return np.array([float(price) if price else mean for price in model.prices])


def _blocked_first(model: ClusterModel, order: Order) -> Order:
    leaves = np.array([not model.blocked[node] for node in order], dtype=bool)
    ranked: Order = order[np.argsort(leaves, kind="stable")]
    return ranked


def _covering(model: ClusterModel, requests: Amounts, load: NDArray[np.float64]) -> Order:
    """Greedy cover: next the node that offers most of what is still asked, for its price.

    Each resource counts by its share of what is asked and never beyond it: once the GPUs are
    covered, a node's GPUs are worth nothing any more. Among equal nodes the fullest come first.
    """
    facts = np.column_stack((model.room, relative_prices(model)))
    kinds, kind_of = np.unique(facts, axis=0, return_inverse=True)
    members = [
        _fullest_first(np.flatnonzero(kind_of.reshape(-1) == k), load) for k in range(len(kinds))
    ]
    left = np.array([len(each) for each in members])
    room, prices = np.maximum(kinds[:, :-1], 0), kinds[:, -1]
    weights = model.weights
    need = requests[model.home != PENDING].sum(axis=0).astype(float)
    order: list[int] = []
    while left.any():
        offers = np.minimum(room, np.maximum(need, 0)) @ weights
        if not (offers > 0).any():
            offers = room @ weights
        kind = int(np.where(left > 0, offers / prices, -1.0).argmax())
        order.append(members[kind][len(members[kind]) - left[kind]])
        left[kind] -= 1
        need -= room[kind]
    return np.array(order, dtype=np.int64)


def _fullest_first(nodes: NDArray[np.int64], load: NDArray[np.float64]) -> list[int]:
    ranked: list[int] = nodes[np.argsort(-load[nodes], kind="stable")].tolist()
    return ranked
