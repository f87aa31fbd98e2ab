"""Verified cash over time: where it stood at the end of each week, against the promise."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from matplotlib.axes import Axes

from finops.domain.currency import Currency
from finops.reports.drawing import (
    PAPER,
    PROMISE,
    VERIFIED,
    Chart,
    add_axes,
    chart_of,
    money_axis,
    new_figure,
    write,
    write_title,
)
from finops.reports.headline import percent
from finops.reports.report import SavingsReport, TrendPoint
from finops.reports.teaching_chart import teaching_chart

# A promise far above the curve would press it flat; then the note says how much it is.
PROMISE_IN_SIGHT = 3
_MOST_WEEKS = 53
_MOST_MARKERS = 20


def verified_trend_chart(report: SavingsReport) -> Chart:
    """Draw verified cash a month by week, with the promised share of the bill as a line.

    No trend, or nothing verified in it, gives a picture that explains where the line comes from.
    """
    weeks, currency = by_week(report.trend), report.currency
    values = [float(currency.amount(point.verified_cashable_usd_per_month)) for point in weeks]
    if not any(value > 0 for value in values):
        return teaching_chart("No cash is verified yet: the line starts with the first proof")
    title = trend_takeaway(report, weeks)
    promise = promise_of(report)
    in_sight = promise if promise and promise <= PROMISE_IN_SIGHT * max(values) else None
    figure = new_figure(3.3)
    top = write_title(figure, title, _note(promise, in_sight, currency)) + 0.15
    axes = add_axes(figure, left=0.75, right=0.75, top=top, bottom=0.4)
    _draw(axes, values, currency)
    _name_weeks(axes, weeks)
    if in_sight:
        _draw_promise(axes, in_sight, len(values), currency)
    axes.set_ylim(0, 1.18 * max([*values, in_sight or 0]))
    return chart_of(figure, title=title, alt_text=_alt_text(title, weeks, promise, currency))


def _draw(axes: Axes, values: Sequence[float], currency: Currency) -> None:
    places = range(len(values))
    axes.fill_between(places, values, color=VERIFIED, alpha=0.18, linewidth=0)
    marked = None if len(values) <= _MOST_MARKERS else [len(values) - 1]
    axes.plot(
        places, values, color=VERIFIED, linewidth=2.6, marker="o", markersize=5, markevery=marked,
        clip_on=False,
    )  # fmt: skip
    money_axis(axes, currency, along_x=False)
    axes.set_xlim(-0.35, len(values) - 1 + 0.35)
    last = (len(values) - 1, values[-1])
    axes.annotate(
        currency.told(Decimal(values[-1])),
        last,
        xytext=(9, 0),
        textcoords="offset points",
        va="center",
        fontsize=11,
        weight="bold",
        color=VERIFIED,
        parse_math=False,
        annotation_clip=False,
    )


def _draw_promise(axes: Axes, promise: float, weeks: int, currency: Currency) -> None:
    axes.axhline(promise, color=PROMISE, linewidth=1.6, linestyle=(0, (5, 3)))
    style = {"weight": "bold", "bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 2}}
    words = f"promised {currency.told(Decimal(promise))}"
    write(axes, (-0.3, promise), words, color=PROMISE, va="center", ha="left", **style)


def _name_weeks(axes: Axes, weeks: Sequence[TrendPoint]) -> None:
    every = max(1, -(-len(weeks) // 8))
    # Counted from the newest, so that the last week is always named.
    named = [i for i in range(len(weeks)) if (len(weeks) - 1 - i) % every == 0]
    axes.set_xticks(named, [f"{weeks[i].day:%d %b}".lstrip("0") for i in named])


def by_week(trend: Sequence[TrendPoint]) -> list[TrendPoint]:
    """The newest point of each week that ends on a Sunday; a week without one repeats the last."""
    newest: dict[date, TrendPoint] = {}
    for point in sorted(trend, key=lambda p: p.day):
        newest[point.day + timedelta(days=6 - point.day.weekday())] = point
    if not newest:
        return []
    weeks, end, last = [], min(newest), newest[min(newest)]
    while end <= max(newest):
        last = newest.get(end, last)
        weeks.append(TrendPoint(min(end, max(p.day for p in newest.values())),
                                last.verified_cashable_usd_per_month))  # fmt: skip
        end += timedelta(days=7)
    return weeks[-_MOST_WEEKS:]


def promise_of(report: SavingsReport) -> float | None:
    """The promised share of the bill a month, in the report's currency; None without a bill."""
    bill = report.bill_usd_per_month
    return float(report.currency.amount(bill) * report.promised_share) if bill else None


def trend_takeaway(report: SavingsReport, weeks: Sequence[TrendPoint]) -> str:
    """The one sentence: where it stands, how it moved, and its share of the bill."""
    currency = report.currency
    newest = weeks[-1].verified_cashable_usd_per_month
    said = f"Verified cash stands at {currency.short(newest)}/month"
    if len(weeks) > 1:
        before = weeks[-2].verified_cashable_usd_per_month
        change = newest - before
        word = "up" if change > 0 else "down"
        moved = (
            f"{word} {currency.short(abs(change))} in a week" if change else "unchanged for a week"
        )
        said = f"{said}, {moved}"
    if report.bill_usd_per_month:
        share = percent(newest / report.bill_usd_per_month)
        said = f"{said}: {share} of the bill ({percent(report.promised_share)} promised)"
    return said


def _note(promise: float | None, in_sight: float | None, currency: Currency) -> str:
    name = f"{currency.noun[:1].upper()}{currency.noun[1:]}"
    note = f"{name} a month gone from the bill, at the end of each week."
    if promise and not in_sight:
        return f"{note} Promised: {currency.told(Decimal(promise))}."
    return note


def _alt_text(
    title: str, weeks: Sequence[TrendPoint], promise: float | None, currency: Currency
) -> str:
    listed = ", ".join(
        f"{point.day:%d %b} {currency.short(point.verified_cashable_usd_per_month)}"
        for point in weeks[-6:]
    )
    line = f" The promise is {currency.told(Decimal(promise))}/month." if promise else ""
    return f"Line chart. {title}. Latest weeks: {listed}.{line}"
