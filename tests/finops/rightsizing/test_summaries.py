"""What sketches tell a detector."""

import numpy as np
import pytest

from finops.rightsizing.sketches import DAYS, MAXIMUM, P95, Samples, Sketches
from finops.rightsizing.summaries import usage_summaries, window_days


def day(samples: int, value: float = 100.0) -> Samples:
    values = np.full((1, 288), np.nan)
    values[0, :samples] = value
    return Samples(values, values * 2, values * 0 + 2)


def test_an_outage_is_no_history() -> None:
    samples = np.zeros((3, DAYS + 1))
    samples[0, -7:] = 144, 0, 0, 288, 288, 288, 72  # half a day, two without, three, and today
    samples[1, -1] = 72

    assert window_days(samples, 0.25).tolist() == [3.75, 0.25, 0]


def test_a_workload_of_the_night_has_a_history_of_nights() -> None:
    samples = np.zeros((1, DAYS + 1))
    samples[0, :-1] = 96

    assert window_days(samples, 0.5)[0] == pytest.approx(27 + 1 / 3)


def test_a_summary_holds_the_days_that_were_seen() -> None:
    sketches = Sketches.empty(2)
    for value in (100.0, 300.0):
        one = day(288, value)
        with_nobody = [np.vstack([a, a * np.nan]) for a in (one.hottest, one.summed, one.pods)]
        sketches.add_samples(Samples(*with_nobody))
        sketches.close_day()
    [found, nothing] = usage_summaries(sketches, peak=P95, today_days=0.0, source="here")
    highest = usage_summaries(sketches, peak=MAXIMUM, today_days=0.0, source="here")[0]

    assert found
    assert highest
    assert (found.window_days, found.samples, found.source) == (2, 576, "here")
    assert found.daily_peaks == pytest.approx((100, 300), rel=0.05)
    assert list(highest.daily_peaks) == [100, 300]
    assert (found.mean, found.maximum, found.pods, found.summed_mean) == (200, 300, 2, 400)
    # The newer day weighs more: its samples are above the middle.
    assert found.percentiles[0.5] == pytest.approx(300, rel=0.05)
    assert nothing is None
