"""Every number of a report is added up again from its CSV."""

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops.domain.money import DAYS_PER_MONTH
from finops.reports.csv_lines import BILL_DAY, COLUMNS, OPPORTUNITY, csv_of, neutral
from finops.reports.money_facts import ENOUGH_JUDGED
from finops.reports.report import SavingsReport
from tests.finops.reports.examples import HOSTILE, WEEK, made_records, report_of
from tests.finops.rule_examples import NOW

Row = dict[str, str]


def rows_of(report: SavingsReport) -> tuple[list[Row], list[Row]]:
    text = csv_of(report)

    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    found = [row for row in rows if row["line"] == OPPORTUNITY]
    days = [row for row in rows if row["line"] == BILL_DAY]
    assert len(found) + len(days) == len(rows)
    return found, days


def summed(rows: list[Row], column: str, **chosen: str) -> Decimal:
    kept = [row for row in rows if all(row[name] == value for name, value in chosen.items())]
    return sum((Decimal(row[column]) for row in kept), Decimal(0))


def at(words: str) -> datetime:
    return datetime.fromisoformat(words.replace("Z", "+00:00"))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 60))
def test_the_sums_of_the_report_are_the_sums_of_its_lines(seed: int, count: int) -> None:
    report = report_of(made_records(seed, count))
    rows, _ = rows_of(report)
    stages = {
        "verified": report.totals.verified,
        "in flight": report.totals.in_flight,
        "offered": report.totals.offered,
    }

    assert len(rows) == count
    for stage, saving in stages.items():
        cash = summed(rows, "counted_cashable_usd_per_month", counted_as=stage)
        room = summed(rows, "counted_freed_usd_per_month", counted_as=stage)
        assert (cash, room) == (saving.cashable_usd_per_month, saving.freed_usd_per_month)
    assert summed(rows, "counted_cashable_usd_per_month", counted_as="not counted") == 0


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_teams_types_and_clusters_are_added_up_from_the_lines(seed: int) -> None:
    report = report_of(made_records(seed, 40))
    rows, _ = rows_of(report)

    for column, tallies in (
        ("team", report.by_team),
        ("kind", report.by_kind),
        ("cluster", report.by_cluster),
    ):
        for tally in tallies:
            for stage, saving in (("verified", tally.verified), ("offered", tally.offered)):
                chosen = {column: tally.name, "counted_as": stage}
                cash = summed(rows, "counted_cashable_usd_per_month", **chosen)
                room = summed(rows, "counted_freed_usd_per_month", **chosen)
                assert (cash, room) == (saving.cashable_usd_per_month, saving.freed_usd_per_month)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 60))
def test_what_finance_reads_is_added_up_from_the_lines(seed: int, count: int) -> None:
    report = report_of(made_records(seed, count))
    rows, days = rows_of(report)
    money, bill = report.money, report.bill
    assert money is not None
    assert bill is not None
    verified = [row for row in rows if row["counted_as"] == "verified"]
    in_flight = [row for row in rows if row["counted_as"] == "in flight"]
    judged = [row for row in verified if Decimal(row["estimated_cashable_usd_per_month"]) > 0]
    cash = summed(verified, "counted_cashable_usd_per_month")
    promised = summed(judged, "estimated_cashable_usd_per_month")
    share = min(Decimal(1), cash / promised) if len(judged) >= ENOUGH_JUDGED else None
    banked = sum(
        Decimal(row["counted_cashable_usd_per_month"])
        * Decimal((NOW - at(row["implemented_at"])) / timedelta(days=1))
        / DAYS_PER_MONTH
        for row in verified
    )
    expected = cash + sum(
        Decimal(row["estimated_cashable_usd_per_month"])
        * (Decimal(row["confidence"]) if share is None else share)
        for row in in_flight
    )
    in_period = [d for d in days if WEEK.start.isoformat() <= d["bill_day"] < WEEK.end.isoformat()]

    assert money.verified_usd_per_month == cash
    assert money.verified_usd_per_year == cash * 12
    assert money.banked_usd == pytest.approx(banked, abs=Decimal("0.01"))
    assert money.expected_usd_per_month == pytest.approx(expected, abs=Decimal("0.0001"))
    assert money.kept_share == share
    assert bill.usd_in_period == summed(in_period, "effective_cost_usd")
    assert report.share_of_bill == cash / bill.base_usd_per_month  # type: ignore[operator]
    assert sum(row.count for row in money.verdicts) == len(judged)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 60))
def test_what_engineering_reads_is_added_up_from_the_lines(seed: int, count: int) -> None:
    report = report_of(made_records(seed, count))
    rows, _ = rows_of(report)
    facts = report.delivery
    assert facts is not None
    decided = [row for row in rows if row["decided_by"] and row["decided_at"]]
    times = [
        max(0.0, (at(r["decided_at"]) - at(r["asked_at"] or r["detected_at"])).total_seconds())
        for r in decided
    ]
    stuck = [
        row
        for row in rows
        if row["status"] == "pull request open" and (NOW - at(row["status_changed_at"])).days >= 7
    ]
    waiting = [row for row in rows if row["status"] in ("detected", "notified", "snoozed")]

    assert facts.decided == len(decided)
    assert facts.median_days == (
        pytest.approx(median(times) / 86_400, abs=0.0001) if times else None
    )
    assert len(facts.stuck) == len(stuck)
    assert facts.waiting == len(waiting)
    assert len(facts.reversed) == sum(row["verdict"] == "reversed" for row in rows)
    for risk in facts.risks:
        chosen = {"risk_class": risk.risk.value, "counted_as": "offered"}
        assert risk.offered.cashable_usd_per_month == summed(
            rows, "counted_cashable_usd_per_month", **chosen
        )
    assert facts.raises_cost_usd_per_month == sum(
        (
            Decimal(row["cost_usd_per_month"])
            for row in rows
            if row["kind"].startswith("under") and row["counted_as"] != "not counted"
        ),
        Decimal(0),
    )


def test_no_cell_is_a_formula_whatever_things_are_called() -> None:
    rows, days = rows_of(report_of(made_records(3, 120, HOSTILE)))

    for row in (*rows, *days):
        for cell in row.values():
            assert not cell.lstrip(" ").startswith(("=", "+", "@", "\t", "\r", "\n"))
            assert not cell.startswith("-") or Decimal(cell) <= 0


@given(words=st.text())
def test_neutral_text_never_begins_a_formula_and_loses_nothing(words: str) -> None:
    shown = neutral(words)

    assert not shown.lstrip(" ").startswith(("=", "+", "-", "@"))
    assert shown.removeprefix("'") == words.replace("\x00", "").removeprefix("'") or (
        shown == words.replace("\x00", "")
    )


def test_an_empty_report_is_a_head_and_the_days_of_the_bill() -> None:
    rows, days = rows_of(report_of([]))
    none, no_days = rows_of(report_of([], has_bill=False))

    assert (rows, none, no_days) == ([], [], [])
    assert len(days) >= 30
    assert set(days[0]) == set(COLUMNS)
