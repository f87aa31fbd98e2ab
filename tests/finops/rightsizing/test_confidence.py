from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.rightsizing.confidence import CPU, MEMORY, confidence_that_it_holds


def cpu(proposed: float, peaks: Sequence[float], days: float) -> float:
    return confidence_that_it_holds(proposed, peaks, window_days=days, base=CPU)


def test_the_worked_line_holds() -> None:
    assert cpu(120, [100] * 28, 28) == 0.959


def test_a_single_figure_is_less_sure_than_a_coin() -> None:
    assert cpu(5, [], 0) == 0.45


def test_memory_is_less_sure_than_cpu() -> None:
    memory = confidence_that_it_holds(5, [1] * 14, window_days=14, base=MEMORY)

    assert memory < cpu(5, [1] * 14, 14)


def test_a_history_without_daily_peaks_leaves_the_base_rate() -> None:
    assert cpu(5, [], 1000) == pytest.approx(0.95, abs=0.001)


@given(peaks=st.lists(st.floats(0, 100), max_size=60), days=st.floats(0.01, 60))
def test_it_rises_with_the_proposal_and_stays_under_certainty(
    peaks: list[float], days: float
) -> None:
    found = [cpu(proposed, peaks, days) for proposed in (0, 25, 50, 100)]

    assert found == sorted(found)
    assert 0 <= found[0] <= found[-1] <= 0.99
