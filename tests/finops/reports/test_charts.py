import io
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from finops.domain.currency import DOLLARS
from finops.domain.money import Saving
from finops.reports.charts import Chart, savings_by_team_chart, verified_trend_chart
from finops.reports.drawing import legible
from finops.reports.report import Period, PeriodKind, SavingsReport, Tally, TrendPoint

WEEK = Period(PeriodKind.WEEKLY, date(2026, 6, 29), date(2026, 7, 6))


def report(
    teams: Sequence[Tally] = (), trend: Sequence[TrendPoint] = (), bill: int | None = None
) -> SavingsReport:
    return SavingsReport(
        period=WEEK,
        headline="",
        totals=Tally(),
        verified_in_period=Saving(),
        by_team=tuple(teams),
        trend=tuple(trend),
        bill_usd_per_month=None if bill is None else Decimal(bill),
    )


def team(name: str, cash: int = 900) -> Tally:
    money = Saving(Decimal(cash), Decimal(cash // 2))
    return Tally(name, money, money, money, 1, 1, 1)


def weeks(*values: int) -> list[TrendPoint]:
    first = date(2026, 4, 5)
    return [TrendPoint(first + timedelta(days=7 * i), Decimal(v)) for i, v in enumerate(values)]


def assert_is_a_picture(chart: Chart) -> None:
    pixels = imread(io.BytesIO(chart.png), format="png")

    assert pixels.shape[1] == 1280
    assert pixels[..., 3].min() == 1.0  # opaque: it reads the same in dark mode
    assert np.allclose(pixels[0, 0, :3], 1.0)
    assert 20 < len(chart.title) < 160
    assert len(chart.alt_text) < 2000
    assert len(chart.png) < 500_000


@pytest.mark.parametrize("count", [0, 1, 2, 12, 13, 40])
def test_any_number_of_teams_fits(count: int) -> None:
    chart = savings_by_team_chart(report([team(f"team-{i}") for i in range(count)]))

    assert_is_a_picture(chart)


def test_no_team_gives_a_picture_that_teaches() -> None:
    chart = savings_by_team_chart(report())

    assert "the bars appear with the first finding" in chart.title
    assert "then verified: the bill shows it" in chart.alt_text


def test_the_title_is_the_takeaway() -> None:
    one = savings_by_team_chart(report([team("payments")]))
    two = savings_by_team_chart(report([team("payments", 100), team("search", 50)]))

    assert (
        one.title == "Team payments has $900/month of cash verified and $900/month still to decide"
    )
    assert two.title.startswith("Team payments has $100/month of cash verified")
    assert "search: verified on the bill $50 cash and $25 room, in flight $50 cash" in two.alt_text


def test_room_alone_is_not_called_cash() -> None:
    held = Tally("a", offered=Saving(freed_usd_per_month=Decimal(70)), offered_count=1)

    assert savings_by_team_chart(report([held])).title == (
        "So far it is room, not cash; team a is offered $70/month"
    )


@settings(max_examples=12)
@given(name=st.text(max_size=200))
def test_no_name_breaks_the_picture(name: str) -> None:
    assert_is_a_picture(savings_by_team_chart(report([team(name), team("b")])))


@pytest.mark.parametrize(
    "name", ["$x$", "\\frac{1}{0}", "a\nb", "\u202etxt", "数据 🚀", "", "x" * 500, "_^%&#"]
)
def test_hostile_names_are_drawn_as_they_are(name: str) -> None:
    assert_is_a_picture(savings_by_team_chart(report([team(name)])))


def test_a_name_is_one_line_that_the_font_can_draw() -> None:
    assert legible("a\n\tb\u202e\u200bc 🚀", 30) == "a bc □"
    assert legible("x" * 30, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    "values", [(), (0, 0), (5,), (0, 10, 20), tuple(range(60)), (100, 0), (10**7,)]
)
@pytest.mark.parametrize("bill", [None, 0, 100, 10**6])
def test_any_trend_can_be_drawn(values: tuple[int, ...], bill: int | None) -> None:
    assert_is_a_picture(verified_trend_chart(report(trend=weeks(*values), bill=bill)))


def test_the_trend_names_the_change_and_the_promise() -> None:
    chart = verified_trend_chart(report(trend=weeks(0, 100, 250), bill=5000))

    assert chart.title == (
        "Verified cash stands at $250/month, up $150 in a week: 5.0 % of the bill (30 % promised)"
    )
    assert chart.alt_text.endswith("The promise is $1,500/month.")


def test_days_are_summed_up_by_week_and_a_week_without_news_repeats_the_last() -> None:
    days = [
        TrendPoint(date(2026, 6, 1), Decimal(10)),
        TrendPoint(date(2026, 6, 3), Decimal(20)),
        TrendPoint(date(2026, 6, 16), Decimal(30)),
    ]

    assert "07 Jun $20, 14 Jun $20, 16 Jun $30" in (
        verified_trend_chart(report(trend=days)).alt_text
    )


def test_pictures_are_the_same_bytes_from_several_threads() -> None:
    drawn: list[bytes] = []
    held = report([team("a"), team("b", 50)])
    threads = [
        threading.Thread(target=lambda: drawn.append(savings_by_team_chart(held).png))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(drawn) == 4
    assert len(set(drawn)) == 1


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("950", "$950"),
        ("9999", "$9,999"),
        ("12400", "$12.4k"),
        ("3000000", "$3M"),
        ("0.5", "$0.50"),
    ],
)
def test_amounts_are_short(amount: str, words: str) -> None:
    assert DOLLARS.compact(Decimal(amount)) == words
