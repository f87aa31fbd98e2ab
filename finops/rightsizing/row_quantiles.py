"""Quantiles of each row among what is known (NaN is not), for many rows at once.

numpy's nanquantile goes row by row and takes a hundred times longer.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Values = NDArray[np.floating[Any]]


def row_quantiles(values: Values, share: float) -> Floats:
    """(n,): interpolated between the two nearest; NaN for a row without values.

    Worked: the .9 quantile of 0, 10, 20 lies at place 0.9 · 2 = 1.8: 10 + 0.8 · 10 = 18.
    """
    ordered = np.sort(values, axis=1)  # NaN last
    last = np.maximum(np.isfinite(values).sum(axis=1) - 1, 0)
    place = share * last
    low = place.astype(np.int64)
    rows = np.arange(len(values))
    lower: Floats = ordered[rows, low].astype(np.float64)
    upper = ordered[rows, np.minimum(low + 1, last)]
    found: Floats = lower + (place - low) * (upper - lower)
    return found


def covering_quantiles(values: Values, share: float, weights: Values | None = None) -> Floats:
    """(n,): the least value with at least `share` of the weight at or under it; NaN for none.

    `weights` are (n, d) or (d,), by default 1. Worked: of 1, 2, 3, 4 half lies at or under 2; with
    weights 1, 1, 1, 9 half lies at or under 4.
    """
    order = np.argsort(values, axis=1)  # NaN last
    ordered = np.take_along_axis(values, order, axis=1)
    if weights is None:
        weights = np.ones(values.shape[1])
    each = np.take_along_axis(np.broadcast_to(weights, values.shape), order, axis=1)
    cumulated = np.cumsum(np.where(np.isfinite(ordered), each, 0.0), axis=1, dtype=np.float64)
    wanted = share * cumulated[:, -1:] - 1e-9
    place = (cumulated < wanted).sum(axis=1).clip(0, values.shape[1] - 1)
    found: Floats = ordered[np.arange(len(values)), place].astype(np.float64)
    return found
