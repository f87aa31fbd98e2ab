"""Sketches → what detectors read: summaries, stability, replica histories. Pure."""

import numpy as np
from numpy.typing import NDArray

from finops.domain.usage import ReplicaHistory, Stability, UsageSummary
from finops.rightsizing.daily_facts import DailyFacts, Merge
from finops.rightsizing.sketches import (
    DAYS,
    MAXIMUM,
    MEAN,
    P95,
    PODS,
    SAMPLES,
    SAMPLES_PER_DAY,
    SUMMED_MEAN,
    Sketches,
)

SHARES = (0.5, 0.9, 0.95, 0.97, 0.98, 0.99)

# What is kept of a container's troubles a day; WATCHED is 1 where somebody would have seen them.
STABILITY = (Merge.SUM, Merge.SUM, Merge.MOST, Merge.MOST)
RESTARTS, KILLS, THROTTLED, WATCHED = range(4)
# What is kept of a workload's replicas a day; the mean is pod-hours over hours.
REPLICAS = (Merge.LEAST, Merge.SUM, Merge.SUM, Merge.MOST)
LEAST, POD_HOURS, HOURS, MOST = range(4)

# What is kept of a container's starts a day: the highest use.
STARTUP = (Merge.MOST,)

Matrix = NDArray[np.float64]


def usage_summaries(
    sketches: Sketches, *, peak: int, today_days: float, source: str
) -> list[UsageSummary | None]:
    """One summary a row, None for a row without samples.

    `peak` is the statistic that counts as a day's peak: `P95` for CPU, `MAXIMUM` for memory.
    `today_days` is how much of today has passed, 0 to 1. `window_days` counts the days that were
    sampled: an outage of a week, or an idle one, is no history.
    """
    days = sketches.days().astype(np.float64)
    quantiles = sketches.quantiles(SHARES).tolist()
    samples = np.nan_to_num(days[:, :, SAMPLES])
    counts, windows = samples.sum(axis=1), window_days(samples, today_days)
    with np.errstate(all="ignore"):
        weights = samples / counts[:, None]
        columns = [MEAN, PODS, SUMMED_MEAN]
        means = np.einsum("ndk,nd->nk", np.nan_to_num(days[:, :, columns]), weights)
        maxima = np.fmax.reduce(days[:, :, MAXIMUM], axis=1)
    return [
        UsageSummary(
            window_days=float(windows[row]),
            samples=round(float(counts[row])),
            mean=float(means[row, 0]),
            maximum=float(maxima[row]),
            percentiles=dict(zip(SHARES, quantiles[row], strict=True)),
            daily_peaks=tuple(days[row, samples[row] > 0, peak].tolist()),
            source=source,
            pods=float(means[row, 1]),
            summed_mean=float(means[row, 2]),
            running_share=_running_share(samples[row], today_days),
        )
        if counts[row] > 0
        else None
        for row in range(len(sketches))
    ]


def window_days(samples: Matrix, today_days: float) -> Matrix:
    """(n,): how many days were sampled; 0 without any.

    `samples` is (n, DAYS + 1), today last. The first day counts as far as it was sampled, today as
    far as it has passed, and a day between with any sample as a whole one: what runs at night only
    has a history of nights. Worked: half a day, two days without, three days, and 0.25 of today
    are 3.75 days.
    """
    seen = (samples > 0).astype(np.float64)
    first = np.argmax(samples > 0, axis=1)
    rows = np.arange(len(samples))
    part = np.minimum(1.0, samples[rows, first] / SAMPLES_PER_DAY)
    seen[:, DAYS] *= today_days
    seen[rows, first] = part
    found: Matrix = seen.sum(axis=1)
    return found


def _running_share(samples: Matrix, today_days: float) -> float:
    """Sampled time over the time since the first day with samples, that day counted as a whole."""
    days = DAYS - int(np.flatnonzero(samples)[0]) + today_days
    return min(1.0, float(samples.sum()) / SAMPLES_PER_DAY / days) if days > 0 else 0.0


def startup_maxima(facts: DailyFacts) -> list[float | None]:
    """The highest use while starting, one a row; None where no start was seen."""
    highest = np.fmax.reduce(facts.values[:, :, 0], axis=1).astype(np.float64).tolist()
    return [None if np.isnan(value) else value for value in highest]


def stabilities(facts: DailyFacts) -> list[Stability | None]:
    """One a row; None where nobody would have seen any trouble."""
    values = facts.values.astype(np.float64)
    return [_stability(values[row]) for row in range(len(facts))]


def _stability(days: Matrix) -> Stability | None:
    known = np.isfinite(days).any(axis=1)
    if not known.any():
        return None
    throttled = days[:, THROTTLED]
    return Stability(
        window_days=float(DAYS + 1 - np.flatnonzero(known)[0]),
        restarts=int(np.nansum(days[:, RESTARTS])),
        oom_kills=int(np.nansum(days[:, KILLS])),
        throttled_share=float(np.nanmax(throttled)) if np.isfinite(throttled).any() else None,
        is_watched=bool(np.nansum(days[:, WATCHED])),
    )


def replica_histories(facts: DailyFacts) -> list[ReplicaHistory | None]:
    """One a row; None for a row without figures."""
    values = facts.values.astype(np.float64)
    return [_replicas(values[row]) for row in range(len(facts))]


def _replicas(days: Matrix) -> ReplicaHistory | None:
    known = np.nan_to_num(days[:, HOURS]) > 0
    if not known.any():
        return None
    hours = float(days[known, HOURS].sum())
    return ReplicaHistory(
        window_days=hours / 24,
        least=float(np.nanmin(days[known, LEAST])),
        mean=float(days[known, POD_HOURS].sum()) / hours,
        most=float(np.nanmax(days[known, MOST])),
    )


def peaks_of(resource: str) -> int:
    """The statistic that counts as a day's peak of that resource."""
    return P95 if resource == "cpu" else MAXIMUM
