"""Sketches against what numpy says of the same samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.errors import InvalidInput
from finops.rightsizing import sketch_codec
from finops.rightsizing.sketches import (
    DAYS,
    MAXIMUM,
    MEAN,
    P95,
    PODS,
    SAMPLES,
    SUMMED_MEAN,
    Samples,
    Sketches,
    Summary,
)

RNG = np.random.default_rng(3)


def samples(values: np.ndarray, pods: float = 1) -> Samples:
    return Samples(values, values * pods, np.where(np.isfinite(values), pods, np.nan))


def summary(values: np.ndarray, shares: tuple[float, ...]) -> Summary:
    known = np.quantile(values, shares, axis=1).T
    count = np.full(len(values), values.shape[1], float)
    one = np.ones(len(values))
    return Summary(shares, known, count, values.mean(axis=1), one, values.mean(axis=1))


@pytest.mark.parametrize("scale", [2.0, 400.0, 3e9])
def test_quantiles_of_one_day_are_within_one_bucket(scale: float) -> None:
    values = scale * RNG.lognormal(0, 1, (20, 288))
    sketches = Sketches.empty(20)
    sketches.add_samples(samples(values))
    shares = (0.5, 0.9, 0.95, 0.99)
    expected = np.quantile(values, shares, axis=1, method="inverted_cdf").T

    np.testing.assert_allclose(sketches.quantiles(shares), expected, rtol=0.051)
    assert sketches.maximum() == pytest.approx(values.max(axis=1), rel=1e-6)


def test_half_of_a_days_weight_is_gone_after_a_week() -> None:
    sketches = Sketches.empty(1)
    sketches.add_samples(samples(np.full((1, 288), 1000.0)))
    for _ in range(7):
        sketches.close_day()
    sketches.add_samples(samples(np.full((1, 144), 10.0)))

    assert sketches.decayed.sum() == pytest.approx(144, rel=0.001)
    assert sketches.quantiles((0.49,))[0, 0] == pytest.approx(10, rel=0.06)
    assert sketches.quantiles((0.51,))[0, 0] == pytest.approx(1000, rel=0.06)


def test_parts_of_a_day_merge_into_the_day() -> None:
    values = RNG.lognormal(3, 1, (5, 288))
    whole, parts = Sketches.empty(5), Sketches.empty(5)
    whole.add_samples(samples(values, pods=3))
    for piece in (values[:, :100], values[:, 100:101], values[:, 101:]):
        parts.add_samples(samples(piece, pods=3))

    np.testing.assert_allclose(whole.days()[:, -1], parts.days()[:, -1], rtol=1e-5)
    assert whole.days()[:, -1, SAMPLES].tolist() == [288.0] * 5
    np.testing.assert_allclose(whole.days()[:, -1, MEAN], values.mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(whole.days()[:, -1, PODS], 3)
    np.testing.assert_allclose(whole.days()[:, -1, SUMMED_MEAN], 3 * values.mean(axis=1), rtol=1e-5)


def test_a_day_known_by_its_quantiles_is_near_the_day_itself() -> None:
    values = RNG.lognormal(3, 0.7, (30, 288))
    sketches = Sketches.empty(30)
    sketches.add_summary(summary(values, (0.5, 0.9, 0.95, 0.99, 1.0)))
    day = sketches.days()[:, -1]
    exact = np.quantile(values, 0.95, axis=1)

    np.testing.assert_allclose(day[:, P95], exact, rtol=0.06)
    np.testing.assert_allclose(day[:, MAXIMUM], values.max(axis=1), rtol=1e-6)
    np.testing.assert_allclose(day[:, SAMPLES], 288)
    assert sketches.today.sum(axis=1) == pytest.approx(288, rel=1e-3)


def test_rows_that_saw_nothing_stay_empty_beside_those_that_did() -> None:
    values = np.full((3, 12), np.nan)
    values[1] = 50
    sketches = Sketches.empty(3)
    sketches.add_samples(samples(values))
    nothing = np.full(3, np.nan)
    known = np.full((3, 2), np.nan)
    known[2] = 70, 80
    counts = np.array([np.nan, np.nan, 12.0])
    sketches.add_summary(Summary((0.5, 1.0), known, counts, nothing, nothing, nothing))
    found = sketches.quantiles((0.5,))[:, 0]

    assert np.isnan(found[0])
    assert found[1] == pytest.approx(50, rel=0.05)
    assert 66 < found[2] <= 80


def test_only_the_newest_days_are_kept() -> None:
    sketches = Sketches.empty(1)
    for day in range(DAYS + 5):
        sketches.add_samples(samples(np.full((1, 288), 1000.0 - day)))
        sketches.close_day()

    assert sketches.daily[0, 0, MAXIMUM] == 995
    assert sketches.maximum()[0] == 995


@given(
    st.lists(
        st.lists(
            st.one_of(st.just(float("nan")), st.floats(0, 1e15, allow_subnormal=False)),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 3),
)
def test_written_sketches_read_the_same(rows: list[list[float]], days: int) -> None:
    values = np.array(rows)
    sketches = Sketches.empty(len(rows))
    for _ in range(days):
        sketches.add_samples(samples(values))
        sketches.close_day()
    sketches.add_samples(samples(values))
    again = sketch_codec.from_bytes(sketch_codec.to_bytes(sketches))
    shares = (0.5, 0.95, 1.0)

    np.testing.assert_allclose(
        again.days(), sketches.days(), rtol=0.002, atol=1e-3 * values_top(values)
    )
    np.testing.assert_allclose(
        again.quantiles(shares)[:, 1:], sketches.quantiles(shares)[:, 1:], rtol=0.06, atol=1e-3
    )


def values_top(values: np.ndarray) -> float:
    return float(np.nan_to_num(values).max(initial=0)) + 1


def test_a_series_takes_about_a_kilobyte() -> None:
    sketches = Sketches.empty(50)
    for _ in range(28):
        sketches.add_samples(samples(RNG.lognormal(4, 0.5, (50, 288))))
        sketches.close_day()
    sketches.add_samples(samples(RNG.lognormal(4, 0.5, (50, 100))))
    sizes = [len(piece) for piece in sketch_codec.to_bytes(sketches)]

    assert max(sizes) < 1024


def test_a_sketch_of_another_version_is_refused() -> None:
    [piece] = sketch_codec.to_bytes(Sketches.empty(1))

    with pytest.raises(InvalidInput, match="Upgrade every replica"):
        sketch_codec.from_bytes([b"\x09" + piece[1:]])
    with pytest.raises(InvalidInput, match="reads version 1"):
        sketch_codec.from_bytes([piece[:20]])
