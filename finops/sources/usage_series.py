"""Samples on one time grid → a `UsageSummary`, exactly: for simulations. Pure numpy.

What is measured is kept as sketches (`finops/rightsizing`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.domain.estate import UsageSummary

SHARES = (0.5, 0.9, 0.95, 0.97, 0.98, 0.99)
DAY_SECONDS = 86_400

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """Equally spaced moments, `start` and `end` included, in epoch seconds.

    The grid of a 14-day window has 14 × 86400 ÷ step moments; the last one is `now`, cut to a
    whole step, so that every run of the same minute asks the same question.
    """

    start: int
    end: int
    step: int

    @property
    def size(self) -> int:
        """The number of moments."""
        return (self.end - self.start) // self.step + 1


def grid_ending(now: float, *, window_days: int, step: int) -> TimeGrid:
    """The grid of the last `window_days` before `now` (epoch seconds)."""
    end = int(now) // step * step
    return TimeGrid(end - window_days * DAY_SECONDS + step, end, step)


def summarise(
    hottest: Floats, grid: TimeGrid, *, peak_share: float, source: str
) -> UsageSummary | None:
    """Summarise one container's hottest-pod series; None when no moment has a value.

    `window_days` is the span from the first to the last sample, both included. Days are 24-hour
    bins counted back from the end of the grid; `peak_share` is the day's percentile that counts as
    its peak (0.95 for CPU, 1 for memory). Percentiles are linear between samples, like PromQL's
    `quantile_over_time`: of 0, 10, 20 the 0.9 one is 18.
    """
    where = np.flatnonzero(np.isfinite(hottest))
    if where.size == 0:
        return None
    values = hottest[where]
    span_seconds = (int(where[-1]) - int(where[0]) + 1) * grid.step
    return UsageSummary(
        window_days=span_seconds / DAY_SECONDS,
        samples=int(values.size),
        mean=float(values.mean()),
        maximum=float(values.max()),
        percentiles=_percentiles(values),
        daily_peaks=_daily_peaks(values, (hottest.size - 1 - where) * grid.step, peak_share),
        source=source,
    )


def _percentiles(values: Floats) -> Mapping[float, float]:
    found: Sequence[float] = np.quantile(values, SHARES).tolist()
    return dict(zip(SHARES, found, strict=True))


def _daily_peaks(
    values: Floats, age_seconds: NDArray[np.int64], peak_share: float
) -> tuple[float, ...]:
    days_ago = age_seconds // DAY_SECONDS
    return tuple(
        float(np.quantile(values[days_ago == day], peak_share))
        for day in sorted(set(days_ago.tolist()), reverse=True)
    )
