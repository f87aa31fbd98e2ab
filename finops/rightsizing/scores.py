"""What a policy would have cost and risked over test windows, in the terms of the field.

- *usage* and *request*: a window's mean, so that a request that changes counts fairly.
- *slack* = 1 − Σ usage / Σ request.
- *ratio* = Σ request / Σ oracle's request, where the oracle knows the window: the 95th percentile
  of CPU (at least 10 m), the maximum of memory.
- *gmr* = the geometric mean of request / oracle, so that every series counts alike.
- *v5* = the share of windows with more than 5 % of the samples over the request; *v5w* the same,
  weighted by usage.
- *oom* = the share of windows with any memory sample over the request.
- *changes* = how often a request changed in a window, scaled to 14 days.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.sketches import SAMPLES_PER_DAY

Floats = NDArray[np.float64]
Grid = NDArray[np.float32]
Flags = NDArray[np.bool_]

TOLERATED_OVER = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of `n` windows: all (n,); `over` is the share of samples over the request."""

    request: Floats
    usage: Floats
    oracle: Floats
    over: Floats
    changes: Floats

    def only(self, kept: Flags) -> "Outcome":
        """Some of the windows."""
        return Outcome(*(getattr(self, name)[kept] for name in self.__slots__))


def outcome_of(requests: Floats, test: Grid, oracle: Floats) -> Outcome:
    """Hold (n,) requests, or (n, days) ones that change daily, against the samples to come."""
    daily = requests[:, None] if requests.ndim == 1 else requests
    repeats = test.shape[1] // daily.shape[1]
    known = np.isfinite(test)
    counts = known.sum(axis=1)
    over = (test > np.repeat(daily, repeats, axis=1)).sum(axis=1)
    changed = np.diff(daily, axis=1) != 0
    return Outcome(
        request=daily.mean(axis=1),
        usage=np.where(known, test, 0).sum(axis=1, dtype=np.float64) / counts,
        oracle=oracle,
        over=over / counts,
        changes=changed.sum(axis=1) * (14 * SAMPLES_PER_DAY / test.shape[1]),
    )


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Outcomes of different windows as one."""
    return Outcome(
        *(np.concatenate([getattr(one, name) for one in outcomes]) for name in Outcome.__slots__)
    )


def slack(outcome: Outcome) -> float:
    """1 − Σ usage / Σ request."""
    return 1 - float(outcome.usage.sum() / outcome.request.sum())


def ratio(outcome: Outcome) -> float:
    """Σ request / Σ oracle."""
    return float(outcome.request.sum() / outcome.oracle.sum())


def geometric_mean_ratio(outcome: Outcome) -> float:
    """exp(mean(log(request / oracle))), over windows whose oracle is not 0."""
    some = outcome.oracle > 0
    return float(np.exp(np.log(outcome.request[some] / outcome.oracle[some]).mean()))


def overrun(outcome: Outcome) -> float:
    """v5: the share of windows with more than 5 % of samples over."""
    return float((outcome.over > TOLERATED_OVER).mean())


def overrun_by_usage(outcome: Outcome) -> float:
    """v5w: v5 weighted by usage."""
    total = outcome.usage.sum()
    return float(outcome.usage[outcome.over > TOLERATED_OVER].sum() / total) if total else 0.0


def exceeded(outcome: Outcome) -> float:
    """oom: the share of windows with any sample over."""
    return float((outcome.over > 0).mean())


def changes_per_14_days(outcome: Outcome) -> float:
    """The mean number of changes."""
    return float(outcome.changes.mean())
