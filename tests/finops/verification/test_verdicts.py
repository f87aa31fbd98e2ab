from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest

from finops.domain.money import DAYS_PER_MONTH, Saving
from finops.domain.verdict import SavingVerdict, Verdict
from finops.verification.verdicts import judge

WOBBLE = [-0.2, 0.1, 0.3, -0.1, 0.0, 0.2, -0.3]


def days(mean: float, count: int = 7) -> list[Decimal]:
    return [Decimal(str(round(mean + WOBBLE[i % 7], 2))) for i in range(count)]


def cash_verdict(
    expected_a_day: float,
    before: Sequence[Decimal],
    after: Sequence[Decimal],
    *,
    in_place: bool = True,
) -> SavingVerdict:
    expected = Saving(cashable_usd_per_month=Decimal(expected_a_day) * DAYS_PER_MONTH)
    return judge(expected, before, after, setting_still_in_place=in_place, is_cashable=True)


def test_a_deleted_volume_is_realised_to_the_cent() -> None:
    found = cash_verdict(0.3, [Decimal("0.30")] * 7, [Decimal(0)] * 3)

    assert found.verdict is Verdict.REALISED
    assert found.realised == Saving(Decimal("9.13"), Decimal(0))
    assert found.low_usd_per_month == found.high_usd_per_month == Decimal("9.13")


def test_freed_room_is_booked_as_freed() -> None:
    expected = Saving(freed_usd_per_month=Decimal(150))
    found = judge(expected, days(10), days(5), setting_still_in_place=True, is_cashable=False)

    assert found.verdict is Verdict.REALISED
    assert found.realised.cashable_usd_per_month == 0
    assert found.realised.freed_usd_per_month > 140


def test_half_of_the_promise_is_partial() -> None:
    found = cash_verdict(6, days(10, 14), days(7, 14))

    assert found.verdict is Verdict.PARTIAL
    assert "Partly there: $182/month expected; $91.25/month measured" in found.sentence


def test_noise_larger_than_the_saving_is_unproven_and_claims_nothing() -> None:
    found = cash_verdict(0.05, days(10), days(9.95))

    assert found.verdict is Verdict.UNPROVEN
    assert not found.realised
    assert found.low_usd_per_month < 0 < found.high_usd_per_month


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [(2, 9, "2 of 3 days of cost before"), (9, 0, "0 of 3 days of cost after")],
)
def test_too_few_days_are_unproven_with_the_count(before: int, after: int, reason: str) -> None:
    found = cash_verdict(5, days(10, before), days(5, after))

    assert found.verdict is Verdict.UNPROVEN
    assert reason in found.sentence


def test_nothing_expected_is_unproven() -> None:
    assert cash_verdict(0, days(10), days(5)).verdict is Verdict.UNPROVEN


def test_a_setting_that_is_gone_is_reversed_whatever_the_bill_says() -> None:
    found = cash_verdict(5, days(10), days(5), in_place=False)

    assert found.verdict is Verdict.REVERSED
    assert "no longer in place" in found.sentence
    assert not found.realised


def test_a_cost_that_fell_and_is_back_is_reversed() -> None:
    found = cash_verdict(5, days(10, 14), [*days(5, 7), *days(10.2, 7)])

    assert found.verdict is Verdict.REVERSED
    assert "is back" in found.sentence


def test_a_cost_that_rose_is_reversed() -> None:
    found = cash_verdict(5, days(10, 14), days(14, 14))

    assert found.verdict is Verdict.REVERSED
    assert found.high_usd_per_month < 0


def test_more_than_half_above_the_promise_is_not_ours_to_claim() -> None:
    found = cash_verdict(2, days(10, 14), days(5, 14))

    assert found.verdict is Verdict.REALISED
    assert found.realised.cashable_usd_per_month == Decimal("60.83")
    assert "something else fell too" in found.sentence


def test_whole_weeks_are_compared_so_that_weekends_weigh_alike() -> None:
    week = [Decimal(10)] * 5 + [Decimal(2)] * 2
    found = cash_verdict(1, week + week[:3], week)

    assert (found.days_before, found.days_after) == (7, 7)
    assert found.low_usd_per_month < 0 < found.high_usd_per_month


def simulated(rng: np.random.Generator, *, mean: float, repeat: float, cv: float) -> list[Decimal]:
    """Two weeks of costs whose days resemble each other by `repeat`."""
    steps = rng.normal(size=14)
    for day in range(1, 14):
        steps[day] = repeat * steps[day - 1] + (1 - repeat**2) ** 0.5 * steps[day]
    return [Decimal(str(round(max(0.0, mean * (1 + cv * step)), 6))) for step in steps]


@pytest.mark.parametrize("repeat", [0.0, 0.5])
@pytest.mark.parametrize(("cv", "share"), [(0.05, 0.3), (0.2, 0.1), (0.3, 0.02)])
def test_of_changes_that_change_nothing_under_5_percent_are_realised(
    repeat: float, cv: float, share: float
) -> None:
    rng = np.random.default_rng(11)
    found = Counter(
        cash_verdict(
            100 * share,
            simulated(rng, mean=100, repeat=repeat, cv=cv),
            simulated(rng, mean=100, repeat=repeat, cv=cv),
        ).verdict
        for _ in range(600)
    )

    assert found[Verdict.REALISED] / 600 < 0.05


@pytest.mark.parametrize("repeat", [0.0, 0.3, 0.5])
def test_the_80_percent_interval_covers_the_planted_saving_about_that_often(repeat: float) -> None:
    rng = np.random.default_rng(5)
    truth, covered, runs = 20 * float(DAYS_PER_MONTH), 0, 800
    for _ in range(runs):
        found = cash_verdict(
            20,
            simulated(rng, mean=100, repeat=repeat, cv=0.1),
            simulated(rng, mean=80, repeat=repeat, cv=0.1),
        )
        covered += float(found.low_usd_per_month) <= truth <= float(found.high_usd_per_month)

    assert 0.75 <= covered / runs <= 0.85
