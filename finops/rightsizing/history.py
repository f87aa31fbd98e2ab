"""What a policy reads of a series' past: a few columns for many series at once.

The same columns come from sketches (a whole estate, vectorised) and from one `UsageSummary` (a
detector), so that there is one formula for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.domain.usage import UsageSummary
from finops.rightsizing.sketches import SAMPLES, Sketches
from finops.rightsizing.summaries import SHARES, window_days

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class History:
    """`n` series, in millicores or bytes.

    `quantiles` (n, k) are the decayed ones at the k `shares`, rising; `maximum` (n,) is that of the
    window; `daily_peaks` (n, d) has the newest day last and NaN for days without samples;
    `window_days` (n,) reaches from the first sample to now.
    """

    shares: tuple[float, ...]
    quantiles: Floats
    maximum: Floats
    daily_peaks: Floats
    window_days: Floats

    def quantile(self, share: float) -> Floats:
        """(n,): the quantile at `share`, or the next higher one known, or the maximum."""
        higher = [place for place, known in enumerate(self.shares) if known >= share]
        return self.quantiles[:, higher[0]] if higher else self.maximum


def history_of_sketches(sketches: Sketches, *, peak: int, today_days: float) -> History:
    """`peak` is the statistic that counts as a day's peak; `today_days` how much of today passed.

    Rows without samples are NaN, with a window of 0 days.
    """
    days = sketches.days().astype(np.float64)
    samples = np.nan_to_num(days[:, :, SAMPLES])
    return History(
        shares=SHARES,
        quantiles=sketches.quantiles(SHARES),
        maximum=sketches.maximum(),
        daily_peaks=np.where(samples > 0, days[:, :, peak], np.nan),
        window_days=window_days(samples, today_days),
    )


def history_of_summary(usage: UsageSummary) -> History:
    """One row."""
    shares: Sequence[float] = sorted(usage.percentiles)
    return History(
        shares=tuple(shares),
        quantiles=np.array([[usage.percentiles[share] for share in shares]], np.float64),
        maximum=np.array([usage.maximum], np.float64),
        daily_peaks=np.array([usage.daily_peaks], np.float64),
        window_days=np.array([usage.window_days], np.float64),
    )
