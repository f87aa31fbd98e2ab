import pytest

from finops.verification.welch import (
    day_to_day_correlation,
    difference_of_means,
    student_t_quantile,
)

# Student's t table, two decimals more than most print: (share, degrees of freedom, value).
TABLE = [
    (0.90, 2, 1.8856),
    (0.90, 3, 1.6377),
    (0.90, 5, 1.4759),
    (0.90, 10, 1.3722),
    (0.90, 30, 1.3104),
    (0.95, 4, 2.1318),
    (0.975, 2, 4.3027),
    (0.975, 5, 2.5706),
    (0.975, 10, 2.2281),
    (0.975, 60, 2.0003),
]


@pytest.mark.parametrize(("share", "freedom", "value"), TABLE)
def test_the_t_quantile_is_that_of_the_table(share: float, freedom: int, value: float) -> None:
    close = 0.01 if freedom < 5 else 0.001

    assert student_t_quantile(share, freedom) == pytest.approx(value, rel=close)


def test_the_worked_difference_holds() -> None:
    found = difference_of_means([10, 12, 11], [6, 5, 7])

    assert found.point == 5
    assert found.standard_error == pytest.approx(0.816, abs=0.001)
    assert found.degrees_of_freedom == pytest.approx(4)


def test_flat_series_have_no_error() -> None:
    assert difference_of_means([2.0] * 5, [0.0] * 5).interval(0.8) == (2.0, 2.0)


def test_days_that_resemble_each_other_widen_the_interval() -> None:
    drifting, jumping = [1.0, 2, 3, 4, 5, 6, 7, 8], [1.0, 8, 2, 7, 3, 6, 4, 5]

    assert day_to_day_correlation(drifting, drifting) > 0.5
    assert day_to_day_correlation(jumping, jumping) == 0
    assert (
        difference_of_means(drifting, drifting).standard_error
        > difference_of_means(jumping, jumping).standard_error
    )
