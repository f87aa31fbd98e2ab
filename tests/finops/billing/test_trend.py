"""Price, usage and mix: exact, and each found where it was planted."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.trend import Change, Charge, Trend, trends
from finops.domain.money import to_cents

EC2 = ("shop", "ec2")


def charge(
    item: str,
    quantity: str,
    cost: str,
    *,
    unit: str = "Hrs",
    group: tuple[str, ...] = EC2,
    currency: str = "USD",
) -> Charge:
    return Charge(
        group=group,
        item=item,
        unit=unit,
        quantity=Decimal(quantity),
        cost=Decimal(cost),
        currency=currency,
    )


def only(before: list[Charge], now: list[Charge]) -> Trend:
    [trend] = trends(before, now)
    return trend


def test_the_worked_line_of_the_module() -> None:
    before = [charge("m5.large", "10", "1.00"), charge("m5.xlarge", "10", "2.00")]
    now = [charge("m5.large", "10", "0.90"), charge("m5.xlarge", "20", "4.00")]
    trend = only(before, now)

    assert trend.change == Change(price=Decimal("-0.10"), usage=Decimal("1.5"), mix=Decimal("0.5"))
    assert trend.share == Decimal("1.9") / 3


def test_a_savings_plan_that_covers_the_same_hours_is_a_lower_price() -> None:
    trend = only([charge("m5.large", "100", "9.60")], [charge("m5.large", "100", "6.90")])

    assert trend.change == Change(price=Decimal("-2.70"))


def test_the_same_prices_and_shares_with_more_of_it_are_only_use() -> None:
    before = [charge("a", "10", "1"), charge("b", "20", "6")]
    now = [charge("a", "15", "1.5"), charge("b", "30", "9")]

    assert only(before, now).change == Change(usage=Decimal("3.5"))


def test_moving_hours_to_a_dearer_item_is_only_mix() -> None:
    before = [charge("small", "10", "1"), charge("large", "10", "4")]
    now = [charge("small", "5", "0.5"), charge("large", "15", "6")]

    assert only(before, now).change == Change(mix=Decimal("1.5"))


def test_a_new_service_is_use_and_a_gone_one_too() -> None:
    trend = only([charge("old", "5", "7", group=("a",))], [charge("new", "2", "3", group=("b",))])

    assert trend.change == Change(usage=Decimal(-4))
    assert trend.by_group == {("a",): Change(usage=Decimal(-7)), ("b",): Change(usage=Decimal(3))}
    assert only([], [charge("new", "2", "3")]).share is None


def test_a_new_item_within_a_group_has_no_price_to_change() -> None:
    change = only([charge("a", "10", "1")], [charge("a", "10", "1"), charge("b", "10", "5")]).change

    assert change == Change(usage=Decimal(1), mix=Decimal(4))


@pytest.mark.parametrize("quantity", ["0", "-3"])
def test_what_has_no_quantity_stands_for_itself(quantity: str) -> None:
    before, now = [charge("tax", quantity, "10")], [charge("tax", quantity, "12.34")]

    assert only(before, now).change == Change(unmetered=Decimal("2.34"))


def test_a_cost_that_gets_a_quantity_is_new_use_and_a_gone_fee() -> None:
    change = only([charge("a", "0", "10")], [charge("a", "5", "12")]).change

    assert change == Change(usage=Decimal(12), unmetered=Decimal(-10))


def test_what_is_idle_is_a_part_of_its_own() -> None:
    """Requests double on the same nodes: more use, and as much less that nobody asked for."""
    before = [charge("cpu", "10", "3"), replace(charge("cpu", "0", "7"), is_idle=True)]
    now = [charge("cpu", "20", "6"), replace(charge("cpu", "0", "4"), is_idle=True)]

    assert only(before, now).change == Change(usage=Decimal(3), idle=Decimal(-3))


def test_units_and_currencies_are_never_added_together() -> None:
    before = [charge("a", "10", "1"), charge("a", "700", "1", unit="GB")]
    now = [charge("a", "20", "2"), charge("a", "700", "1", unit="GB")]
    euro = [charge("a", "1", "1", currency="EUR")]
    found = {trend.currency: trend for trend in trends([*before, *euro], now)}

    assert found["USD"].change == Change(usage=Decimal(1))
    assert (found["EUR"].before, found["EUR"].now) == (Decimal(1), Decimal(0))


# Cents that stay within what a bill has: up to ten digits before the point, six behind it.
amounts = st.decimals(min_value=-(10**7), max_value=10**9, places=6)
quantities = st.decimals(min_value=-5, max_value=10**6, places=4)
charges = st.lists(
    st.builds(
        Charge,
        group=st.sampled_from([("a",), ("a", "x"), ("b",)]),
        item=st.sampled_from(["i", "j", "k"]),
        unit=st.sampled_from(["Hrs", "GB"]),
        quantity=quantities,
        cost=amounts,
        currency=st.sampled_from(["USD", "EUR"]),
        is_idle=st.booleans(),
    ),
    max_size=12,
)


@given(before=charges, now=charges)
def test_the_parts_sum_to_the_difference_exactly_and_in_cents(
    before: list[Charge], now: list[Charge]
) -> None:
    for trend in trends(before, now):
        costs = [
            sum((Fraction(c.cost) for c in side if c.currency == trend.currency), Fraction(0))
            for side in (before, now)
        ]
        shown = trend.change.in_cents()

        assert Fraction(trend.change.total) == costs[1] - costs[0]
        assert sum(trend.by_group.values(), Change()).total == trend.change.total
        assert shown.total == to_cents(trend.change.total)
        assert all(
            abs(getattr(shown, part) - getattr(trend.change, part)) < Decimal("0.01")
            for part in ("price", "usage", "mix", "unmetered", "idle")
        )


@given(before=charges, now=charges)
def test_shown_beside_two_rounded_costs_the_parts_are_their_difference(
    before: list[Charge], now: list[Charge]
) -> None:
    for trend in trends(before, now):
        shown = to_cents(trend.now) - to_cents(trend.before)

        assert trend.change.in_cents(shown).total == shown


@given(before=charges, now=charges)
def test_mix_is_what_its_formula_says_and_not_only_a_rest(
    before: list[Charge], now: list[Charge]
) -> None:
    """The code takes mix as the rest; here it is reckoned from its own formula, in fractions."""
    for trend in trends(before, now):
        mine = [place for place in places(before, now) if place[0] == trend.currency]
        expected = sum((mix_of(before, now, place) for place in mine), Fraction(0))

        assert abs(Fraction(trend.change.mix) - expected) < Fraction(1, 10**5)


Place = tuple[str, tuple[str, ...], str]


def places(*sides: list[Charge]) -> set[Place]:
    return {(c.currency, c.group, c.unit) for side in sides for c in side}


def mix_of(before: list[Charge], now: list[Charge], place: Place) -> Fraction:
    old, new = metered(before, place), metered(now, place)
    if not old or not new:
        return Fraction(0)
    cost = sum((c for _, c in old.values()), Fraction(0))
    average = cost / sum((q for q, _ in old.values()), Fraction(0))
    at_old_prices = Fraction(0)
    for item, (quantity, paid) in new.items():
        price = old[item][1] / old[item][0] if item in old else paid / quantity
        at_old_prices += price * quantity
    return at_old_prices - average * sum((q for q, _ in new.values()), Fraction(0))


def metered(side: list[Charge], place: Place) -> dict[str, tuple[Fraction, Fraction]]:
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    for c in side:
        if (c.currency, c.group, c.unit) == place and not c.is_idle:
            quantity, cost = sums.get(c.item, (Fraction(0), Fraction(0)))
            sums[c.item] = quantity + Fraction(c.quantity), cost + Fraction(c.cost)
    return {item: kept for item, kept in sums.items() if kept[0] > 0}
