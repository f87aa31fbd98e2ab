"""Cost by line as a picture: this period's bars, and a mark where each stood before."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from finops.domain.currency import DOLLARS, Currency
from finops.reports.drawing import (
    FONT,
    IN_FLIGHT,
    INK,
    PAPER,
    PROMISE,
    QUIET,
    RULE,
    Chart,
    add_axes,
    legible,
    money_axis,
    new_figure,
    png_of,
    write,
    write_title,
)

MOST_BARS = 16
_ROW_INCHES = 0.34
_NAMES_INCHES = 1.75
_AMOUNT_INCHES = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBar:
    """One line: its cost now and before (None where nothing is compared), and the figure to show.

    `is_place` is for what is idle, shared or nobody's: it is drawn quieter.
    """

    name: str
    cost: Decimal
    before: Decimal | None
    shown: str
    is_place: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPicture:
    """All that is drawn and said: at most `MOST_BARS` bars are. Amounts are in `currency`."""

    title: str
    note: str
    now: str
    before: str
    bars: Sequence[CostBar]
    currency: Currency = DOLLARS


def cost_chart(picture: CostPicture) -> Chart:
    """Draw it. A line of credits reaches to the left of nothing; no bars give only the title."""
    bars = list(picture.bars[:MOST_BARS])
    figure = new_figure(1.6 + _ROW_INCHES * max(2, len(bars)))
    top = write_title(figure, picture.title, picture.note) + 0.1
    axes = add_axes(figure, left=_NAMES_INCHES, right=_AMOUNT_INCHES, top=top, bottom=0.7)
    for index, bar in enumerate(bars):
        _draw(axes, index, bar)
    _scale(axes, bars, picture.currency)
    _name_rows(axes, bars)
    _legend(figure, picture, bars)
    return Chart(png=png_of(figure), alt_text=_alt_text(picture, bars), title=picture.title)


def _draw(axes: Axes, index: int, bar: CostBar) -> None:
    colour, hatch = (QUIET, "////") if bar.is_place else (IN_FLIGHT, None)
    axes.barh(
        index, float(bar.cost), height=0.62, color=colour, hatch=hatch, edgecolor=PAPER,
        linewidth=0.6,
    )  # fmt: skip
    if bar.before is not None:
        place = float(bar.before)
        axes.plot([place, place], [index - 0.4, index + 0.4], color=PROMISE, linewidth=2.4)
    end = max(0.0, float(bar.cost), float(bar.before or 0))
    axes.annotate(
        bar.shown,
        (end, index),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        fontsize=9.5,
        color=INK,
        family=FONT,
        parse_math=False,
        annotation_clip=False,
    )


def _scale(axes: Axes, bars: Sequence[CostBar], currency: Currency) -> None:
    ends = [float(amount) for bar in bars for amount in (bar.cost, bar.before or Decimal(0))]
    lowest, highest = min([0.0, *ends]), max([0.0, *ends]) or 1.0
    axes.set_xlim(lowest * 1.05, highest * 1.02)
    axes.set_ylim(max(2, len(bars)) - 0.4, -0.6)
    money_axis(axes, currency, along_x=True, steps=4)
    axes.set_yticks(range(len(bars)), [""] * len(bars))
    axes.yaxis.grid(False)
    if lowest < 0:
        axes.axvline(0, color=RULE, linewidth=1.2)


def _name_rows(axes: Axes, bars: Sequence[CostBar]) -> None:
    for index, bar in enumerate(bars):
        axes.annotate(
            legible(bar.name, 22) or "(no name)",
            (0, index),
            xycoords=("axes fraction", "data"),
            xytext=(-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=9.5,
            color=QUIET if bar.is_place else INK,
            family=FONT,
            parse_math=False,
            annotation_clip=False,
        )
    if not bars:
        write(axes, (0.5, 0.5), "Nothing was billed.", ha="center")


def _legend(figure: Figure, picture: CostPicture, bars: Sequence[CostBar]) -> None:
    handles: list[Patch | Line2D] = [Patch(facecolor=IN_FLIGHT, label=picture.now)]
    if any(bar.is_place for bar in bars):
        patch = Patch(facecolor=QUIET, hatch="////", edgecolor=PAPER, label="nobody's own")
        handles.append(patch)
    if any(bar.before is not None for bar in bars):
        handles.append(Line2D([], [], color=PROMISE, linewidth=2.4, label=picture.before))
    legend = figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.03, 0.01),
        ncols=3,
        frameon=False,
        handlelength=1.4,
        prop={"family": FONT, "size": 9.5},
    )
    for text in legend.get_texts():
        text.set_color(INK)


def _alt_text(picture: CostPicture, bars: Sequence[CostBar]) -> str:
    rows = "; ".join(f"{legible(bar.name, 40)} {bar.shown}" for bar in bars[:8])
    more = f"; and {len(picture.bars) - 8} more" if len(picture.bars) > 8 else ""
    return f"Bar chart. {picture.title}. {rows}{more}."
