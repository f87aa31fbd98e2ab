"""What the engine tells in a display currency: cost, evidence and pull requests."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finops.billing import cost_words
from finops.billing.cost_explorer import CostExplorer
from finops.billing.cost_in_currency import reading_in
from finops.billing.cost_report import CostQuestion, CostReading, CostReport, build_report
from finops.billing.cost_rows import rows_of
from finops.billing.periods import DayRange
from finops.domain.cost_pieces import CostPiece, DayCost
from finops.domain.costs import CostCategory
from finops.domain.currency import DOLLARS, Currency
from finops.domain.money import to_cents
from finops.finops_engine import FinOpsEngine
from finops.reports.evidence_chain import Step
from finops.savings_ledger import SavingsLedger
from tests.finops.billing.explorer_answers import MemoryStore
from tests.finops.currencies import EUROS, YEN, dollars_left
from tests.finops.engine.conftest import World
from tests.finops.engine.cost_days import row
from tests.finops.engine.test_costing import DIRECTORY, NOW, Client, days_between, keep

NOVEMBER = days_between(date(2026, 11, 1), date(2026, 11, 28))


def engine(ledger: SavingsLedger, currency: Currency = EUROS) -> FinOpsEngine:
    return FinOpsEngine(ledger, directory=DIRECTORY, now=lambda: NOW, currency=currency)


def said(report: CostReport) -> str:
    lines = [cost_words.title(report)]
    for table in report.tables:
        lines += [cost_words.headline(report, table), cost_words.drivers(report, table)]
        lines += [cost_words.reconciliation(report, table), cost_words.year_before(report, table)]
    return " ".join(lines)


def test_costs_in_dollars_are_told_in_euros(ledger: SavingsLedger) -> None:
    october = days_between(date(2026, 10, 1), date(2026, 10, 31))
    keep(ledger, [row(day, "1", team="shop") for day in october])
    keep(ledger, [row(day, "2", team="shop") for day in NOVEMBER])
    report = engine(ledger).cost()
    [table] = report.tables

    assert (table.currency, table.total) == ("EUR", Decimal("51.52"))
    assert cost_words.headline(report, table).startswith(
        "€51.52, €25.76 (100 %) more than Oct 1–28"
    )
    assert cost_words.reconciliation(report, table) == (
        "All lines add up to the invoice, €51.52 billed."
    )
    assert dollars_left(said(report)) == []
    assert "€0.92 per $" in report.rate_sentence


def test_the_same_question_can_be_answered_as_it_was_billed(ledger: SavingsLedger) -> None:
    keep(ledger, [row(day, "2", team="shop") for day in NOVEMBER])
    report = engine(ledger).cost(currency=DOLLARS)

    assert [(table.currency, table.total) for table in report.tables] == [("USD", Decimal(56))]


def test_a_bill_in_euros_is_never_converted(ledger: SavingsLedger) -> None:
    keep(ledger, [row(day, "3", team="shop", currency="EUR") for day in NOVEMBER])
    report = engine(ledger).cost()
    [table] = report.tables

    assert (table.currency, table.total, table.difference) == ("EUR", Decimal(84), Decimal(0))
    assert cost_words.headline(report, table).startswith("€84. ")
    assert report.rate_sentence == "", "nothing was converted"


def test_bills_in_dollars_and_in_euros_are_one_table_that_adds_up(ledger: SavingsLedger) -> None:
    both = [row(day, "1", team="shop", currency="EUR") for day in NOVEMBER]
    both += [row(day, "10", team="data") for day in NOVEMBER]
    keep(ledger, both)
    [table] = engine(ledger).cost().tables

    assert {line.name: line.cost for line in table.lines} == {
        "shop": Decimal(28), "data": Decimal("257.60"),
    }  # fmt: skip
    assert (table.total, table.difference) == (Decimal("285.60"), Decimal(0))
    assert len(table.days) == len(NOVEMBER)


def test_a_bill_in_another_currency_keeps_it(ledger: SavingsLedger) -> None:
    both = [row(day, "7", team="shop", currency="GBP") for day in NOVEMBER]
    both += [row(day, "1", team="shop") for day in NOVEMBER]
    keep(ledger, both)
    report = engine(ledger).cost()

    assert [(table.currency, table.total) for table in report.tables] == [
        ("GBP", Decimal(196)), ("EUR", Decimal("25.76")),
    ]  # fmt: skip
    assert cost_words.headline(report, report.tables[0]).startswith("196 GBP. ")


def test_cost_explorer_and_its_forecast_are_told_in_euros(ledger: SavingsLedger) -> None:
    client = Client()
    explorer = CostExplorer(lambda _service, _region: client, MemoryStore(), clock=lambda: NOW)
    asking = FinOpsEngine(
        ledger, directory=DIRECTORY, cost_explorer=explorer, now=lambda: NOW, currency=EUROS
    )
    report, plain = (asking.cost("by service", currency=each) for each in (EUROS, DOLLARS))

    assert report.tables[0].total == plain.tables[0].total * Decimal("0.92")
    assert "€" in report.forecast
    assert dollars_left(f"{said(report)} {report.forecast}") == []
    assert "$" in plain.forecast


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    costs=st.lists(
        st.tuples(
            st.decimals(min_value=-500, max_value=90_000, places=6),
            st.sampled_from(["USD", "EUR"]),
        ),
        min_size=1,
        max_size=25,
    ),
    currency=st.sampled_from([EUROS, YEN, DOLLARS]),
    most=st.integers(2, 12),
)
def test_what_is_shown_of_a_bill_adds_up_in_every_currency(
    costs: list[tuple[Decimal, str]], currency: Currency, most: int
) -> None:
    day = date(2026, 11, 3)
    pieces = [
        CostPiece(name=f"team-{n}", category=CostCategory.ALLOCATED, currency=code,
                  item=f"i{n}", effective_cost=cost, billed_cost=cost)
        for n, (cost, code) in enumerate(costs)
    ]  # fmt: skip
    invoice = [DayCost(day, code, cost, cost) for cost, code in costs]
    period = DayRange(date(2026, 11, 1), date(2026, 11, 8))
    reading = CostReading(now=pieces, days=invoice, invoice=invoice, billed={day})
    told = reading_in(reading, currency)
    report = build_report(CostQuestion(period=period), period, period.before(), told)
    report = replace(report, currency=currency)

    for table in report.tables:
        *rows, total = rows_of(report, table, most=most)
        assert sum((row.cost for row in rows), Decimal(0)) == total.cost
        assert total.cost == to_cents(table.total, report.digits_of(table))
        assert abs(table.difference) < Decimal("0.000001")


def test_what_drove_a_change_is_the_difference_that_its_row_shows() -> None:
    """Of two rows with ¥0.6 at their end one gets the yen that is missing, the other does not."""
    costs = {"data": ("1500.6", "1000"), "shop": ("1600.6", "1100"), "web": ("3000", "2999.9")}
    days = DayRange(date(2026, 11, 1), date(2026, 11, 8))
    now, before = (
        [
            CostPiece(name=name, category=CostCategory.ALLOCATED, currency="JPY", item=name,
                      effective_cost=Decimal(both[period]), billed_cost=Decimal(both[period]))
            for name, both in costs.items()
        ]
        for period in (0, 1)
    )  # fmt: skip
    billed = {date(2026, 10, 25) + timedelta(days=n) for n in range(14)}
    reading = CostReading(now=now, before=before, days=[], invoice=[], billed=billed)
    report = build_report(CostQuestion(period=days), days, days.before(), reading)
    report = replace(report, currency=YEN)
    [table] = report.tables
    said = cost_words.drivers(report, table)

    shown = {each.name: each.changed for each in rows_of(report, table, most=9)}
    for name in ("data", "shop"):
        assert f"{name} {cost_words.signed(shown[name], 'JPY', YEN)}" in said


def in_euros(world: World) -> World:
    world.engine.parts = replace(world.engine.parts, currency=EUROS)
    return world


def test_a_pull_request_says_euros_and_the_rate(world: World) -> None:
    record = in_euros(world).opened()
    [pull] = world.host.list_pull_requests()
    written = f"{pull.title}\n{pull.body}"

    assert dollars_left(written.replace("\\", "")) == []
    assert EUROS.short(record.opportunity.saving.larger_usd_per_month) in written
    assert "€0.92 per $, as of 1 Nov 2026" in written


def test_the_evidence_quotes_prices_in_dollars_and_tells_savings_in_euros(world: World) -> None:
    chain = in_euros(world).engine.evidence(world.implemented().id)
    words = {link.step: link.words for link in chain.links}
    facts = " ".join(f"{fact.label} {fact.value}" for link in chain.links for fact in link.facts)

    assert "$0.03 per core-hour" in words[Step.PRICE]
    assert "€" in words[Step.METRICS]
    assert "€" in chain.worth
    assert dollars_left(f"{chain.worth} {' '.join(words.values())} {facts}") == []


@pytest.mark.parametrize("currency", [EUROS, DOLLARS], ids=lambda currency: currency.code)
def test_the_ledger_keeps_dollars_whatever_is_shown(world: World, currency: Currency) -> None:
    world.engine.parts = replace(world.engine.parts, currency=currency)
    [record, *_] = world.scan()

    assert "$" in record.opportunity.summary
    assert "€" not in record.opportunity.summary
