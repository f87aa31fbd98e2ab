import numpy as np
import pytest

from finops.sources.usage_series import DAY_SECONDS, TimeGrid, grid_ending, put_hottest, summarise

NOW = 1_780_000_123.0


def test_the_grid_holds_every_step_of_the_window_once() -> None:
    grid = grid_ending(NOW, window_days=14, step=300)

    assert grid.size == 14 * 288
    assert grid.end == 1_780_000_123 // 300 * 300


@pytest.mark.parametrize("seconds", [1, 300, 7_000, 86_400, 10**9])
def test_chunks_cover_the_grid_without_a_moment_twice(seconds: int) -> None:
    grid = grid_ending(NOW, window_days=2, step=300)
    moments = [
        moment
        for chunk in grid.chunks(seconds)
        for moment in range(chunk.start, chunk.end + 1, chunk.step)
    ]

    assert moments == list(range(grid.start, grid.end + 1, 300))


def test_the_hottest_pod_of_each_moment_counts_and_unfit_samples_do_not() -> None:
    grid = TimeGrid(0, 1_200, 300)
    hottest = grid.empty()
    times = np.array([0.0, 300, 600, 900, 1_200])
    unfit = put_hottest(
        hottest, grid, times, values=np.array([1.0, 9, np.nan, -5, np.inf]), largest=100
    )
    unfit += put_hottest(hottest, grid, times, values=np.array([3.0, 2, 4, 101, 5]), largest=100)

    assert unfit == 4
    np.testing.assert_equal(hottest, [3, 9, 4, np.nan, 5])


def test_moments_outside_the_grid_are_left_out() -> None:
    grid = TimeGrid(0, 300, 300)
    hottest = grid.empty()
    times = np.array([-900.0, 0, 10**12, np.nan])
    put_hottest(hottest, grid, times, values=np.ones(4), largest=10)

    np.testing.assert_equal(hottest, [1, np.nan])


def test_a_summary_tells_span_peaks_and_percentiles() -> None:
    grid = grid_ending(NOW, window_days=3, step=3_600)
    hottest = np.concatenate([np.full(24, np.nan), np.arange(24.0), np.full(24, 100.0)])
    summary = summarise(hottest, grid, peak_share=1.0, source="here")

    assert summary is not None
    assert summary.window_days == 2
    assert summary.samples == 48
    assert summary.maximum == 100
    assert list(summary.daily_peaks) == [23, 100]
    assert summary.percentiles[0.5] == pytest.approx(61.5)
    assert set(summary.percentiles) == {0.5, 0.9, 0.95, 0.97, 0.98, 0.99}


def test_a_day_peak_of_cpu_is_the_days_95th_percentile() -> None:
    grid = TimeGrid(3_600, DAY_SECONDS, 3_600)
    summary = summarise(np.arange(24.0), grid, peak_share=0.95, source="")

    assert summary is not None
    assert list(summary.daily_peaks) == [pytest.approx(21.85)]


def test_a_series_without_a_sample_has_no_summary() -> None:
    grid = TimeGrid(0, 300, 300)

    assert summarise(grid.empty(), grid, peak_share=1, source="") is None
