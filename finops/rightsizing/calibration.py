"""Whether stated probabilities come true."""

import numpy as np
from numpy.typing import NDArray

BINS = 10


def calibration_error(stated: NDArray[np.float64], came_true: NDArray[np.bool_]) -> float:
    """The expected calibration error: |mean stated − share come true| of ten equal bins, weighted.

    Worked: 0.95 stated ten times and true nine times: |0.95 − 0.9| = 0.05.
    """
    bins = np.minimum((stated * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    off = np.abs(
        np.bincount(bins, weights=stated, minlength=BINS)
        - np.bincount(bins, weights=came_true.astype(np.float64), minlength=BINS)
    )
    return float(off.sum() / counts.sum())
