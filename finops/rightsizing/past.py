"""A request held against the past, in figures and words: how often it would have been exceeded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.domain.usage import UsageSummary
from finops.rightsizing.history import History, history_of_summary

Floats = NDArray[np.float64]

_LEAST_SHOWN = 0.0005


@dataclass(frozen=True, slots=True)
class PastExceedance:
    """How one request would have fared over `window_days`.

    `share_of_time` (0-1) weighs a day half of what one a week later does, as the quantiles do it is
    read from; with `is_at_least` the lowest known quantile is over the request already. `days_over`
    of `days` had their peak over it: the 95th percentile of CPU, the maximum of memory.
    """

    window_days: float
    share_of_time: float
    is_at_least: bool
    days_over: int
    days: int

    @property
    def words(self) -> str:
        """`never`, `0.4 % of the time`, `more than 3.0 % of the time`."""
        if self.share_of_time <= 0 and not self.days_over:
            return "never"
        if self.share_of_time < _LEAST_SHOWN:
            return "less than 0.1 % of the time"
        more = "more than " if self.is_at_least else ""
        return f"{more}{100 * self.share_of_time:.1f} % of the time"


def shares_over(history: History, requests: Floats) -> Floats:
    """(n,): the share of time each request would have been exceeded; NaN without samples.

    Between two known quantiles the share is interpolated on the logarithm of the value. Worked: the
    95 % quantile is 100 and the 97 % quantile 200; a request of 141 lies half-way, so 4 %. Under
    the lowest known quantile the share is that quantile's: at least so much.
    """
    shares = np.array([*history.shares, 1.0])
    values = np.column_stack([history.quantiles, history.maximum])
    logs = np.log(np.maximum(np.maximum.accumulate(values, axis=1), 1e-9))
    wanted = np.log(np.maximum(requests, 1e-9))
    over = np.full(len(requests), 1 - shares[0])
    for place, step in enumerate(np.diff(shares)):
        width = np.maximum(logs[:, place + 1] - logs[:, place], 1e-12)
        over -= step * np.clip((wanted - logs[:, place]) / width, 0, 1)
    found: Floats = np.where(requests >= history.maximum, 0.0, np.maximum(over, 0.0))
    return np.where(np.isfinite(history.maximum), found, np.nan)


def past_exceedance(usage: UsageSummary, request: float) -> PastExceedance | None:
    """How `request` would have fared; None for a single figure, which has no past."""
    if usage.window_days <= 0:
        return None
    history = history_of_summary(usage)
    over = float(shares_over(history, np.array([request], np.float64))[0])
    lowest = float(history.quantiles[0, 0]) if history.shares else usage.maximum
    return PastExceedance(
        window_days=usage.window_days,
        share_of_time=over,
        is_at_least=request < lowest,
        days_over=sum(peak > request for peak in usage.daily_peaks),
        days=len(usage.daily_peaks),
    )
