"""Answers that do not fit together: one question was answered for fewer series than another."""

from collections.abc import Mapping

import numpy as np
import pytest

from finops.rightsizing.daily_facts import DailyFacts
from finops.rightsizing.sketches import MEAN, PODS, SUMMED_MEAN, Sketches
from finops.rightsizing.summaries import STABILITY, WATCHED, stabilities
from finops.sources.prometheus.folding import (
    StabilityAnswers,
    UsageAnswers,
    fold_stability,
    fold_usage,
    folding,
    rows_of,
)
from finops.sources.prometheus.questions import CPU_SHARES
from finops.sources.prometheus.stretches import DAY, Stretch
from finops.sources.prometheus.tables import RowKey, Table

POD_A, POD_B = ("shop", "web-a", "server"), ("shop", "web-b", "server")
ONE_DAY = Stretch(0, DAY, 1, closes=True)


def table(values: Mapping[RowKey, float]) -> Table:
    rows = {key: number for number, key in enumerate(values)}
    return Table(rows, np.array([[value] for value in values.values()]).reshape(-1, 1))


def a_day(**missing: tuple[RowKey, ...]) -> Sketches:
    """One workload of two pods over a whole day, 100 and 400 millicores; some rows missing."""

    def answered(name: str, low: float, high: float) -> Table:
        rows = {POD_A: low, POD_B: high}
        return table({key: rows[key] for key in rows if key not in missing.get(name, ())})

    answers = UsageAnswers(
        ONE_DAY,
        shares=CPU_SHARES,
        statistics={
            share: answered(f"p{share * 100:g}", 100 + share, 400 + share) for share in CPU_SHARES
        },
        mean=answered("mean", 90, 390),
        hours=answered("hours", 24, 24),
    )
    sketches, rows = Sketches.empty(1), rows_of(answers.tables())
    fold_usage(sketches, answers, rows, folding(rows, lambda _: 0, 1))
    return sketches


@pytest.mark.parametrize("missing", [(POD_B,), (POD_A, POD_B)])
@pytest.mark.parametrize("share", CPU_SHARES[:-1])
def test_a_missing_quantile_counts_as_the_next_higher_one(
    share: float, missing: tuple[RowKey, ...]
) -> None:
    sketches = a_day(**{f"p{share * 100:g}": missing})
    [[median, highest]] = sketches.quantiles((0.5, 0.99)).tolist()

    assert np.isfinite(sketches.decayed).all()
    assert median == pytest.approx(400, rel=0.03)
    assert highest == pytest.approx(400, rel=0.03)


def test_a_missing_mean_is_not_a_mean_of_nothing() -> None:
    day = a_day(mean=(POD_A, POD_B)).daily[0, -1]

    assert day[MEAN] == pytest.approx(400, rel=0.01)
    assert day[PODS] == pytest.approx(2)
    assert day[SUMMED_MEAN] == pytest.approx(500, rel=0.01)


def test_a_workload_that_is_gone_is_not_watched() -> None:
    facts = DailyFacts.empty(2, STABILITY)
    nothing = table({})
    answers = StabilityAnswers(ONE_DAY, nothing, restarts=nothing, killed=nothing, kills=nothing)
    here = np.array([True, False])
    fold_stability(facts, answers, {}, folding({}, lambda _: None, 2), seen=here)

    assert facts.values[:, -2, WATCHED].tolist() == pytest.approx([1, np.nan], nan_ok=True)


def test_restarts_without_number_are_kept() -> None:
    facts = DailyFacts.empty(1, STABILITY)
    for _ in range(300):
        facts.add(np.array([[1001.0, np.nan, np.nan, 1.0]]))
    kept = DailyFacts.from_bytes(facts.to_bytes(), STABILITY)
    [found] = stabilities(kept)

    assert found
    assert found.restarts == 300_300
