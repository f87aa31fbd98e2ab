"""Savings by team: cash beside room, on one scale; verified, in flight and offered stacked."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from finops.domain.currency import DOLLARS, Currency
from finops.domain.money import Saving
from finops.reports.drawing import (
    FONT,
    IN_FLIGHT,
    INK,
    OFFERED,
    PAPER,
    QUIET,
    VERIFIED,
    WIDTH_INCHES,
    Chart,
    add_axes,
    chart_of,
    legible,
    money_axis,
    new_figure,
    write,
    write_title,
)
from finops.reports.report import SavingsReport, Tally, named
from finops.reports.teaching_chart import teaching_chart

MOST_TEAMS = 12
_ROW_INCHES = 0.34
_NAMES_INCHES = 1.25
_GAP_INCHES = 0.2
_STAGES: tuple[tuple[str, str, str | None, Callable[[Tally], Saving]], ...] = (
    ("verified on the bill", VERIFIED, None, lambda row: row.verified),
    ("in flight", IN_FLIGHT, "////", lambda row: row.in_flight),
    ("offered", OFFERED, "....", lambda row: row.offered),
)
_PARTS: tuple[tuple[str, Callable[[Saving], Decimal]], ...] = (
    ("Cash: leaves the bill", lambda saving: saving.cashable_usd_per_month),
    ("Room: freed for growth", lambda saving: saving.freed_usd_per_month),
)


def savings_by_team_chart(report: SavingsReport) -> Chart:
    """Draw each team's savings a month; the smallest beyond twelve are summed up in one row.

    Cash and room stand in two panels on the same scale and are never added. An empty report gives
    a picture that explains where the bars will come from.
    """
    named, rest = _rows(report.by_team)
    if not named:
        return teaching_chart("No team has a saving yet: the bars appear with the first finding")
    rows = [*named, rest] if rest else named
    currency = report.currency
    title = team_takeaway(report.by_team, currency)
    figure = new_figure(1.95 + _ROW_INCHES * max(3, len(rows)))
    name = f"{currency.noun[:1].upper()}{currency.noun[1:]}"
    note = f"{name} a month, verified of all that is possible. One scale for both."
    top = write_title(figure, title, note) + 0.32
    highest = max(currency.amount(_total(row, part)) for row in named for _, part in _PARTS)
    panel = (WIDTH_INCHES - _NAMES_INCHES - 0.3 - _GAP_INCHES) / 2
    for index, (heading, part) in enumerate(_PARTS):
        left = _NAMES_INCHES + index * (panel + _GAP_INCHES)
        axes = add_axes(figure, left=left, right=WIDTH_INCHES - left - panel, top=top, bottom=0.7)
        _draw_panel(axes, rows, part, highest, bars=len(named), currency=currency)
        axes.set_title(heading, loc="left", fontsize=10.5, color=INK, family=FONT, weight="bold")
        axes.set_yticks(range(len(rows)), [""] * len(rows))
        if index == 0:
            _name_rows(axes, rows)
    _legend(figure)
    return chart_of(figure, title=title, alt_text=_alt_text(title, report.by_team, currency))


def _draw_panel(
    axes: Axes,
    rows: Sequence[Tally],
    part: Callable[[Saving], Decimal],
    highest: Decimal,
    *,
    bars: int,
    currency: Currency,
) -> None:
    """One panel with `bars` bars; a row after them has words only."""
    for index, row in enumerate(rows):
        # Many small teams in one bar would press every named team's bar flat.
        end = _draw_bar(axes, index, row, part, currency=currency) if index < bars else 0.0
        has_money = _total(row, part) > 0
        words = _label(row, part, currency) if has_money else "–"
        at = (end + float(highest) * 0.02, index)
        write(axes, at, words, va="center", color=INK if has_money else QUIET)
    money_axis(axes, currency, along_x=True, steps=2)
    # Room for the words behind the longest bar.
    axes.set_xlim(0, float(highest) * 1.75 or 1.0)
    axes.set_ylim(max(3, len(rows)) - 0.5, -0.5)


def _draw_bar(
    axes: Axes, index: int, row: Tally, part: Callable[[Saving], Decimal], *, currency: Currency
) -> float:
    """The three stages one after the other; returns where they end."""
    start = 0.0
    for _, colour, hatch, of in _STAGES:
        width = float(currency.amount(part(of(row))))
        if width > 0:
            axes.barh(
                index, width, left=start, height=0.62, color=colour, hatch=hatch, edgecolor=PAPER,
                linewidth=0.6,
            )  # fmt: skip
            start += width
    return start


def _name_rows(axes: Axes, rows: Sequence[Tally]) -> None:
    for index, row in enumerate(rows):
        axes.annotate(
            legible(named(row.name), 14) or "(no name)",
            (0, index),
            xytext=(-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=10,
            color=INK,
            family=FONT,
            parse_math=False,
            annotation_clip=False,
        )


def _legend(figure: Figure) -> None:
    patches = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=PAPER, label=label)
        for label, colour, hatch, _ in _STAGES
    ]
    legend = figure.legend(
        handles=patches,
        loc="lower left",
        bbox_to_anchor=(_NAMES_INCHES / WIDTH_INCHES - 0.02, 0.01),
        ncols=3,
        frameon=False,
        handlelength=1.6,
        prop={"family": FONT, "size": 9.5},
    )
    for text in legend.get_texts():
        text.set_color(INK)


def _rows(teams: Sequence[Tally]) -> tuple[list[Tally], Tally | None]:
    """Teams with money in the report's order; beyond twelve, all the others as one."""
    paid = [team for team in teams if team.verified or team.in_flight or team.offered]
    if len(paid) <= MOST_TEAMS:
        return paid, None
    head, tail = paid[: MOST_TEAMS - 1], paid[MOST_TEAMS - 1 :]
    rest = Tally(
        name=f"{len(tail)} other teams",
        verified=sum((team.verified for team in tail), Saving()),
        in_flight=sum((team.in_flight for team in tail), Saving()),
        offered=sum((team.offered for team in tail), Saving()),
    )
    return head, rest


