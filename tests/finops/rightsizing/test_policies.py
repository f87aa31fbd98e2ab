"""The formulas on whole arrays, and that one container gets the same from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.quantities import GIB, MIB
from finops.rightsizing.history import History, history_of_sketches
from finops.rightsizing.modes import (
    CPU_KNOBS,
    MEMORY_KNOBS,
    Cadence,
    CpuKnobs,
    MemoryKnobs,
    MemorySignal,
    Mode,
    ModeChoice,
)
from finops.rightsizing.policies import cpu_requests, memory_requests, widenings
from finops.rightsizing.requests import (
    cpu_request_millicores,
    memory_request_bytes,
    round_up_cpu,
)
from finops.rightsizing.sketches import MAXIMUM, P95, Samples, Sketches
from finops.rightsizing.summaries import usage_summaries


def history(quantile: float, maximum: float, days: float = 28) -> History:
    return History(
        shares=(0.98, 0.99),
        quantiles=np.array([[quantile, quantile]]),
        maximum=np.array([maximum]),
        daily_peaks=np.full((1, 29), maximum),
        window_days=np.array([days]),
    )


def lived(values: np.ndarray) -> Sketches:
    sketches = Sketches.empty(len(values))
    for day in np.split(values, values.shape[1] // 288, axis=1):
        sketches.add_samples(Samples(day, day, np.ones_like(day)))
        sketches.close_day()
    return sketches


def test_the_worked_lines_hold() -> None:
    lean = CpuKnobs(share=0.98, pull=0.1, margin=1.02)
    safe = MemoryKnobs(share=1, margin=1.2, shrink=0.1, least=1.1)

    assert cpu_requests(history(200, 400), lean)[0] == pytest.approx(218.6, abs=0.1)
    assert memory_requests(history(0, 200 * MIB), safe)[0] / MIB == pytest.approx(282.5, abs=0.1)
    assert memory_requests(history(0, 16 * GIB), safe)[0] / GIB == pytest.approx(17.6)


def test_a_history_of_days_is_read_at_its_share() -> None:
    peaks = np.arange(28.0)[None] * MIB + 100 * MIB
    past = History((), np.empty((1, 0)), np.array([127.0 * MIB]), peaks, np.array([28.0]))
    half = MemoryKnobs(share=0.5, margin=1, shrink=0, least=1)

    assert memory_requests(past, half)[0] == pytest.approx(113.5 * MIB)


def test_one_container_gets_what_the_estate_gets_rounded_up() -> None:
    values = 300 * np.random.default_rng(2).lognormal(0, 0.5, (6, 5 * 288))
    cpu, memory = lived(values), lived(values * MIB)
    alone = [
        usage_summaries(sketches, peak=peak, today_days=0.0, source="")
        for sketches, peak in ((cpu, P95), (memory, MAXIMUM))
    ]
    for mode in Mode:
        many = cpu_requests(
            history_of_sketches(cpu, peak=P95, today_days=0.0), CPU_KNOBS[mode, Cadence.STANDING]
        )
        held = memory_requests(
            history_of_sketches(memory, peak=MAXIMUM, today_days=0.0),
            MEMORY_KNOBS[mode, MemorySignal.WORKING_SET],
        )

        assert [round_up_cpu(one) for one in many] == [
            cpu_request_millicores(one, mode) for one in alone[0] if one
        ]
        assert np.ceil(held / MIB).tolist() == [
            memory_request_bytes(one, mode) / MIB for one in alone[1] if one
        ]


def test_a_series_without_samples_asks_for_nothing_known() -> None:
    past = history_of_sketches(Sketches.empty(1), peak=P95, today_days=0.5)

    assert np.isnan(cpu_requests(past, CPU_KNOBS[Mode.LEAN, Cadence.STANDING])).all()
    assert past.window_days.tolist() == [0]


@given(quantile=st.floats(0, 1e5), above=st.floats(0, 1e5), days=st.floats(0, 60))
def test_safe_is_never_under_lean(quantile: float, above: float, days: float) -> None:
    past = history(quantile, quantile + above, days)
    for cadence in Cadence:
        lean, safe = (
            cpu_requests(past, CPU_KNOBS[mode, cadence])[0] for mode in (Mode.LEAN, Mode.SAFE)
        )
        assert safe >= lean
    for signal in MemorySignal:
        lean, safe = (
            memory_requests(past, MEMORY_KNOBS[mode, signal])[0] for mode in (Mode.LEAN, Mode.SAFE)
        )
        assert safe >= lean


def test_margins_widen_with_every_day_that_is_missing() -> None:
    wider = widenings(np.array([0.0, 1, 2, 7, 14, 27, 28, 90]))

    assert (np.diff(wider) <= 0).all()
    assert (wider[0], wider[-2], wider[-1]) == (2, 1, 1)


def test_where_team_and_kind_differ_safe_wins() -> None:
    choice = ModeChoice(
        default=Mode.LEAN, teams={"shop": Mode.LEAN}, kinds={"StatefulSet": Mode.SAFE}
    )

    assert choice.of("shop", "Deployment") is Mode.LEAN
    assert choice.of("shop", "StatefulSet") is Mode.SAFE
    assert choice.of("nobody", "Job") is Mode.LEAN
    assert ModeChoice().of("shop", "Deployment") is Mode.SAFE
