"""The benchmark prints what is asked of it, and its fit finds what is there."""

from pathlib import Path

import pytest

from benchmarks import fit_rightsizing, rightsizing
from finops.rightsizing.compared import part_of
from finops.rightsizing.confidence import CPU
from finops.rightsizing.replay import plan_of, windows_of
from tests.finops.rightsizing.traces import noisy, series_file, write_pods

NEEDED = {
    *("slack", "ratio", "gmr", "v5", "v5w"),
    *("mem_ratio", "mem_oom", "changes_per_14d"),
}


def test_every_figure_is_there(tmp_path: Path) -> None:
    found = rightsizing.measure(write_pods(tmp_path / "pods.csv", 6, with_requests=True), None)

    assert set(found["policies"]) == {
        *("lean", "lean_refreshed", "safe", "safe_refreshed"),
        *("krr", "vpa", "autopilot", "aws", "set", "oracle"),
    }
    assert all(set(figures) >= NEEDED for figures in found["policies"].values())
    assert found["policies"]["oracle"]["ratio"] == 1
    assert (found["series"], found["train_days"], found["test_days"]) == (2, 3, 3)
    assert "ece_cpu" in found
    assert "ece_mem" in found
    assert found["note"]


def test_what_is_set_is_left_out_where_nobody_says(tmp_path: Path) -> None:
    assert "set" not in rightsizing.measure(write_pods(tmp_path / "p.csv", 4), None)["policies"]


def test_halves_share_no_series() -> None:
    file = series_file(noisy(40, 1))
    half = fit_rightsizing.half_of(file)

    assert 5 < len(half.names) < 35
    assert all(fit_rightsizing.is_fitted_on(name) for name in half.names)
    assert half.cpu.shape == (len(half.names), 288)


def test_the_fit_learns_that_requests_over_the_worst_day_hold() -> None:
    past = series_file(noisy(60, 42))
    plan = plan_of(42)
    part = part_of(past, plan, windows_of(past, plan))
    cases = fit_rightsizing.cases_of(part)["cpu"]
    coefficients = fit_rightsizing.fitted(cases, CPU)

    assert len(coefficients) == len(CPU.coefficients)
    assert coefficients[1] > 0


@pytest.mark.slow
def test_speed_stays_within_its_bounds() -> None:
    found = rightsizing.speed(2000)

    assert found["update_s"] < 0.5
    assert found["answer_s"] < 0.1
    assert found["bytes_per_series"] < 1000