def _label(row: Tally, part: Callable[[Saving], Decimal], currency: Currency) -> str:
    """`$3,128 of $7,315`: what is verified of all that could be."""
    both = (max(Decimal(0), part(row.verified)), _total(row, part))
    return " of ".join(currency.compact(currency.amount(usd).quantize(Decimal(1))) for usd in both)


def _total(row: Tally, part: Callable[[Saving], Decimal]) -> Decimal:
    return sum((max(Decimal(0), part(of(row))) for *_, of in _STAGES), Decimal(0))


def team_takeaway(teams: Sequence[Tally], currency: Currency = DOLLARS) -> str:
    """The one sentence: who leads, and who has the most to decide. Of at least one team."""
    best = max(teams, key=lambda team: team.verified.cashable_usd_per_month)
    open_to = max(teams, key=lambda team: team.offered.cashable_usd_per_month)
    verified = best.verified.cashable_usd_per_month
    offered = open_to.offered.cashable_usd_per_month
    waits = f"{_who(open_to, 'team')} has the most to decide: {currency.short(offered)}/month"
    if verified > 0 and offered > 0 and best is open_to:
        return (
            f"{_who(best)} has {currency.short(verified)}/month of cash verified and "
            f"{currency.short(offered)}/month still to decide"
        )
    if verified > 0:
        leads = f"{_who(best)} leads with {currency.short(verified)}/month of verified cash"
        return f"{leads}; {waits}" if offered > 0 else leads
    if offered > 0:
        return f"No cash is verified yet; {waits}"
    freed = max(teams, key=lambda team: team.offered.freed_usd_per_month)
    amount = currency.short(freed.offered.freed_usd_per_month)
    return f"So far it is room, not cash; {_who(freed, 'team')} is offered {amount}/month"


def _who(team: Tally, word: str = "Team") -> str:
    """`Team shop`; work that nobody owns is not a team's."""
    is_owned = named(team.name) == team.name
    return f"{word} {legible(team.name, 30)}" if is_owned else f"{word[0]}riage"


def _alt_text(title: str, teams: Sequence[Tally], currency: Currency) -> str:
    rows = [f"{legible(named(team.name), 40)}: {_stages(team, currency)}" for team in teams[:5]]
    more = f"; and {len(teams) - 5} teams more" if len(teams) > 5 else ""
    return f"Bar chart. {title}. {'; '.join(rows)}{more}."


def _stages(team: Tally, currency: Currency) -> str:
    """`verified $420 cash, offered $80 cash and $103 room`; what is nothing stays unsaid."""
    said = []
    for name, *_, of in _STAGES:
        cash, room = of(team).cashable_usd_per_month, of(team).freed_usd_per_month
        both = ((cash, "cash"), (room, "room"))
        kinds = [f"{currency.short(amount)} {kind}" for amount, kind in both if amount]
        said += [f"{name} {' and '.join(kinds)}"] if kinds else []
    return ", ".join(said) or "nothing"
