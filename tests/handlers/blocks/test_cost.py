"""Costs in Slack: within its limits whatever the names, and true to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.cost_report import CostQuestion, CostReport
from finops.billing.unit_cost import UnitCost
from finops.domain.cost_pieces import CostBy
from finops.domain.costs import CostCategory
from handlers.blocks.cost import cost_blocks, cost_text
from tests.handlers.blocks.hostile import HOSTILE, names
from tests.handlers.blocks.test_renderers import assert_slack_takes
from tests.handlers.cost_reports import IDLE, PERIOD, piece, report_of

NOW = [piece("shop", "120.50"), piece("data", "80.25"), piece("", "40", category=IDLE)]
BEFORE = [piece("shop", "100"), piece("data", "90"), piece("", "40", category=IDLE)]


def block(report: CostReport, kind: str) -> dict[str, Any]:
    return next(b for b in cost_blocks(report) if b["type"] == kind)


def cells(report: CostReport) -> list[list[str]]:
    def said(cell: dict[str, Any]) -> str:
        if cell["type"] == "raw_text":
            return str(cell["text"])
        return str(cell["elements"][0]["elements"][0]["text"])

    return [[said(cell) for cell in row] for row in block(report, "table")["rows"]]


def test_the_answer_has_a_sentence_a_chart_and_a_table_that_adds_up() -> None:
    report = report_of(NOW, BEFORE)
    top = block(report, "section")["text"]["text"]

    assert_slack_takes(cost_blocks(report))
    assert top.startswith(
        "*Cost by team, Nov 1–27, 2026*\n$241, $10.75 (5 %) more than Oct 1–27: higher prices "
        "+$10.75. Most of it: shop +$20.50."
    )
    assert cells(report) == [
        ["Team", "Nov 1–27", "Oct 1–27", "Change", "Mostly"],
        ["shop", "$120.50", "$100.00", "+$20.50", "higher prices"],
        ["data", "$80.25", "$90.00", "−$9.75", "lower prices"],
        ["Idle", "$40.00", "$40.00", "—", "—"],
        ["Total", "$240.75", "$230.00", "+$10.75", "higher prices"],
    ]
    assert cost_text(report).startswith("Cost by team, Nov 1–27, 2026: $241, $10.75")


def test_the_chart_has_both_periods_side_by_side() -> None:
    chart = block(report_of(NOW, BEFORE), "data_visualization")

    assert chart["title"] == "By team, beside Oct 1–27"
    assert chart["chart"]["axis_config"]["categories"] == ["shop", "data", "Idle"]
    assert [s["name"] for s in chart["chart"]["series"]] == ["Nov 1–27", "Oct 1–27"]
    assert [p["value"] for p in chart["chart"]["series"][1]["data"]] == [100.0, 90.0, 40.0]


def test_without_a_period_before_the_columns_of_it_are_left_out() -> None:
    report = report_of(NOW)

    assert cells(report)[0] == ["Team", "Nov 1–27"]
    assert len(block(report, "data_visualization")["chart"]["series"]) == 1
    assert "There is no bill of Oct 1–27, 2026" in block(report, "section")["text"]["text"]


def test_one_line_is_drawn_by_day_in_at_most_twenty_bars() -> None:
    chart = block(report_of([piece("shop", "270")], [piece("shop", "270")]), "data_visualization")
    [series] = chart["chart"]["series"]

    assert chart["title"] == "By day"
    assert len(series["data"]) == 14
    assert sum(point["value"] for point in series["data"]) == pytest.approx(270)


def test_many_lines_are_folded_and_still_add_up() -> None:
    many = [piece(f"team-{n:03}", f"{200 - n}.333333") for n in range(150)]
    report = report_of(many, many)
    rows = cells(report)
    amounts = [Decimal(row[1].removeprefix("$").replace(",", "")) for row in rows[1:]]

    assert_slack_takes(cost_blocks(report))
    assert (len(rows), rows[12][0]) == (14, "139 others")
    assert sum(amounts[:-1]) == amounts[-1] == Decimal("18875.00")


def test_credits_and_names_that_are_cut_alike_stay_apart() -> None:
    long = "a-very-long-team-name-of-the-company-"
    now = [piece(f"{long}{n}", "10") for n in range(3)]
    now.append(piece("", "-25", category=CostCategory.UNALLOCATED, quantity="0"))
    report = report_of(now, now)
    labels = block(report, "data_visualization")["chart"]["axis_config"]["categories"]

    assert_slack_takes(cost_blocks(report))
    assert len(set(labels)) == 3
    assert cells(report)[4][1] == "−$25.00"


def test_the_empty_state_teaches_and_shows_examples() -> None:
    question = CostQuestion(period=PERIOD)
    report = CostReport(
        question=question,
        period=PERIOD,
        previous=PERIOD.before(),
        teaching="No bill has been read yet. Give one in `finops.yaml`.",
    )
    shown = str(cost_blocks(report))

    assert_slack_takes(cost_blocks(report))
    assert "Give one in `finops.yaml`" in shown
    assert "`/finops cost last month`" in shown


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("200.75", "A year before, Nov 1–27, 2025, it was $201: 20 % more now."),
        ("300", "A year before, Nov 1–27, 2025, it was $300: 20 % less now."),
        ("240.75", "A year before, Nov 1–27, 2025, it was $241, the same."),
        ("-1", "A year before, Nov 1–27, 2025, it was -$1."),
    ],
)
def test_the_year_before_is_told_where_it_is_billed(before: str, words: str) -> None:
    report = replace(report_of(NOW, BEFORE), year_before={"USD": Decimal(before)})

    assert_slack_takes(cost_blocks(report))
    assert words in str(cost_blocks(report))
    assert "A year before" not in str(cost_blocks(report_of(NOW, BEFORE)))


def test_what_is_uncertain_is_said_below() -> None:
    report = replace(
        report_of(NOW, BEFORE),
        billed_until=date(2026, 11, 27),
        missing=(date(2026, 11, 3),),
        forecast="AWS forecasts $41 more to Nov 30.",
        receipt="Answered from cache of 09:12 UTC; 3 requests to Cost Explorer, $0.03 today.",
        unit_costs=(
            UnitCost(name="requests", per=1000, scope="team shop", cost=Decimal("0.03521"),
                     before=Decimal("0.0331")),
            UnitCost(name="orders", per=1, scope="", reason="The metric has no sample."),
        ),
    )  # fmt: skip
    shown = "\n".join(str(b) for b in cost_blocks(report))

    assert_slack_takes(cost_blocks(report))
    assert "$0.0352 for 1,000 requests (team shop), 6 % more than before." in shown
    assert "Cost for orders is not known. The metric has no sample." in shown
    assert "1 day is missing, first 2026-11-03." in shown
    assert "3 requests to Cost Explorer, $0.03 today" in shown
    assert "All lines add up to the invoice, $241 billed." in shown


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("by", [CostBy.TEAM, CostBy.WORKLOAD])
def test_hostile_names_break_nothing(name: str, by: CostBy) -> None:
    units = [UnitCost(name=name, per=1, scope=name, reason=name)] * 9
    pieces = [piece(f"{name}{n}", "10") for n in range(20)]
    report = report_of(pieces, pieces[:10], by=by, units=units)
    scoped = replace(report, question=replace(report.question, scope={CostBy.TEAM: name}))

    assert_slack_takes(cost_blocks(report))
    assert_slack_takes(cost_blocks(scoped))
    assert "<!channel" not in cost_text(scoped)


amounts = st.decimals(min_value=-(10**6), max_value=10**9, places=6).map(str)


@given(now=st.lists(st.tuples(names, amounts), max_size=30),
       before=st.lists(st.tuples(names, amounts), max_size=30))  # fmt: skip
def test_any_cost_is_within_the_limits(
    now: list[tuple[str, str]], before: list[tuple[str, str]]
) -> None:
    report = report_of([piece(*p) for p in now], [piece(*p) for p in before])

    if report.tables:
        assert_slack_takes(cost_blocks(report))
        assert_slack_takes(cost_blocks(report, with_chart=False))
