"""A report in euros: page, paper, terminal, charts, CSV and JSON; its sums are sums in euros."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops.domain.currency import DOLLARS, Currency
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.report_generator import Context, Edition, SavingsReport, build_report, charts_for
from finops.reports.csv_lines import COLUMNS, csv_of
from finops.reports.document import Document
from finops.reports.editions import document_of
from finops.reports.evidence_page import evidence_html, evidence_text
from finops.reports.evidence_picture import evidence_picture
from finops.reports.html_page import html_of
from finops.reports.pdf_paper import pdf_of
from finops.reports.text_lines import text_of
from tests.finops.currencies import EUROS, YEN, dollars_left
from tests.finops.reports.examples import WEEK, made_records, report_of
from tests.finops.reports.test_documents import Page, text_of_pdf
from tests.finops.reports.test_evidence import chain
from tests.finops.rule_examples import NOW, record

RATE = "€0.92 per $, as of 1 Nov 2026"


def told(currency: Currency = EUROS, seed: int = 7, count: int = 80) -> SavingsReport:
    """A report with everything in it, in a currency."""
    report = report_of(made_records(seed, count))
    context = Context(now=NOW, bill=report.bill, audit=report.audit, currency=currency)
    return build_report(
        made_records(seed, count),
        period=WEEK,
        bill_usd_per_month=report.bill_usd_per_month,
        trend=report.trend,
        previous=report.totals,
        context=context,
    )


def everything_said(document: Document) -> str:
    return json.dumps([text_of(document), Page(html_of(document)).text], ensure_ascii=False)


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("currency", [EUROS, YEN], ids=lambda currency: currency.code)
def test_page_and_terminal_have_no_dollars_left(edition: Edition, currency: Currency) -> None:
    said = everything_said(document_of(told(currency), edition))

    assert dollars_left(said) == []
    assert "US dollars a month" not in said
    assert currency.symbol in said
    assert currency.rate_words in said


@pytest.mark.parametrize("edition", Edition)
def test_the_paper_has_no_dollars_left(edition: Edition) -> None:
    said = " ".join(text_of_pdf(pdf_of(document_of(told(), edition))).split())

    assert dollars_left(said) == []
    assert RATE in said


@pytest.mark.parametrize("edition", Edition)
def test_charts_say_euros_in_their_takeaways_and_alt_texts(edition: Edition) -> None:
    charts = charts_for(told(), edition)

    assert [dollars_left(f"{chart.title} {chart.alt_text}") for chart in charts] == [[], []]
    assert any("€" in chart.alt_text for chart in charts)


def test_a_chart_is_drawn_in_euros() -> None:
    [euros, *_], [dollars, *_] = (
        charts_for(told(currency), Edition.LEADERS) for currency in (EUROS, DOLLARS)
    )

    assert euros.png != dollars.png


def test_in_dollars_nothing_says_a_rate() -> None:
    assert "per $" not in everything_said(document_of(told(DOLLARS), Edition.CFO))


def test_a_verdict_is_told_in_euros_and_a_persons_reason_as_it_was_typed() -> None:
    sentence = "Partly there: $1,235/month expected, $900/month measured."
    judged = record("cart", Status.VERIFIED, Saving(Decimal("1234.51"), Decimal(0)))
    judged = replace(judged, verdict={"verdict": "reversed", "sentence": sentence})
    denied = replace(record("web", Status.DENIED, Saving()), status_reason="Not for $5 a month")
    report = build_report([judged, denied], period=WEEK, context=Context(currency=EUROS))
    [first, second] = report.lines

    assert first.reason_in(EUROS) == "Partly there: €1,136/month expected, €828/month measured."
    assert second.reason_in(EUROS) == "Not for $5 a month"
    assert report.reversed[0].sentence == first.reason_in(EUROS)
    assert first.reason == sentence, "the line behind it keeps what was recorded"


def rows_of(report: SavingsReport) -> list[dict[str, str]]:
    text = csv_of(report).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_csv_keeps_its_columns_and_has_others_behind_them() -> None:
    header = csv_of(told()).removeprefix("\ufeff").splitlines()[0].split(",")
    row, *_ = rows_of(told())

    assert header[: len(COLUMNS)] == list(COLUMNS)
    assert header[len(COLUMNS) :] == [
        "counted_cashable_eur_per_month", "counted_freed_eur_per_month",
        "estimated_cashable_eur_per_month", "estimated_freed_eur_per_month", "cost_eur_per_month",
        "interval_low_eur_per_month", "interval_high_eur_per_month", "effective_cost_eur",
        "eur_per_usd",
    ]  # fmt: skip
    assert row["eur_per_usd"] == "0.92"
    assert csv_of(told(DOLLARS)).splitlines()[0] == "\ufeff" + ",".join(COLUMNS)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 40))
def test_the_rows_of_the_csv_add_up_in_euros(seed: int, count: int) -> None:
    report = told(seed=seed, count=count)
    verified = [row for row in rows_of(report) if row["counted_as"] == "verified"]
    cash = sum((Decimal(row["counted_cashable_eur_per_month"]) for row in verified), Decimal(0))

    assert cash == EUROS.amount(report.totals.verified.cashable_usd_per_month)


def test_json_has_each_amount_beside_its_dollars() -> None:
    values = told().as_dict()
    verified = values["totals"]["verified"]
    usd = Decimal(verified["cashable_usd_per_month"])

    assert abs(Decimal(verified["cashable_eur_per_month"]) - usd * Decimal("0.92")) < 1
    assert values["currency"] == {"code": "EUR", "per_usd": "0.92", "as_of": "2026-11-01"}
    assert values["bill"]["usd_in_period"]
    assert values["bill"]["eur_in_period"]


def test_json_in_dollars_has_nothing_new() -> None:
    plain, values = told(DOLLARS).as_dict(), told().as_dict()

    assert {name for name in values if name not in plain} == {
        "bill_eur_per_month", "joint_cash_eur_per_month", "currency",
    }  # fmt: skip
    assert "_eur_" not in json.dumps(plain)


def test_the_evidence_is_told_in_euros() -> None:
    shown = replace(chain(days=20), currency=EUROS, worth="€5 cash a month expected")
    picture = evidence_picture(shown)

    said = Page(evidence_html(shown, picture)).text + evidence_text(shown) + picture.alt_text
    assert dollars_left(said) == []
    assert RATE in said
    assert "€9.20" in said
    assert "euros of effective cost" in said
