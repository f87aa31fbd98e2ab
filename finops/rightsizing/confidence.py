"""The calibrated probability that a request holds for the next 14 days, from the series' own past.

CPU holds while at most 5 % of the samples are over the request, memory while none is. The request
is held against each past day, as if it had been set then (a rolling backtest on daily statistics),
and what that says is turned into a probability by a logistic model:

    logit(p) = c0 + c1 · logit(held) + c2 · (1 − exp(−above / σ)) + c3 · above
                  + c4 · log σ + c5 · log(28 / days) + c6 · lull

- `held`: the share of past days on which the request would have held, a day's weight halved every
  7 days: (weight of days held + 0.5) / (weight of days + 1), so that few days say little;
- `above` = log(request / worst day), 0 to 2: the first per cent above the worst day count most;
- σ: the spread of the logarithms of the daily peaks, shrunk towards the class as if 3 days of
  the class's own spread had been seen too;
- `days`: the history, 0.5 to 28;
- `lull` = log(worst day / worst of the newest 7 days), 0 to 2.

Worked (CPU, 28 days that all peaked at 100, a request of 120): held = 10.44 / 10.94, logit 3.04;
above = 0.182; σ² = 3 · 0.24² / 31, σ = 0.0747; 1 − exp(−2.44) = 0.913; no lull.
−0.463 + 1.024 · 3.04
+ 0.914 · 0.913 + 1.26 · 0.182 + 0.22 · log 0.0747 = 3.14, which is 0.959.

A single figure says nothing of tomorrow: 0.45. A history without daily peaks gets the class's rate.

`python -m benchmarks.fit_rightsizing` makes the constants from half of the series of vms_bitbrains:
1 to 28 days of history; requests from 0.7 to 1.5 of both modes' proposals, and from 1 to 3 of the
worst day. `python -m benchmarks.rightsizing` measures them on the other half: with 28 days of
history the expected calibration error is .009 for CPU and .027 for memory, over our own proposals
alone .019 and .043. That memory is a hypervisor's, not a container's: the verdicts of this
installation are the better source once there are some.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.sketches import HALF_LIFE_DAYS

Floats = NDArray[np.float64]

HIGHEST = 0.99
# One figure says nothing of tomorrow; below a coin toss, and below every sensible guardrail.
WITHOUT_HISTORY = 0.45
LONGEST_DAYS = 28.0
# As many days of the class's spread as are seen beside the series' own.
_CLASS_DAYS = 3
_LATELY_DAYS = 7
_LEAST_SPREAD = 0.02


@dataclass(frozen=True, slots=True)
class Odds:
    """The constants of one resource.

    `rate` is how often proposals of the class hold; `spread` the class's σ; `least` the value under
    which peaks are alike (millicores or bytes); `coefficients` are c0 to c6.
    """

    rate: float
    spread: float
    least: float
    coefficients: tuple[float, ...]


CPU = Odds(0.95, 0.24, 1.0, (-0.463, 1.024, 0.914, 1.26, 0.22, -0.133, 0.416))
MEMORY = Odds(0.91, 0.23, 2.0**20, (-1.464, 0.924, 2.74, 0.448, 0.813, -0.031, 0.985))


def odds_that_they_hold(
    requests: Floats, daily_peaks: Floats, *, window_days: Floats, base: Odds
) -> Floats:
    """(n,): the probability, 0 to 0.99, that each request covers its next 14 days.

    `daily_peaks` (n, d) are in the unit of the requests, the newest last, NaN for unknown days.
    """
    features = features_of(requests, daily_peaks, window_days=window_days, base=base)
    intercept, *slopes = base.coefficients
    probability = 1 / (1 + np.exp(-(intercept + features @ np.array(slopes))))
    with_peaks = np.where(np.isfinite(daily_peaks).any(axis=1), probability, base.rate)
    found: Floats = np.where(window_days > 0, np.minimum(HIGHEST, with_peaks), WITHOUT_HISTORY)
    return found


def confidence_that_it_holds(
    proposed: float, daily_peaks: Sequence[float], *, window_days: float, base: Odds
) -> float:
    """The same for one request, to three digits."""
    odds = odds_that_they_hold(
        np.array([proposed], np.float64),
        np.array([daily_peaks], np.float64).reshape(1, -1),
        window_days=np.array([window_days], np.float64),
        base=base,
    )
    return round(float(odds[0]), 3)


def features_of(
    requests: Floats, daily_peaks: Floats, *, window_days: Floats, base: Odds
) -> Floats:
    """(n, 6): what the model reads; see the module. A row without peaks says nothing of use."""
    known = np.isfinite(daily_peaks)
    age = np.cumsum(known[:, ::-1], axis=1)[:, ::-1] - 1  # of known days, the newest is 0
    logs = np.log(np.maximum(np.where(known, daily_peaks, base.least), base.least))
    lowest = float(np.log(base.least))
    worst = np.max(logs, axis=1, initial=lowest, where=known)
    lately = np.max(logs, axis=1, initial=lowest, where=known & (age < _LATELY_DAYS))
    above = np.clip(np.log(np.maximum(requests, base.least)) - worst, 0, 2)
    spread = _spreads(logs, known, base)
    weights = np.where(known, 0.5 ** (age / HALF_LIFE_DAYS), 0.0)
    held_weight = (weights * (daily_peaks <= requests[:, None])).sum(axis=1)
    held = (held_weight + 0.5) / (weights.sum(axis=1) + 1)
    columns = (
        np.log(held / (1 - held)),
        1 - np.exp(-above / spread),
        above,
        np.log(spread),
        np.log(LONGEST_DAYS / np.clip(window_days, 0.5, LONGEST_DAYS)),
        np.clip(worst - lately, 0, 2),
    )
    return np.stack(columns, axis=1)


def _spreads(logs: Floats, known: NDArray[np.bool_], base: Odds) -> Floats:
    count = known.sum(axis=1)
    mean = np.sum(logs, axis=1, where=known) / np.maximum(count, 1)
    squares = np.sum((logs - mean[:, None]) ** 2, axis=1, where=known)
    variance = (squares + _CLASS_DAYS * base.spread**2) / (count + _CLASS_DAYS)
    spreads: Floats = np.maximum(_LEAST_SPREAD, np.sqrt(variance))
    return spreads
