"""How long each team takes to decide, and how long its oldest question waits."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from finops.reports.delivery_facts import DeliveryFacts, TeamRow
from finops.reports.drawing import (
    FONT,
    IN_FLIGHT,
    INK,
    PROMISE,
    QUIET,
    RULE,
    WIDTH_INCHES,
    Chart,
    add_axes,
    chart_of,
    legible,
    new_figure,
    write,
    write_title,
)
from finops.reports.report import named
from finops.reports.teaching_chart import teaching_chart

MOST_TEAMS = 12
_NAMES_INCHES = 1.25
_ROW_INCHES = 0.34


def decision_time_chart(facts: DeliveryFacts) -> Chart:
    """Draw the median days to a decision as bars and the oldest waiting question as a diamond.

    The teams with the longest of both; without any decision or question a picture that explains.
    """
    rows = _rows(facts.teams)
    if not rows:
        return teaching_chart("Nobody was asked yet: the times appear with the first card")
    title = decision_takeaway(facts)
    figure = new_figure(1.75 + _ROW_INCHES * max(3, len(rows)))
    note = "Days from the question to the yes or no, and since the oldest open question."
    top = write_title(figure, title, note) + 0.05
    axes = add_axes(figure, left=_NAMES_INCHES, right=0.3, top=top, bottom=0.68)
    longest = max(max(_median(row), row.oldest_waiting_days) for row in rows) or 1.0
    for index, row in enumerate(rows):
        _draw_row(axes, index, row, longest)
    _style(axes, rows, longest)
    _legend(figure)
    return chart_of(figure, title=title, alt_text=_alt_text(title, rows))


def decision_takeaway(facts: DeliveryFacts) -> str:
    """The one sentence: how fast, and who waits longest."""
    waiting = [row for row in facts.teams if row.waiting]
    oldest = max(waiting, key=lambda row: row.oldest_waiting_days, default=None)
    said = (
        f"Half of all decisions take {days_words(facts.median_days)} or less"
        if facts.median_days is not None
        else "Nothing was decided yet"
    )
    if oldest is None:
        return f"{said}; nothing waits"
    who = legible(named(oldest.name), 30)
    return f"{said}; {who} has a question that is {days_words(oldest.oldest_waiting_days)} old"


def days_words(days: float | None) -> str:
    """`3 hours`, `1 day`, `4.5 days`; a dash for nothing."""
    if days is None:
        return "–"
    if days < 1:
        hours = max(1, round(days * 24))
        return f"{hours} hour{'' if hours == 1 else 's'}"
    shown = f"{days:.0f}" if days >= 10 or round(days, 1) == round(days) else f"{days:.1f}"
    return f"{shown} day{'' if shown == '1' else 's'}"


def _rows(teams: Sequence[TeamRow]) -> list[TeamRow]:
    asked = [row for row in teams if row.waiting or row.median_days is not None]
    asked.sort(key=lambda row: (-max(_median(row), row.oldest_waiting_days), row.name))
    return asked[:MOST_TEAMS]


def _median(row: TeamRow) -> float:
    return row.median_days or 0.0


def _draw_row(axes: Axes, index: int, row: TeamRow, longest: float) -> None:
    if row.median_days is not None:
        axes.barh(index, row.median_days, height=0.5, color=IN_FLIGHT)
    if row.waiting:
        axes.plot(row.oldest_waiting_days, index, marker="D", markersize=7, color=PROMISE, zorder=4)
    end = max(_median(row), row.oldest_waiting_days if row.waiting else 0)
    decided = f"median {days_words(row.median_days)}" if row.decided else "none decided"
    waits = f"{row.waiting} wait, oldest {days_words(row.oldest_waiting_days)}"
    words = f"{decided}; {waits if row.waiting else 'none waits'}"
    write(axes, (end + longest * 0.03, index), words, va="center", fontsize=9)
    axes.annotate(
        legible(named(row.name), 14) or "(no name)", (0, index), xytext=(-8, 0),
        textcoords="offset points", ha="right", va="center", fontsize=10, color=INK, family=FONT,
        parse_math=False, annotation_clip=False,
    )  # fmt: skip


def _style(axes: Axes, rows: Sequence[TeamRow], longest: float) -> None:
    axes.set_yticks([])
    # Room for the words behind the longest bar.
    axes.set_xlim(0, longest * 1.9)
    axes.set_ylim(max(3, len(rows)) - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} d"))
    axes.grid(True, axis="x", color=RULE, linewidth=0.8)
    axes.tick_params(labelcolor=QUIET)


def _legend(figure: Figure) -> None:
    handles = [
        Patch(facecolor=IN_FLIGHT, label="median time to a decision"),
        Line2D([], [], marker="D", color=PROMISE, linestyle="", label="oldest open question"),
    ]
    legend = figure.legend(
        handles=handles, loc="lower left", ncols=2, frameon=False,
        bbox_to_anchor=(_NAMES_INCHES / WIDTH_INCHES - 0.02, 0.01),
        prop={"family": FONT, "size": 9.5},
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_color(INK)


def _alt_text(title: str, rows: Sequence[TeamRow]) -> str:
    said = [
        f"{legible(named(row.name), 40)}: median {days_words(row.median_days)} over "
        f"{row.decided} decided, {row.waiting} waiting"
        + (f", the oldest {days_words(row.oldest_waiting_days)}" if row.waiting else "")
        for row in rows[:6]
    ]
    return f"Bar chart. {title}. {'; '.join(said)}."
