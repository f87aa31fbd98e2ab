"""Rows of `cost_allocation`, on both databases: whole days, exact sums, corrections."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.costs import AllocatedCost, BillDay, CostCategory, CostKey
from finops.domain.errors import InvalidInput
from finops.ledger.bill_writing import check_reconciled, replace_days
from finops.ledger.costs import bill_changes, bill_days, cost_sums
from finops.savings_ledger import SavingsLedger

NOW = datetime(2026, 8, 3, tzinfo=UTC)
DAY, NEXT = date(2026, 7, 1), date(2026, 7, 2)


def row(usd: str, *, day: date = DAY, currency: str = "USD", **key: str) -> AllocatedCost:
    category = CostCategory(key.pop("category", "allocated"))
    return AllocatedCost(
        key=CostKey(day=day, currency=currency, category=category, **key),
        billed_cost=Decimal(usd),
        effective_cost=Decimal(usd),
        list_cost=Decimal(usd),
        usage_quantity=2.0,
    )


def total(usd: str, *, day: date = DAY, currency: str = "USD") -> BillDay:
    amount = Decimal(usd)
    return BillDay(
        day=day,
        currency=currency,
        billed_cost=amount,
        effective_cost=amount,
        list_cost=amount,
        lines=3,
    )


def keep(ledger: SavingsLedger, days: list[BillDay], rows: list[AllocatedCost]) -> int:
    with ledger.bookkeeping() as connection:
        return len(replace_days(connection, "bill", days, rows, now=NOW))


def test_sums_are_grouped_by_what_is_asked_and_the_dearest_comes_first(
    ledger: SavingsLedger,
) -> None:
    rows = [row("1.10", team="web"), row("2.25", team="data"), row("0.15", category="idle")]
    keep(ledger, [total("3.50")], rows)
    with ledger.reading() as tx:
        found = cost_sums(tx.connection, start=DAY, end=NEXT, by=["team"])
        idle = cost_sums(tx.connection, start=DAY, end=NEXT, where={"category": ["idle"]})

    assert [(s.keys["team"], s.effective_cost) for s in found] == [
        ("data", Decimal("2.25")),
        ("web", Decimal("1.10")),
        ("", Decimal("0.15")),
    ]
    assert [s.billed_cost for s in idle] == [Decimal("0.15")]


def test_currencies_are_never_added_together(ledger: SavingsLedger) -> None:
    keep(
        ledger,
        [total("1.00"), total("5.00", currency="EUR")],
        [row("1.00"), row("5.00", currency="EUR")],
    )
    with ledger.reading() as tx:
        found = cost_sums(tx.connection, start=DAY, end=NEXT)

    assert [(s.currency, s.billed_cost) for s in found] == [
        ("EUR", Decimal(5)),
        ("USD", Decimal(1)),
    ]


def test_a_day_that_is_read_again_is_replaced_and_its_correction_kept(
    ledger: SavingsLedger,
) -> None:
    first = keep(ledger, [total("1.00")], [row("1.00")])
    same = keep(ledger, [total("1.00")], [row("1.00")])
    corrected = keep(ledger, [total("0.75")], [row("0.50"), row("0.25", team="web")])
    with ledger.reading() as tx:
        sums = cost_sums(tx.connection, start=DAY, end=NEXT)
        changes = bill_changes(tx.connection, since=NOW)
        known = bill_days(tx.connection, start=DAY, end=NEXT)

    assert (first, same, corrected) == (0, 0, 1)
    assert [s.billed_cost for s in sums] == [Decimal("0.75")]
    assert [(c.billed_before, c.billed_after) for c in changes] == [
        (Decimal("1.00"), Decimal("0.75"))
    ]
    assert [(name, day.billed_cost) for name, day in known] == [("bill", Decimal("0.75"))]


def test_rows_that_do_not_add_up_keep_nothing_and_name_the_lines(ledger: SavingsLedger) -> None:
    keep(ledger, [total("1.00")], [row("1.00")])
    rows = [row("1.00", service="AmazonEC2", resource_key="i-1")]

    with pytest.raises(InvalidInput, match=r"2026-07-01: the bill says 1.01 USD.*AmazonEC2 i-1"):
        keep(ledger, [total("1.01")], rows)
    with ledger.reading() as tx:
        assert cost_sums(tx.connection, start=DAY, end=NEXT)[0].billed_cost == Decimal(1)


def test_a_column_that_is_none_is_refused(ledger: SavingsLedger) -> None:
    with ledger.reading() as tx, pytest.raises(InvalidInput, match="no 'day; DROP' to group by"):
        cost_sums(tx.connection, start=DAY, end=NEXT, by=["day; DROP"])


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20), st.integers(1, 10**6))
def test_a_millionth_too_much_is_noticed(micros: list[int], off: int) -> None:
    rows = [row(str(Decimal(m) / 10**6)) for m in micros]
    right = total(str(Decimal(sum(micros)) / 10**6))
    check_reconciled([right], rows)
    wrong = replace(right, list_cost=right.list_cost + Decimal(off) / 10**6)

    with pytest.raises(InvalidInput, match="list_cost"):
        check_reconciled([wrong], rows)
