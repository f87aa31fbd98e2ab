"""Questions about cost, answered from a ledger with a bill, from Cost Explorer, or taught."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from finops.billing import cost_words
from finops.billing.cost_explorer import CostExplorer
from finops.billing.cost_report import CostReport
from finops.billing.cost_rows import rows_of
from finops.domain.costs import AllocatedCost
from finops.domain.errors import InvalidInput, TryAgainLater
from finops.domain.estate import Snapshot
from finops.domain.people import Directory, Team
from finops.engine.parts import UnitMetric
from finops.finops_engine import FinOpsEngine
from finops.ledger.bill_writing import replace_days
from finops.savings_ledger import SavingsLedger
from tests.finops.billing.explorer_answers import FORECAST, MemoryStore, page
from tests.finops.engine.cost_days import a_day, row, totals_of

NOW = datetime(2026, 11, 29, 9, 12, tzinfo=UTC)
DIRECTORY = Directory(teams=(Team(name="shop", aliases=("Shop Team",)), Team(name="empty")))


def keep(ledger: SavingsLedger, rows: list[AllocatedCost], *, final: bool = False) -> None:
    with ledger.bookkeeping() as connection:
        replace_days(connection, "bill", totals_of(rows, final=final), rows, now=NOW)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.fixture
def billed(ledger: SavingsLedger) -> SavingsLedger:
    """September to November 27."""
    rows = [r for d in days_between(date(2026, 9, 1), date(2026, 11, 27)) for r in a_day(d)]
    keep(ledger, rows)
    return ledger


def engine(
    ledger: SavingsLedger,
    *,
    explorer: CostExplorer | None = None,
    metrics: tuple[UnitMetric, ...] = (),
) -> FinOpsEngine:
    return FinOpsEngine(
        ledger,
        directory=DIRECTORY,
        cost_explorer=explorer,
        unit_metrics=metrics,
        now=lambda: NOW,
    )


def shown(report: CostReport, most: int = 12) -> list[tuple[str, Decimal, Decimal]]:
    [table] = report.tables
    return [(r.name, r.cost, r.before) for r in rows_of(report, table, most=most)]


def test_a_month_so_far_reaches_to_the_last_billed_day_and_adds_up(billed: SavingsLedger) -> None:
    report = engine(billed).cost()
    [table] = report.tables

    assert report.period.words == "Nov 1–27, 2026"
    assert report.previous.words == "Oct 1–27, 2026"
    assert shown(report) == [
        ("shop", Decimal(54), Decimal(54)),
        ("no team", Decimal(27), Decimal(27)),
        ("Shared in clusters", Decimal(81), Decimal(81)),
        ("Idle", Decimal(81), Decimal(81)),
        ("Unallocated: tax, fees, credits", Decimal(27), Decimal(27)),
        ("Total", Decimal(270), Decimal(270)),
    ]
    assert [table.total, table.invoice, table.difference] == [*2 * [Decimal(270)], Decimal(0)]
    assert cost_words.headline(report, table) == "$270, the same as Oct 1–27."
    assert cost_words.freshness(report) == (
        "Billed to Nov 27; not final yet, so AWS may correct it."
    )
    assert cost_words.reconciliation(report, table) == (
        "All lines add up to the invoice, $270 billed."
    )


def test_a_month_with_a_day_more_says_so(billed: SavingsLedger) -> None:
    report = engine(billed).cost("last month")
    [table] = report.tables

    assert cost_words.headline(report, table) == (
        "$310, $10 (3 %) more than September (31 days against 30): charges without a quantity +$4, "
        "more use +$3, more idle +$3."
    )


@pytest.mark.parametrize(
    ("words", "title", "names"),
    [
        (
            "Shop Team",
            "Cost of team shop by workload, Nov 1–27, 2026",
            ["web/frontend", "Idle", "Total"],
        ),
        ("shop by service", "Cost of team shop by service, Nov 1–27, 2026", ["AmazonEC2", "Total"]),
        (
            "no team",
            "Cost of no team by workload, Nov 1–27, 2026",
            [
                "tools/wiki",
                "Shared in clusters",
                "Unallocated: tax, fees, credits",
                "Total",
            ],
        ),
        ("namespace tools 7d", "Cost of namespace tools by workload, Nov 22–27, 2026",
         ["tools/wiki", "Total"]),
        ("web/frontend", "Cost of workload web/frontend by item, Nov 1–27, 2026", ["cpu", "Total"]),
        ("cluster prod by namespace", "Cost of cluster prod by namespace, Nov 1–27, 2026",
         ["web", "tools", "Shared in clusters", "Idle", "Total"]),
        ("services", "Cost by service, Nov 1–27, 2026", ["AmazonEC2", "AmazonEKS", "Tax", "Total"]),
        ("by account", "Cost by account, Nov 1–27, 2026", ["no account named", "Total"]),
    ],
)  # fmt: skip
def test_what_can_be_asked(billed: SavingsLedger, words: str, title: str, names: list[str]) -> None:
    report = engine(billed).cost(words)

    assert cost_words.title(report) == title
    assert [name for name, _, _ in shown(report)] == names


def test_a_part_says_what_share_of_the_bill_it_is(billed: SavingsLedger) -> None:
    report = engine(billed).cost("shop")

    assert cost_words.reconciliation(report, report.tables[0]) == (
        "That is 50 % of the whole bill, $270."
    )


def test_a_price_that_falls_is_told_from_use(ledger: SavingsLedger) -> None:
    """From November on a core-hour costs a third of what it did, and there are twice as many."""
    cores = {"service": "EC2", "item": "cpu", "usage_unit": "core-hours", "team": "shop"}
    october = days_between(date(2026, 10, 1), date(2026, 10, 31))
    november = days_between(date(2026, 11, 1), date(2026, 11, 28))
    keep(ledger, [row(d, "3.00", quantity="100", **cores) for d in october])
    keep(ledger, [row(d, "2.00", quantity="200", **cores) for d in november])
    report = engine(ledger).cost()
    change = report.tables[0].trend.change.in_cents()

    assert (change.usage, change.price, change.mix) == (Decimal(84), Decimal(-112), Decimal(0))
    assert cost_words.headline(report, report.tables[0]) == (
        "$56, $28 (33 %) less than Oct 1–28: lower prices −$112, more use +$84."
    )


def test_half_a_bill_before_is_not_compared(ledger: SavingsLedger) -> None:
    days = days_between(date(2026, 10, 20), date(2026, 11, 28))
    keep(ledger, [row(d, "1", team="shop") for d in days])
    report = engine(ledger).cost()

    assert report.not_compared == (
        "It is not compared with Oct 1–28, 2026: the bill has 9 of its 28 days."
    )
    assert "not compared" in cost_words.headline(report, report.tables[0])
    assert cost_words.drivers(report, report.tables[0]) == ""


def test_days_that_are_missing_within_a_period_are_named(ledger: SavingsLedger) -> None:
    days = [d for d in days_between(date(2026, 11, 1), date(2026, 11, 20)) if d.day not in (5, 6)]
    keep(ledger, [row(d, "1", team="shop") for d in days], final=True)
    report = engine(ledger).cost()

    assert cost_words.freshness(report) == (
        "Billed to Nov 20; final. 2 days are missing, first 2026-11-05."
    )


def test_currencies_have_tables_of_their_own(ledger: SavingsLedger) -> None:
    days = days_between(date(2026, 11, 1), date(2026, 11, 28))
    keep(ledger, [row(d, "1", team="shop", currency="EUR") for d in days])
    keep_both = [row(date(2026, 11, 28), "9", team="shop"),
                 row(date(2026, 11, 28), "1", team="shop", currency="EUR")]  # fmt: skip
    keep(ledger, keep_both)
    report = engine(ledger).cost()

    assert [(t.currency, t.total, t.difference) for t in report.tables] == [
        ("EUR", Decimal(28), Decimal(0)),
        ("USD", Decimal(9), Decimal(0)),
    ]


def test_an_item_whose_unit_the_bill_does_not_say_is_compared_with_itself(
    ledger: SavingsLedger,
) -> None:
    """Spot hours of old bills have a quantity without a unit; the quantity of tax means nothing."""
    for day in days_between(date(2026, 10, 1), date(2026, 11, 28)):
        hours = "24" if day.month == 10 else "48"
        spot = row(day, f"{float(hours) / 10}", service="AmazonEC2", item="SpotUsage",
                   quantity=hours)  # fmt: skip
        tax = row(day, hours, service="Tax", item="tax", category="unallocated", quantity="1")
        keep(ledger, [spot, tax])
    change = engine(ledger).cost("by service").tables[0].trend.change

    assert change.price == change.mix == 0
    assert (change.usage, change.unmetered) == (Decimal("67.2"), Decimal(672))


def test_lines_of_less_than_half_a_cent_are_not_shown_and_not_lost(ledger: SavingsLedger) -> None:
    day = date(2026, 11, 28)
    small = [row(day, "0.004", team=f"team-{n}") for n in range(5)]
    keep(ledger, [row(day, "1.00", team="shop"), *small])
    lonely = engine(ledger).cost("2026-11-28")
    keep(ledger, [row(day, "1.00", team="shop"), *small[:1]])
    less = engine(ledger).cost("2026-11-28")

    assert [(n, c) for n, c, _ in shown(lonely)] == [
        ("shop", Decimal("1.00")),
        ("5 others", Decimal("0.02")),
        ("Total", Decimal("1.02")),
    ]
    assert [name for name, _, _ in shown(less)] == ["shop", "Total"]


def test_the_report_for_leaders_knows_the_whole_bill(billed: SavingsLedger) -> None:
    """$10 a day are 10 × 730 ÷ 24 a month."""
    report = engine(billed).generate_weekly_report()

    assert report.bill_usd_per_month == Decimal(10) * 730 / 24


def test_without_a_bill_the_answer_teaches(ledger: SavingsLedger) -> None:
    report = engine(ledger).cost("shop last month")

    assert report.tables == ()
    assert "`cost_explorer: {}`" in report.teaching


def test_a_period_that_is_not_billed_says_where_the_bill_ends(billed: SavingsLedger) -> None:
    report = engine(billed).cost("2026-08")

    assert report.teaching.startswith(
        "Nothing of August 2026 is on the bill, which reaches from Sep 1, 2026 to Nov 27, 2026."
    )


def test_a_team_that_is_configured_and_has_no_cost_is_known(billed: SavingsLedger) -> None:
    assert engine(billed).cost("empty").tables == ()
    with pytest.raises(InvalidInput, match="Did you mean shop"):
        engine(billed).cost("shopp")


class Metric:
    """Counts a thousand a day, from some day on; or fails."""

    def __init__(self, since: date = date(2026, 1, 1), error: Exception | None = None) -> None:
        self.since, self.error = since, error

    def daily(self, query: str, *, start: date, end: date) -> Mapping[date, Decimal]:
        if self.error is not None:
            raise self.error
        days = days_between(start, end - timedelta(days=1))
        return {day: Decimal(1000) for day in days if day >= self.since}


def metric(source: Metric, *, team: str = "shop") -> UnitMetric:
    return UnitMetric(name="requests", query="q", source=source, team=team)


def test_a_unit_cost_is_of_everything_that_carries_the_team(billed: SavingsLedger) -> None:
    report = engine(billed, metrics=(metric(Metric()), metric(Metric(), team="empty"))).cost("shop")
    [unit] = report.unit_costs

    assert (unit.cost, unit.before, unit.days) == (Decimal(5), Decimal(5), 27)
    assert cost_words.unit_cost_words(unit) == "$5 for 1,000 requests (team shop), as before."


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (Metric(error=TryAgainLater("Prometheus did not answer: no answer within 10 s.")),
         "Prometheus did not answer"),
        (Metric(since=date(2026, 11, 20)), "The metric has samples on 8 of the 27 days"),
        (Metric(since=date(2027, 1, 1)), "The metric has no sample in Nov 1–27, 2026"),
    ],
)  # fmt: skip
def test_a_unit_cost_without_its_metric_says_why(
    billed: SavingsLedger, source: Metric, reason: str
) -> None:
    [unit] = engine(billed, metrics=(metric(source),)).cost("shop").unit_costs

    assert unit.cost is None
    assert reason in unit.reason


class Client:
    """Cost Explorer as boto3 shows it; a month that is asked is answered to its end."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, object]] = []

    def get_cost_and_usage(self, **asked: Mapping[str, str]) -> Mapping[str, object]:
        self.asked.append(asked)
        period = asked["TimePeriod"]
        start, end = date.fromisoformat(period["Start"]), date.fromisoformat(period["End"])
        return page(start, (end - start).days)

    def get_cost_forecast(self, **asked: object) -> Mapping[str, object]:
        self.asked.append(asked)
        answer: Mapping[str, object] = json.loads(FORECAST)
        return answer


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def explorer(client: Client) -> CostExplorer:
    return CostExplorer(lambda _service, _region: client, MemoryStore(), clock=lambda: NOW)


