"""The frontier's words; its looks are looked at."""

from dataclasses import replace

import numpy as np
import pytest

from finops.domain.errors import InvalidInput
from finops.reports.frontier_chart import frontier_chart
from finops.rightsizing.backtest import backtest, frontier
from finops.rightsizing.scores import Outcome
from tests.finops.rightsizing.traces import noisy, series_file


def test_the_title_states_what_was_found_and_alt_text_lists_it() -> None:
    file = series_file(noisy(3, 6))
    file = replace(file, cpu_set=np.full_like(file.cpu_set, 1000), memory_set=file.memory_set)
    chart = frontier_chart(backtest(file))

    assert chart.title.startswith("Lean over-runs 0 % of CPU requests where KRR's rule over-runs")
    assert "less than is set" in chart.title
    assert "set now" in chart.alt_text.partition("memory")[0]
    assert "set now" not in chart.alt_text.partition("memory")[2]
    assert chart.png.startswith(b"\x89PNG")


def test_a_frontier_falls_and_passes_through_its_policy() -> None:
    request, oracle = np.array([100.0, 200, 300]), np.array([90.0, 250, 290])
    outcome = Outcome(request, request / 2, oracle, np.zeros(3), np.zeros(3))
    ratios, risks = zip(*frontier(outcome), strict=True)

    assert list(risks) == sorted(risks, reverse=True)
    assert (risks[0], risks[-1]) == (1, 0)
    assert np.interp(600 / 630, ratios, risks) == pytest.approx(1 / 3, abs=0.01)


def test_series_that_reach_over_no_origin_are_refused() -> None:
    values = noisy(1, 4)
    values[:, 400:] = np.nan

    with pytest.raises(InvalidInput, match="None of 1 series has half of its samples"):
        backtest(series_file(values))
