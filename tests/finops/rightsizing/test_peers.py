"""The peers' rules on series whose answer can be worked out by hand."""

import numpy as np
import pytest

from finops.domain.quantities import MIB
from finops.rightsizing.peers import (
    PEERS,
    autopilot_cpu,
    aws_cpu,
    aws_memory,
    krr_cpu,
    krr_memory,
    oracle_cpu,
    vpa_cpu,
    vpa_memory,
)
from finops.rightsizing.sketches import SAMPLES_PER_DAY


def flat(value: float, days: int = 28) -> np.ndarray:
    return np.full((1, days * SAMPLES_PER_DAY), value)


def with_burst(base: float, burst: float, hours_a_day: int, days: int = 28) -> np.ndarray:
    values = flat(base, days).reshape(days, SAMPLES_PER_DAY)
    values[:, : hours_a_day * 12] = burst
    return values.reshape(1, -1)


def test_krr_takes_the_95th_percentile_and_the_maximum_and_15_percent() -> None:
    assert krr_cpu(with_burst(100, 400, 1)).tolist() == [100]  # 1 h of 24 is 4.2 %
    assert krr_cpu(with_burst(100, 400, 2)).tolist() == [400]
    assert krr_memory(flat(200.0 * MIB)).tolist() == [230 * MIB]
    assert krr_memory(flat(10.0 * MIB)).tolist() == [100 * MIB]


def test_krr_does_not_know_what_happened_15_days_ago() -> None:
    values = flat(100)
    values[:, : 13 * SAMPLES_PER_DAY] = 900

    assert krr_cpu(values).tolist() == [100]
    assert aws_cpu(values).tolist() == [pytest.approx(120)]


def test_vpa_takes_a_buckets_upper_edge_and_15_percent() -> None:
    # 10 · (1.05^9 − 1) / 0.05 = 110.3 is the first edge over 100.
    assert vpa_cpu(flat(100))[0] == pytest.approx(110.27 * 1.15, rel=1e-3)
    assert vpa_memory(flat(10.0 * MIB)).tolist() == [250 * MIB]


def test_vpa_forgets_last_week() -> None:
    values = flat(100)
    values[:, : 21 * SAMPLES_PER_DAY] = 900

    assert vpa_cpu(values) == vpa_cpu(flat(100))


def test_autopilot_weighs_load_and_not_time() -> None:
    # Ten times the base for 2 hours a day: 8 % of time, 48 % of load.
    assert autopilot_cpu(with_burst(100, 1000, 2)).tolist() == [pytest.approx(1150)]
    assert autopilot_cpu(with_burst(100, 1000, 1)).tolist() == [pytest.approx(1150)]


def test_aws_adds_a_fifth() -> None:
    assert aws_cpu(flat(100)).tolist() == [pytest.approx(120)]
    assert aws_memory(flat(100.0 * MIB)).tolist() == [pytest.approx(120 * MIB)]


def test_the_oracle_is_over_run_5_percent_of_the_time_at_most() -> None:
    values = np.random.default_rng(1).lognormal(3, 1, (20, 14 * SAMPLES_PER_DAY))

    assert ((values > oracle_cpu(values)[:, None]).mean(axis=1) <= 0.05).all()


@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_gaps_say_nothing_and_nothing_known_gives_nothing(peer: object) -> None:
    from finops.rightsizing.peers import Peer

    assert isinstance(peer, Peer)
    gaps = flat(300.0 * MIB)
    gaps[:, ::3] = np.nan

    assert peer.memory(gaps) == pytest.approx(peer.memory(flat(300.0 * MIB)))
    assert np.isnan(peer.memory(flat(np.nan))).all()