def test_without_an_export_cost_explorer_answers(
    ledger: SavingsLedger, explorer: CostExplorer, client: Client
) -> None:
    report = engine(ledger, explorer=explorer).cost("by service")
    [table] = report.tables

    assert report.source == "AWS Cost Explorer"
    assert table.total == Decimal("5.604") * 28
    assert cost_words.headline(report, table) == "$157, the same as Oct 1–28."
    assert table.lines[0].name.startswith("Amazon Elastic Container")
    assert len(client.asked) == 3
    assert report.forecast == (
        "AWS forecasts $61.50 more to Nov 30, 80 times of 100 between $55.25 and $70."
    )
    assert "2 requests to Cost Explorer, $0.02 today" in report.receipt


def test_of_a_cluster_cost_explorer_is_asked_by_its_tags(
    ledger: SavingsLedger, explorer: CostExplorer, client: Client
) -> None:
    explorer_engine = FinOpsEngine(
        ledger, cost_explorer=explorer, snapshots={"shop-prod": _NoSource()}, now=lambda: NOW
    )
    report = explorer_engine.cost("cluster shop-prod last month")

    assert cost_words.title(report) == "Cost of cluster shop-prod by service, October 2026"
    assert all("Filter" in asked for asked in client.asked)
    assert cost_words.reconciliation(report, report.tables[0]) == ""


@pytest.mark.parametrize("words", ["by namespace", "by workload", "shop"])
def test_what_only_an_export_knows_is_refused_with_the_way(
    ledger: SavingsLedger, explorer: CostExplorer, words: str
) -> None:
    with pytest.raises(InvalidInput, match="needs a bill export"):
        engine(ledger, explorer=explorer).cost(words)


class _NoSource:
    def snapshot(self, *, now: datetime) -> Snapshot:
        raise AssertionError("nobody reads the cluster")
