"""Requests for many series at once: pure functions on whole arrays.

Units: millicores for CPU, bytes for memory. Rows without samples give NaN. Nothing is rounded here;
`requests` has the form for one container, with the same code beneath, in figures people write.
"""

import numpy as np
from numpy.typing import NDArray

from finops.domain.quantities import GIB, MIB
from finops.rightsizing.history import History
from finops.rightsizing.modes import CpuKnobs, MemoryKnobs

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CPU_FLOOR_MILLICORES = 10
MEMORY_FLOOR_BYTES = 16 * MIB
FULL_HISTORY_DAYS = 14
# A request that is looked at daily changes when what it should be has risen by a tenth or fallen
# by a quarter: falling is harder, because the next rise would cost a restart too.
RAISE_ABOVE, LOWER_BELOW = 1.10, 0.75
_WIDEST_EXTRA = 0.5


def widenings(window_days: Floats) -> Floats:
    """How much wider the margin is for a short history: 1 at 14 days and more, 1.5 at none.

    `1 + 0.5 · max(0, 14 − days) / 14`. Worked: 7 days give 1 + 0.5 · 7/14 = 1.25.
    """
    missing: Floats = np.maximum(0.0, FULL_HISTORY_DAYS - window_days)
    return 1 + _WIDEST_EXTRA * missing / FULL_HISTORY_DAYS


def cpu_requests(history: History, knobs: CpuKnobs) -> Floats:
    """(n,) millicores: `max(10, margin · widening · D^(1−pull) · max(M, D)^pull)`.

    Worked with share .98, pull .1, margin 1.02 and 14 days: D = 200, M = 400 give
    1.02 · 200^0.9 · 400^0.1 = 218.6.
    """
    quantile = history.quantile(knobs.share)
    maximum = np.fmax(history.maximum, quantile)
    wanted = knobs.margin * quantile ** (1 - knobs.pull) * maximum**knobs.pull
    return np.maximum(CPU_FLOOR_MILLICORES, widenings(history.window_days) * wanted)


def memory_requests(history: History, knobs: MemoryKnobs) -> Floats:
    """(n,) bytes: `max(16 MiB, P · widening · max(least, margin · (1 GiB / P)^shrink))`.

    P is the `share` quantile of the daily maxima; the window's maximum where no day is known, or
    where the share is 1. Worked with share 1, margin 1.2, shrink .1, least 1.1 and 14 days:
    200 MiB give 200 · 1.2 · 5.12^0.1 = 282.5 MiB, 16 GiB give 16 · 1.1 = 17.6 GiB.
    """
    peak = _peaks_at(history, knobs.share)
    with np.errstate(divide="ignore"):
        margin = np.maximum(knobs.least, knobs.margin * (GIB / peak) ** knobs.shrink)
    wanted = np.where(peak > 0, peak * margin, peak) * widenings(history.window_days)
    return np.maximum(MEMORY_FLOOR_BYTES, wanted)


def refreshed(current: Floats, proposed: Floats) -> Floats:
    """(n,): `proposed` where it left the band from −25 % to +10 % around `current`, else `current`.

    Worked: 100 stays at a proposal of 109 and of 76, and becomes 111 or 74.
    """
    leaves: Flags = (proposed > RAISE_ABOVE * current) | (proposed < LOWER_BELOW * current)
    return np.where(leaves, proposed, current)


def _peaks_at(history: History, share: float) -> Floats:
    if share >= 1 or not history.daily_peaks.shape[1]:
        return history.maximum
    return np.where(
        np.isfinite(history.daily_peaks).any(axis=1),
        _row_quantiles(history.daily_peaks, share),
        history.maximum,
    )


def _row_quantiles(values: Floats, share: float) -> Floats:
    """(n,): each row's quantile among what is known, interpolated; NaN rows give NaN.

    numpy's nanquantile goes row by row and takes a hundred times longer.
    """
    ordered: Floats = np.sort(values, axis=1)  # NaN last
    known = np.isfinite(values).sum(axis=1)
    place = share * np.maximum(known - 1, 0)
    low = place.astype(np.int64)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    rows = np.arange(len(values))
    lower = ordered[rows, low]
    found: Floats = lower + (place - low) * (ordered[rows, high] - lower)
    return found
