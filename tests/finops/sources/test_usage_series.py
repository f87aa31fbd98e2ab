import numpy as np
import pytest

from finops.sources.usage_series import DAY_SECONDS, TimeGrid, grid_ending, summarise

NOW = 1_780_000_123.0


def test_the_grid_holds_every_step_of_the_window_once() -> None:
    grid = grid_ending(NOW, window_days=14, step=300)

    assert grid.size == 14 * 288
    assert grid.end == 1_780_000_123 // 300 * 300


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

    assert summarise(np.full(2, np.nan), grid, peak_share=1, source="") is None
