"""One policy for the daily look, whoever looks: the product, a backtest, a benchmark."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.quantities import GIB, MIB
from finops.rightsizing.refresh import (
    LOWER_SHARE,
    RAISE_SHARE,
    least_cpu_fall_shares,
    least_memory_fall_shares,
    refreshed,
)


def looked_at(current: float, *proposed: float) -> list[float]:
    """What a CPU request becomes."""
    held = np.full(len(proposed), current)
    found = refreshed(held, np.array(proposed), least_cpu_fall_shares(held))
    return [float(one) for one in found]


def test_a_tenth_up_and_a_quarter_down_are_worth_a_restart() -> None:
    assert looked_at(1000, 1100, 1101, 751, 750) == [1000, 1101, 1000, 750]


def test_a_small_request_falls_by_more_or_not_at_all() -> None:
    assert looked_at(20, 14, 13) == [20, 13]


def test_trifles_need_a_larger_share_on_small_requests() -> None:
    assert least_cpu_fall_shares(50) == pytest.approx(0.299, abs=0.001)
    assert least_cpu_fall_shares(4000) == pytest.approx(0.099, abs=0.001)
    assert least_memory_fall_shares(64 * MIB) > least_memory_fall_shares(GIB)


@given(st.lists(st.floats(10, 1e5), min_size=2, max_size=40))
def test_a_held_request_is_never_far_under_what_it_should_be(wanted: list[float]) -> None:
    held = np.array(wanted[:1])
    for one in wanted[1:]:
        held = refreshed(held, np.array([one]), least_cpu_fall_shares(held))

        assert one <= held[0] * (1 + RAISE_SHARE) * (1 + 1e-9)


@given(st.floats(10, 1e5), st.floats(-0.2, 0.09))
def test_noise_within_the_band_changes_nothing_however_long_it_lasts(
    current: float, noise: float
) -> None:
    held = np.array([current])
    for sign in (1, -1) * 20:
        wanted = np.array([current * (1 + min(noise * sign, RAISE_SHARE - 0.01))])
        held = refreshed(held, np.maximum(wanted, current * (1 - LOWER_SHARE + 0.01)), held * 0)

    assert held[0] == current
