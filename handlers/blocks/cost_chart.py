"""Slack's own chart of a cost report: this period's bars beside the ones before."""

from collections.abc import Sequence
from typing import Any

from finops.billing.cost_report import CostReport, CostTable
from finops.billing.cost_rows import CostRow, rows_of
from finops.domain.cost_pieces import DayCost
from handlers.blocks import text
from handlers.blocks.elements import Block

# What Slack allows: 20 characters a label, 20 points, 50 characters a title.
_LABEL_CHARACTERS = 20
_POINTS = 20
_TITLE = 50
MOST_BARS = 10


def cost_chart(report: CostReport, table: CostTable) -> Block | None:
    """Bars by line; by day where there is one line only; None where there is nothing to draw.

    Slack draws no negative share of a whole, so a line of credits is left to the table.
    """
    rows = [row for row in rows_of(report, table, most=MOST_BARS - 3) if not row.is_total]
    bars = [row for row in rows if row.cost > 0 or row.before > 0]
    if len(bars) > 1:
        return _chart(_by_line(report, bars), _title(report), table.currency)
    days = [day for day in table.days if day.effective_cost]
    return _chart(_by_day(days), "By day", table.currency) if len(days) > 1 else None


def _chart(chart: dict[str, Any], title: str, currency: str) -> Block:
    chart["axis_config"]["y_label"] = currency
    title = text.plain(title, _TITLE)
    return {"type": "data_visualization", "title": title, "chart": {"type": "bar", **chart}}


def _title(report: CostReport) -> str:
    """What the bars are; the message above has said of what and when."""
    if report.not_compared:
        return f"By {report.question.by}"
    return f"By {report.question.by}, beside {report.previous.words_in(report.period.start.year)}"


def _by_line(report: CostReport, rows: Sequence[CostRow]) -> dict[str, Any]:
    labels = _unique([_label(row) for row in rows])
    year = report.period.start.year
    series = [_series(report.period.words_in(year), labels, [float(row.cost) for row in rows])]
    if not report.not_compared:
        before = [float(row.before) for row in rows]
        series.append(_series(report.previous.words_in(year), labels, before))
    return {"series": series, "axis_config": {"categories": labels}}


def _label(row: CostRow) -> str:
    """A place by its word, a workload without its namespace: there is little room below a bar."""
    return row.place.value.capitalize() if row.place else row.name.rpartition("/")[2] or row.name


def _by_day(days: Sequence[DayCost]) -> dict[str, Any]:
    """Days, or as many of them in one bar that there are at most twenty bars."""
    width = -(-len(days) // _POINTS)
    groups = [days[i : i + width] for i in range(0, len(days), width)]
    labels = [f"{group[0].day:%b} {group[0].day.day}" for group in groups]
    sums = [round(float(sum(day.effective_cost for day in group)), 2) for group in groups]
    name = "a day" if width == 1 else f"{width} days"
    return {"series": [_series(name, labels, sums)], "axis_config": {"categories": labels}}


def _series(name: str, labels: Sequence[str], values: Sequence[float]) -> dict[str, Any]:
    points = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    return {"name": text.plain(name, _LABEL_CHARACTERS), "data": points}


def _unique(names: Sequence[str]) -> list[str]:
    """Labels that differ although they are cut: Slack refuses two of one name."""
    labels: list[str] = []
    for name in names:
        label = text.plain(name, _LABEL_CHARACTERS)
        number = 2
        while label in labels:
            label = f"{text.plain(name, _LABEL_CHARACTERS - 3)} {number}"
            number += 1
        labels.append(label)
    return labels
