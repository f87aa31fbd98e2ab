"""Windows, and that no policy ever sees the days it is tested on."""

import numpy as np
import pytest

from finops.domain.errors import InvalidInput
from finops.rightsizing.compared import compare, outcomes_of, part_of
from finops.rightsizing.modes import CPU_KNOBS, Cadence, Mode
from finops.rightsizing.peers import PEERS
from finops.rightsizing.policies import cpu_requests
from finops.rightsizing.replay import plan_of, replay, windows_of
from finops.rightsizing.sketches import P95, SAMPLES_PER_DAY
from tests.finops.rightsizing.traces import noisy, series_file


@pytest.mark.parametrize(
    ("days", "train", "test", "origins"),
    [
        (91, 28, 14, tuple(range(28, 78, 7))),
        (42, 28, 14, (28,)),
        (41, 14, 14, (14, 21)),
        (30, 14, 14, (14,)),
        (21, 7, 14, (7,)),
        (10, 5, 5, (5,)),
        (2, 1, 1, (1,)),
    ],
)
def test_the_longest_training_that_leaves_14_days_is_taken(
    days: int, train: int, test: int, origins: tuple[int, ...]
) -> None:
    plan = plan_of(days)

    assert (plan.train_days, plan.test_days, plan.origins) == (train, test, origins)
    assert bool(plan.note) == ((train, test) != (28, 14))


def test_one_day_is_refused() -> None:
    with pytest.raises(InvalidInput, match="2 days at least"):
        plan_of(1)


def test_windows_with_gaps_on_either_side_are_left_out_and_counted() -> None:
    values = noisy(3, 42)
    values[1, : 20 * SAMPLES_PER_DAY] = np.nan
    values[2, -10 * SAMPLES_PER_DAY :] = np.nan
    windows = windows_of(series_file(values), plan_of(42))

    assert (windows.rows.tolist(), windows.skipped) == ([0], 2)


def test_requests_do_not_know_the_days_they_are_tested_on() -> None:
    values, other = noisy(4, 42), noisy(4, 42)
    other[:, 28 * SAMPLES_PER_DAY :] *= 50
    plan = plan_of(42)
    found = []
    for samples in (values, other):
        file = series_file(samples)
        cpu, memory = outcomes_of(part_of(file, plan, windows_of(file, plan)))
        found.append({**cpu, **{f"memory {name}": one for name, one in memory.items()}})
    static = [name for name in found[0] if not name.endswith(("refreshed", "oracle", "set"))]

    assert len(static) == 12
    for name in static:
        assert found[0][name].request.tolist() == found[1][name].request.tolist()
    assert (found[1]["lean"].over > 0.99).all()
    assert (found[1]["lean_refreshed"].request > found[0]["lean_refreshed"].request).all()


def test_each_morning_knows_the_day_before() -> None:
    values = np.full((1, 42 * SAMPLES_PER_DAY), 100.0)
    values[0, 30 * SAMPLES_PER_DAY :] = 1000
    file, plan = series_file(values), plan_of(42)
    mornings = replay(file.cpu, windows_of(file, plan), plan, peak=P95).mornings
    wanted = [cpu_requests(one, CPU_KNOBS[Mode.LEAN, Cadence.DAILY])[0] for one in mornings]

    assert len(mornings) == 14
    assert wanted[2] < 150  # the morning of day 30 has not seen it yet
    assert wanted[3] > 900


def test_every_policy_is_compared_on_every_window() -> None:
    compared = compare(series_file(noisy(3, 49)), plan_of(49))

    assert len(compared.windows) == 6
    assert set(PEERS) < set(compared.cpu) == set(compared.memory)
    assert {len(one.request) for one in compared.cpu.values()} == {6}
    assert compared.cpu["lean"].over.max() < 0.05
