"""Slack's own chart blocks: they need no upload, follow dark mode, and are read out with numbers.

Limits: two a message, titles of 50 characters, labels of 20, 20 points a series, and every series
has a point for every category.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from finops.domain.money import Saving
from finops.reports.decision_chart import decision_takeaway
from finops.reports.delivery_facts import DeliveryFacts, TeamRow
from finops.reports.headline import percent
from finops.reports.report import Edition, SavingsReport, Tally, named
from finops.reports.team_chart import team_takeaway
from finops.reports.trend_chart import (
    PROMISE_IN_SIGHT,
    by_week,
    promise_of,
    trend_takeaway,
)
from handlers.blocks import text
from handlers.blocks.elements import Block, section

MOST_POINTS = 20
MOST_TEAMS = 8
_LABEL = 20


def native_charts(report: SavingsReport, edition: Edition) -> list[Block]:
    """Up to two charts, each below its takeaway; what has no data is left out."""
    teams, trend = _teams(report), _trend(report)
    if edition is Edition.CFO:
        return [*trend, *teams]
    if edition is Edition.CTO and report.delivery is not None:
        return [*_decisions(report.delivery), *teams]
    return [*teams, *trend]


def takeaways(report: SavingsReport, edition: Edition) -> list[Block]:
    """The same sentences without the charts, where Slack shows none."""
    return [block for block in native_charts(report, edition) if block["type"] == "section"]


def _teams(report: SavingsReport) -> list[Block]:
    """Verified, in flight and offered by team: cash, or room where there is no cash at all."""
    paid = [row for row in report.by_team if row.verified or row.in_flight or row.offered]
    if not paid:
        return []
    is_cash = any(_cash(row) for row in paid)
    rows = _most(paid) if is_cash else paid
    shown = rows[:MOST_TEAMS]
    kind = "Cash" if is_cash else "Room"

    def of(saving: Saving) -> Decimal:
        usd = saving.cashable_usd_per_month if is_cash else saving.freed_usd_per_month
        return report.currency.amount(usd)

    series = {
        "Verified": [of(row.verified) for row in shown],
        "In flight": [of(row.in_flight) for row in shown],
        "Offered": [of(row.offered) for row in shown],
    }
    left = len(paid) - len(shown)
    title = f"{kind} by team" + (f", {left} smaller teams left out" if left > 0 else "")
    names = [named(row.name) for row in shown]
    return [
        _takeaway(team_takeaway(report.by_team, report.currency)),
        _chart(
            "bar", title, names, series, labels=("Team", f"{kind}, {report.currency.noun} a month")
        ),
    ]


def _cash(row: Tally) -> Decimal:
    parts = (row.verified, row.in_flight, row.offered)
    return sum((part.cashable_usd_per_month for part in parts), Decimal(0))


def _most(rows: Sequence[Tally]) -> list[Tally]:
    return sorted(rows, key=lambda row: (-_cash(row), row.name))


def _trend(report: SavingsReport) -> list[Block]:
    weeks = by_week(report.trend)[-MOST_POINTS:]
    values = [report.currency.amount(p.verified_cashable_usd_per_month) for p in weeks]
    if not any(values):
        return []
    series = {"Verified cash": values}
    promise = promise_of(report)
    # A promise far above the line would press it flat; the takeaway says how far it is.
    if promise and promise <= PROMISE_IN_SIGHT * float(max(values)):
        name = f"Promised {percent(report.promised_share)}"
        series[name] = [Decimal(promise)] * len(weeks)
    days = [f"{point.day.day} {point.day:%b}" for point in weeks]
    noun = report.currency.noun
    labels = ("Week to", f"{noun[:1].upper()}{noun[1:]} a month")
    return [
        _takeaway(trend_takeaway(report, weeks)),
        _chart("line", "Verified cash off the bill", days, series, labels=labels),
    ]


def _decisions(facts: DeliveryFacts) -> list[Block]:
    rows = [row for row in facts.teams if row.waiting or row.median_days is not None]
    if not rows:
        return []
    rows.sort(key=lambda row: (-_slowest(row), row.name))
    shown = rows[:MOST_TEAMS]
    series = {
        "Median to decide": [Decimal(row.median_days or 0) for row in shown],
        "Oldest open": [Decimal(row.oldest_waiting_days) for row in shown],
    }
    names = [named(row.name) for row in shown]
    return [
        _takeaway(decision_takeaway(facts)),
        _chart("bar", "Time to a decision by team", names, series, labels=("Team", "Days")),
    ]


def _slowest(row: TeamRow) -> float:
    return max(row.median_days or 0.0, row.oldest_waiting_days)


def _takeaway(sentence: str) -> Block:
    return section(text.bold(text.safe(sentence, 300)))


def _chart(
    kind: str,
    title: str,
    names: Sequence[str],
    series: Mapping[str, Sequence[Decimal]],
    *,
    labels: tuple[str, str],
) -> Block:
    categories = _labels(names)
    # A row of nothing only makes the others thinner.
    shown = {name: values for name, values in series.items() if any(values)} or series
    drawn = [
        {
            "name": text.plain(name, _LABEL),
            "data": [
                {"label": label, "value": round(float(value), 2)}
                for label, value in zip(categories, values, strict=True)
            ],
        }
        for name, values in shown.items()
    ]
    axis = {"categories": categories, "x_label": labels[0], "y_label": labels[1]}
    return {
        "type": "data_visualization",
        "title": text.plain(title, 50),
        "chart": {"type": kind, "series": drawn, "axis_config": axis},
    }


def _labels(names: Sequence[str]) -> list[str]:
    """Short labels; names that look alike when cut get a number, for each must be its own."""
    made: list[str] = []
    for name in names:
        label, number = text.plain(name, _LABEL), 1
        while label in made:
            number += 1
            label = f"{text.plain(name, _LABEL - 4)} {number}"
        made.append(label)
    return made
