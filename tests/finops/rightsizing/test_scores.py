"""The terms, on windows small enough to count by hand."""

import numpy as np
import pytest

from finops.rightsizing import scores
from finops.rightsizing.calibration import calibration_error
from finops.rightsizing.scores import Outcome, joined, outcome_of


def outcome(request: float | np.ndarray) -> Outcome:
    """One flat window at 100, one with a tenth of its samples at 300; 14 days each."""
    test = np.full((2, 14 * 288), 100, np.float32)
    test[1, : 14 * 288 // 10] = 300
    requests = request if isinstance(request, np.ndarray) else np.full(2, request)
    return outcome_of(requests, test, np.array([100.0, 300.0]))


def test_each_term_is_what_its_name_says() -> None:
    found = outcome(200.0)

    assert found.over.tolist() == [0, pytest.approx(0.1, abs=1e-3)]
    assert scores.ratio(found) == 1
    assert scores.geometric_mean_ratio(found) == pytest.approx((2 * 2 / 3) ** 0.5)
    assert scores.overrun(found) == 0.5
    assert scores.overrun_by_usage(found) == pytest.approx(120 / 220, abs=1e-3)
    assert scores.exceeded(found) == 0.5
    assert scores.slack(found) == pytest.approx(1 - 220 / 400, abs=1e-3)


def test_a_request_that_changes_is_held_against_each_day() -> None:
    daily = np.full((2, 14), 200.0)
    daily[1, :2] = 300
    found = outcome(daily)

    assert found.over.tolist() == [0, 0]
    assert found.changes.tolist() == [0, 1]
    assert found.request[1] == pytest.approx((2 * 300 + 12 * 200) / 14)


def test_gaps_are_neither_over_nor_under() -> None:
    test = np.full((1, 288), np.nan, np.float32)
    test[0, :10] = [50] * 9 + [500]
    found = outcome_of(np.array([100.0]), test, np.array([500.0]))

    assert (found.over[0], found.usage[0]) == (pytest.approx(0.1), pytest.approx(95))


def test_outcomes_join() -> None:
    both = joined([outcome(200.0), outcome(400.0)])

    assert scores.overrun(both) == 0.25


def test_a_probability_that_is_off_by_5_percent_says_so() -> None:
    came_true = np.array([True] * 9 + [False])

    assert calibration_error(np.full(10, 0.95), came_true) == pytest.approx(0.05)
    assert calibration_error(np.full(10, 0.9), came_true) == pytest.approx(0)
    assert calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0
