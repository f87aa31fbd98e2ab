"""Against numpy, row by row."""

import numpy as np

from finops.rightsizing.row_quantiles import covering_quantiles, row_quantiles

RNG = np.random.default_rng(5)


def test_the_worked_lines_hold() -> None:
    assert row_quantiles(np.array([[0.0, 10, 20]]), 0.9).tolist() == [18]
    assert covering_quantiles(np.array([[1.0, 2, 3, 4]]), 0.5).tolist() == [2]
    assert covering_quantiles(np.array([[1.0, 2, 3, 4]]), 0.5, np.array([1, 1, 1, 9])).tolist() == [
        4
    ]


def test_they_are_what_numpy_says_of_what_is_known() -> None:
    values = RNG.normal(size=(50, 40))
    values[RNG.random(values.shape) < 0.3] = np.nan
    plain = [row[np.isfinite(row)] for row in values]

    np.testing.assert_allclose(row_quantiles(values, 0.8), [np.quantile(r, 0.8) for r in plain])
    np.testing.assert_allclose(
        covering_quantiles(values, 0.8), [np.quantile(r, 0.8, method="inverted_cdf") for r in plain]
    )


def test_a_row_without_values_has_no_quantile() -> None:
    nothing = np.full((1, 4), np.nan)

    assert np.isnan(row_quantiles(nothing, 0.5)).all()
    assert np.isnan(covering_quantiles(nothing, 0.5)).all()
