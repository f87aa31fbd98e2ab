"""The chain of evidence as a picture: eight links down a line, and the bill around the change."""

import textwrap
from decimal import Decimal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from finops.domain.currency import Currency
from finops.reports.drawing import (
    FONT,
    IN_FLIGHT,
    INK,
    OFFERED,
    PAPER,
    PROMISE,
    QUIET,
    RULE,
    VERIFIED,
    WIDTH_INCHES,
    Chart,
    add_axes,
    chart_of,
    legible,
    new_figure,
    write,
    write_title,
)
from finops.reports.evidence_chain import EvidenceChain, Link, LinkState, before_and_after

_ROW_INCHES = 0.6
_BILL_INCHES = 1.75
_TOP_INCHES = 1.25
_LINE_AT, _WORDS_AT = 1.05, 1.3
_WORDS_WIDTH = 66
# Colour, marker and whether it is filled: told apart without colour too.
_MARKS = {
    LinkState.THERE: (VERIFIED, "o", True),
    LinkState.WAITING: (OFFERED, "o", False),
    LinkState.STOPPED: (PROMISE, "X", True),
    LinkState.NOT_REACHED: (QUIET, "o", False),
}


def evidence_picture(chain: EvidenceChain) -> Chart:
    """Draw the whole chain; without days on the bill the last panel is left out."""
    bill = _BILL_INCHES if len(chain.days) > 1 else 0.0
    height = _TOP_INCHES + _ROW_INCHES * len(chain.links) + bill + 0.1
    figure = new_figure(height)
    note = legible(f"{chain.opportunity_id} · {chain.team} · {chain.worth}", 90)
    top = write_title(figure, f"{chain.takeaway} {chain.title}", note) + 0.1
    _draw_links(figure, chain, top=top, bottom=bill + 0.1)
    if bill:
        _draw_bill(figure, chain, height)
    return chart_of(figure, title=chain.takeaway, alt_text=alt_text_of(chain))


def alt_text_of(chain: EvidenceChain) -> str:
    """The picture in words, at most 1,900 characters."""
    said = [f"{link.step.value}, {link.state.value}: {link.words}" for link in chain.links]
    words = f"Chain of evidence of {chain.title}. {chain.takeaway} {' '.join(said)}"
    return legible(words, 1900)


def _draw_links(figure: Figure, chain: EvidenceChain, *, top: float, bottom: float) -> None:
    """On axes whose units are inches across and rows down."""
    axes = add_axes(figure, left=0, right=0, top=top, bottom=bottom)
    axes.set_xlim(0, WIDTH_INCHES)
    axes.set_ylim(len(chain.links) - 0.4, -0.45)
    axes.set_xticks([])
    axes.set_yticks([])
    for row, link in enumerate(chain.links):
        if row:
            _draw_line(axes, row, chain.links[row - 1], link)
    for row, link in enumerate(chain.links):
        _draw_link(axes, row, link)


def _draw_line(axes: Axes, row: int, former: Link, link: Link) -> None:
    """Whole where both ends are there, dashed where one is not."""
    is_whole = former.state is link.state is LinkState.THERE
    axes.plot(
        (_LINE_AT, _LINE_AT), (row - 1, row), color=VERIFIED if is_whole else QUIET,
        linewidth=2.4 if is_whole else 1.2, linestyle="-" if is_whole else (0, (3, 3)), zorder=1,
    )  # fmt: skip


def _draw_link(axes: Axes, row: int, link: Link) -> None:
    colour, marker, is_filled = _MARKS[link.state]
    axes.plot(
        _LINE_AT, row, marker=marker, markersize=12, markeredgecolor=colour, markeredgewidth=2,
        markerfacecolor=colour if is_filled else PAPER, zorder=3,
    )  # fmt: skip
    when = f"{link.at.day} {link.at:%b %Y}" if link.at else link.state.value
    write(axes, (_LINE_AT - 0.2, row), when, ha="right", va="center", fontsize=8.5, color=QUIET)
    name = link.step.value.capitalize()
    write(axes, (_WORDS_AT, row - 0.24), name, va="center", fontsize=10.5, weight="bold")
    words = legible(link.words, 300)
    lines = textwrap.wrap(words, _WORDS_WIDTH, max_lines=2, placeholder=" …")
    for index, line in enumerate(lines):
        at = (_WORDS_AT, row + 0.05 + 0.27 * index)
        write(axes, at, line, va="center", fontsize=8.8, color=INK)


def _draw_bill(figure: Figure, chain: EvidenceChain, height: float) -> None:
    """Each day's cost, the means before and after, and the day of the change."""
    axes = add_axes(figure, left=_WORDS_AT, right=0.35, top=height - _BILL_INCHES + 0.2, bottom=0.4)
    first = chain.days[0].day
    places = [(day.day - first).days for day in chain.days]
    currency = chain.currency
    costs = [float(currency.amount(day.effective_cost_usd)) for day in chain.days]
    axes.bar(places, costs, width=0.8, color=RULE, edgecolor=QUIET, linewidth=0.4)
    before, after = before_and_after(chain.days, chain.changed_on)
    change = (chain.changed_on - first).days if chain.changed_on else max(places) + 1
    for mean, span, colour in (
        (before, (min(places) - 0.5, change - 0.5), IN_FLIGHT),
        (after, (change + 0.5, max(places) + 0.5), VERIFIED),
    ):
        if mean is not None and span[0] < span[1]:
            _draw_mean(axes, currency.amount(mean), span, colour, currency=currency)
    if chain.changed_on:
        axes.axvline(change, color=PROMISE, linewidth=1.4, linestyle=(0, (3, 2)))
    title = f"The resource on the bill, {currency.noun} a day"
    axes.set_title(title, loc="left", fontsize=8.8, color=QUIET, family=FONT)
    axes.set_ylim(0, 1.3 * max(*costs, 0.01))
    axes.set_xlim(min(places) - 0.8, max(places) + 0.8)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{currency.symbol}{value:g}"))
    axes.grid(True, axis="y", color=RULE, linewidth=0.8)
    axes.set_xticks(
        [places[0], places[-1]],
        [f"{day.day.day} {day.day:%b}" for day in (chain.days[0], chain.days[-1])],
    )


def _draw_mean(
    axes: Axes, mean: Decimal, span: tuple[float, float], colour: str, *, currency: Currency
) -> None:
    """`mean` is in that currency already."""
    axes.plot(span, (float(mean), float(mean)), color=colour, linewidth=2.2, zorder=4)
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.85}
    at = ((span[0] + span[1]) / 2, float(mean))
    write(axes, at, f"{currency.told(mean)} a day", ha="center", va="bottom", fontsize=8.5,
          color=colour, weight="bold", bbox=box, zorder=5)  # fmt: skip
