"""Requests for many series at once: pure functions on whole arrays.

Units: millicores for CPU, bytes for memory. Rows without samples give NaN. Nothing is rounded here;
`requests` has the form for one container, with the same code beneath, in figures people write.
"""

import numpy as np
from numpy.typing import NDArray

from finops.domain.quantities import GIB, MIB
from finops.rightsizing.history import History
from finops.rightsizing.modes import CpuKnobs, MemoryKnobs
from finops.rightsizing.row_quantiles import row_quantiles

Floats = NDArray[np.float64]

CPU_FLOOR_MILLICORES = 10
MEMORY_FLOOR_BYTES = 16 * MIB
FULL_HISTORY_DAYS = 28
_EXTRA_FOR_HALF = 0.08
_WIDEST = 2.0


def widenings(window_days: Floats) -> Floats:
    """How much wider the margin is for a short history: 1 at 27 days and more, 2 at 2 and fewer.

    One day of the 28 may be missing: servers are patched, and nobody's odds change for it.

    `min(2, 1 + 0.08 · max(0, 28 / days − 1))`. Worked: 14 days give 1.08, 7 days 1 + 0.08 · 3 =
    1.24. Measured (what keeps lean CPU at 5 % over): 21 days 1.03, 14 days 1.09, 10 days 1.18, 7
    days 1.20, 5 days 1.36, 3 days 1.8. Two days needed 2.6 and one day 7: no sensible margin makes
    up for a week that nobody saw, which the confidence then says.
    """
    days = np.where(window_days >= FULL_HISTORY_DAYS - 1, FULL_HISTORY_DAYS, window_days)
    days = np.maximum(days, 0.1)
    wider: Floats = 1 + _EXTRA_FOR_HALF * np.maximum(0.0, FULL_HISTORY_DAYS / days - 1)
    return np.minimum(_WIDEST, wider)


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
    margin = np.maximum(knobs.least, knobs.margin * (GIB / np.maximum(peak, 1)) ** knobs.shrink)
    wanted = peak * margin * widenings(history.window_days)
    return np.maximum(MEMORY_FLOOR_BYTES, wanted)


def _peaks_at(history: History, share: float) -> Floats:
    if share >= 1 or not history.daily_peaks.shape[1]:
        return history.maximum
    return np.where(
        np.isfinite(history.daily_peaks).any(axis=1),
        row_quantiles(history.daily_peaks, share),
        history.maximum,
    )
