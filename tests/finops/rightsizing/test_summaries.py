import numpy as np
import pytest

from finops.domain.usage import UsageSummary
from finops.rightsizing.sketches import MAXIMUM, SAMPLES_PER_DAY, Samples, Sketches
from finops.rightsizing.summaries import usage_summaries

NIGHT = SAMPLES_PER_DAY // 8  # three hours


def summary_of(days: list[int], *, pods: float = 1.0, today_days: float = 0.0) -> UsageSummary:
    """A row that ran for so many five-minute samples on each of the days, oldest first."""
    sketches = Sketches.empty(1)
    for ran in days:
        column = np.full((1, ran), 100.0)
        sketches.add_samples(Samples(column, column * pods, np.full((1, ran), pods)))
        sketches.close_day()
    [found] = usage_summaries(sketches, peak=MAXIMUM, today_days=today_days, source="test")
    assert found is not None
    return found


def test_what_runs_three_hours_a_night_runs_an_eighth_of_the_time() -> None:
    found = summary_of([NIGHT] * 8, pods=2.0)

    assert found.running_share == pytest.approx(0.125)
    assert found.pods == pytest.approx(2.0)


def test_days_without_a_run_count_and_days_before_the_first_do_not() -> None:
    assert summary_of([0, 0, NIGHT, 0, 0, 0]).running_share == pytest.approx(0.125 / 4)


def test_what_always_runs_runs_all_the_time() -> None:
    assert summary_of([SAMPLES_PER_DAY] * 3).running_share == pytest.approx(1.0)


def test_the_part_of_today_that_has_passed_counts() -> None:
    assert summary_of([NIGHT], today_days=0.5).running_share == pytest.approx(0.125 / 1.5)
