"""Usage sketches: what is kept of a container's usage, for many containers at once.

A sketch holds, for one container and one resource:

- a *decayed histogram*: how many samples fell into each bucket, a day's samples weighing
  0.5^(1/7) of what they did a day before (half-life 7 days). Buckets grow by 5 %, and a quantile is
  interpolated inside its bucket on a logarithmic scale, so that it is off by well under 5 %;
- *today's histogram*, still open, not yet decayed;
- *daily statistics* of the newest 28 days: samples, mean, median, 95th percentile and maximum of
  the hottest pod; how many pods ran at once on average, and the mean of their summed use.

Samples are counted in five-minute units: a full day has 288. Everything merges: parts of a day are
added in any order, and a day is closed once. The form follows `rightsizing.md`; written, a series
takes about 800 bytes (`sketch_codec`).

Rows of a `Sketches` are independent of each other; all arithmetic is on whole arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.float32]

GROWTH = 1.05
SAMPLES_PER_DAY = 288
DAYS = 28
HALF_LIFE_DAYS = 7.0
# From 0.1 to 10^17 in steps of 5 %: a tenth of a millicore to a hundred petabytes.
LOWEST = 0.1
BUCKETS = 850
# Buckets a written sketch keeps: the 190 up to its highest one span a factor of 10^4.
KEPT_BUCKETS = 190

SAMPLES, MEAN, MEDIAN, P95, MAXIMUM, PODS, SUMMED_MEAN = range(7)
STATISTICS = 7

_LOG_GROWTH = float(np.log(GROWTH))
_LOG_LOWEST = float(np.log(LOWEST))
# The upper edges of all buckets, as logarithms: bucket k ends at LOWEST · 1.05^(k+1).
_LOG_EDGES: Floats = np.arange(1, BUCKETS + 1) * np.float64(_LOG_GROWTH) + _LOG_LOWEST


@dataclass(slots=True)
class Sketches:
    """`n` sketches.

    `decayed` and `today` are (n, BUCKETS) sample counts, `daily` is (n, DAYS, STATISTICS), the
    newest day last, with NaN for days without samples; `open_day` is (n, STATISTICS) for today so
    far. Today's median and 95th percentile are read from its histogram when they are asked for.
    """

    decayed: Counts
    today: Counts
    daily: Counts
    open_day: Counts

    @classmethod
    def empty(cls, count: int) -> "Sketches":
        """`count` sketches that have seen nothing."""
        return cls(
            decayed=np.zeros((count, BUCKETS), np.float32),
            today=np.zeros((count, BUCKETS), np.float32),
            daily=np.full((count, DAYS, STATISTICS), np.nan, np.float32),
            open_day=_no_day(count),
        )

    def __len__(self) -> int:
        return int(self.decayed.shape[0])

    def add_samples(self, stretch: "Samples") -> None:
        """Add five-minute samples to today."""
        rows, _ = np.nonzero(np.isfinite(stretch.hottest))
        found = stretch.hottest[np.isfinite(stretch.hottest)]
        np.add.at(self.today, (rows, buckets_of(found)), np.float32(1))
        self._merge_open(stretch.statistics())

    def add_summary(self, summary: "Summary") -> None:
        """Add a stretch of today that is known by its quantiles only."""
        self.today += summary.histogram()
        self._merge_open(summary.statistics())

    def close_day(self) -> None:
        """End today: its samples begin to decay, its statistics join the daily ones."""
        fade = np.float32(0.5 ** (1 / HALF_LIFE_DAYS))
        self.daily = np.concatenate([self.daily[:, 1:], self.day_so_far()[:, None]], axis=1)
        self.decayed = (self.decayed + self.today) * fade
        self.today = np.zeros_like(self.today)
        self.open_day = _no_day(len(self))

    def day_so_far(self) -> Counts:
        """(n, STATISTICS): today so far; NaN where today has no samples."""
        day = self.open_day.copy()
        middle = quantiles_of(self.today, (0.5, 0.95), self.open_day[:, MAXIMUM].astype(np.float64))
        seen = np.isfinite(day[:, MAXIMUM])[:, None]
        day[:, [MEDIAN, P95]] = np.where(seen, middle, np.nan)
        return day

    def days(self) -> Counts:
        """(n, DAYS + 1, STATISTICS): all daily statistics, today last."""
        return np.concatenate([self.daily, self.day_so_far()[:, None]], axis=1)

    def is_known(self) -> NDArray[np.bool_]:
        """(n,): whether there are samples in the days kept or today; what is older has faded."""
        latest: NDArray[np.bool_] = np.isfinite(self.open_day[:, SAMPLES])
        return latest | np.isfinite(self.daily[:, :, SAMPLES]).any(axis=1)

    def maximum(self) -> Floats:
        """(n,): the highest sample of the days kept and today; NaN without any."""
        highest: Floats = np.fmax.reduce(self.daily[:, :, MAXIMUM], axis=1).astype(np.float64)
        return np.fmax(highest, self.open_day[:, MAXIMUM])

    def quantiles(self, shares: Sequence[float]) -> Floats:
        """(n, k): the decayed quantiles, never above the maximum; NaN without samples."""
        return quantiles_of(self.decayed + self.today, shares, self.maximum())

    def _merge_open(self, part: Floats) -> None:
        """Means weigh by samples, maxima compete; (n, STATISTICS), NaN rows say nothing."""
        before: Floats = np.nan_to_num(self.open_day[:, SAMPLES].astype(np.float64))
        more: Floats = np.nan_to_num(part[:, SAMPLES])
        after = np.minimum(before + more, SAMPLES_PER_DAY)
        with np.errstate(all="ignore"):
            for column in (MEAN, PODS, SUMMED_MEAN):
                summed = np.nan_to_num(self.open_day[:, column]) * before
                summed = summed + np.nan_to_num(part[:, column]) * more
                self.open_day[:, column] = summed / (before + more)
        self.open_day[:, SAMPLES] = np.where(after > 0, after, np.nan)
        self.open_day[:, MAXIMUM] = np.fmax(self.open_day[:, MAXIMUM], part[:, MAXIMUM])


@dataclass(frozen=True, slots=True)
class Samples:
    """A stretch known sample by sample, each (n, k), NaN where there was none.

    `hottest` is the busiest pod of each five minutes, `summed` all pods together, `pods` how many.
    """

    hottest: Floats
    summed: Floats
    pods: Floats

    def statistics(self) -> Floats:
        """(n, STATISTICS): what the daily statistics take from it."""
        day = np.full((self.hottest.shape[0], STATISTICS), np.nan)
        if not self.hottest.shape[1]:
            return day
        counts = np.isfinite(self.hottest).sum(axis=1)
        with np.errstate(all="ignore"):
            day[:, SAMPLES] = np.where(counts > 0, counts, np.nan)
            day[:, MEAN] = np.nansum(self.hottest, axis=1) / counts
            day[:, MAXIMUM] = np.fmax.reduce(self.hottest, axis=1)
            day[:, PODS] = np.nansum(self.pods, axis=1) / counts
            day[:, SUMMED_MEAN] = np.nansum(self.summed, axis=1) / counts
        return day


@dataclass(frozen=True, slots=True)
class Summary:
    """A stretch of time known by quantiles: `values` is (n, k) for the k `shares`, rising.

    The last share is 1: the maximum. `samples` (n,) counts five-minute units, `mean` (n,) is the
    hottest pod's, `pods` and `summed_mean` (n,) all pods'. Rows without data are NaN throughout.
    """

    shares: tuple[float, ...]
    values: Floats
    samples: Floats
    mean: Floats
    pods: Floats
    summed_mean: Floats

    def statistics(self) -> Floats:
        """(n, STATISTICS): what the daily statistics take from it."""
        day = np.full((self.values.shape[0], STATISTICS), np.nan)
        day[:, SAMPLES], day[:, MEAN], day[:, MAXIMUM] = self.samples, self.mean, self.values[:, -1]
        day[:, PODS], day[:, SUMMED_MEAN] = self.pods, self.summed_mean
        return day

    def histogram(self) -> Counts:
        """(n, BUCKETS): the samples laid between the quantiles, evenly on a logarithmic scale.

        What lies below the lowest known quantile is put at it: never lower than was measured.
        """
        logs: Floats = np.maximum.accumulate(np.log(np.maximum(self.values, LOWEST)), axis=1)
        known = np.isfinite(logs[:, 0]) & (np.nan_to_num(self.samples) > 0)
        counts = np.zeros((self.values.shape[0], BUCKETS), np.float32)
        if not known.any():
            return counts
        # Only the buckets between the lowest and the highest value of all rows are computed.
        low, high = (_bucket_of_log(one) for one in (logs[known].min(), logs[known].max()))
        edges = _LOG_EDGES[low : high + 1]
        below = self._share_below(logs[known], edges)
        counts[known, low : high + 1] = np.diff(below, axis=1, prepend=0) * self.samples[
            known, None
        ].astype(np.float64)
        return counts

    def _share_below(self, logs: Floats, edges: Floats) -> Floats:
        below: Floats = np.where(edges >= logs[:, :1] - 1e-9, self.shares[0], 0.0)
        for k, step in enumerate(np.diff(np.array(self.shares)).tolist()):
            width = np.maximum(logs[:, k + 1] - logs[:, k], 1e-9)[:, None]
            below += step * np.clip((edges - logs[:, k, None] + 1e-9) / width, 0, 1)
        return below


def buckets_of(values: Floats) -> NDArray[np.int64]:
    """The bucket of each value: 0 for everything up to 0.105, then one for each 5 %."""
    steps = (np.log(np.maximum(values, LOWEST)) - _LOG_LOWEST) / _LOG_GROWTH
    return np.clip(np.ceil(steps - 1e-9).astype(np.int64) - 1, 0, BUCKETS - 1)


def _bucket_of_log(log: float) -> int:
    return int(np.clip(np.ceil((log - _LOG_LOWEST) / _LOG_GROWTH - 1e-9) - 1, 0, BUCKETS - 1))


def quantiles_of(histogram: Counts, shares: Sequence[float], maximum: Floats) -> Floats:
    """(n, k): the values below which the `shares` of each row's samples lie; NaN for an empty row.

    Inside a bucket samples are spread evenly on a logarithmic scale. Worked: one bucket from 100 to
    105 that holds everything has its median at 100 · 1.05^0.5 = 102.5.
    """
    found = np.full((histogram.shape[0], len(shares)), np.nan)
    filled = np.flatnonzero(histogram.any(axis=0))
    rows = np.flatnonzero(histogram.any(axis=1))
    if not rows.size:
        return found
    low, high = int(filled[0]), int(filled[-1]) + 1
    counts = histogram[rows, low:high]
    # Each row's shares rise to 1; with the row's number added, all rows together rise, and one
    # search finds a quantile of every row. The last is 1 exactly, so no search leaves its row.
    cumulated = np.cumsum(counts, axis=1, dtype=np.float64)
    totals = cumulated[:, -1].copy()
    cumulated /= totals[:, None]
    cumulated[:, -1] = 1
    each = np.arange(rows.size)
    cumulated += each[:, None]
    edges = _LOG_EDGES[low:high]
    for column, share in enumerate(shares):
        wanted = np.maximum(share - 1e-11, 1e-11) + each
        bucket = np.searchsorted(cumulated.ravel(), wanted) - each * (high - low)
        held = np.maximum(counts[each, bucket] / totals, 1e-12)
        missing = (cumulated[each, bucket] - wanted) / held
        value = np.exp(edges[bucket] - _LOG_GROWTH * np.clip(missing, 0, 1))
        found[rows, column] = np.fmin(value, maximum[rows])
    return found


def _no_day(count: int) -> Counts:
    return np.full((count, STATISTICS), np.nan, np.float32)
