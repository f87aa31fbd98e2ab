"""The digest for everybody: the takeaway, the totals, teams and types, and what to do next."""

from collections.abc import Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.reports.headline import percent
from finops.reports.report import Line, SavingsReport, Tally, named
from finops.reports.tables import bill_takeaway
from handlers.blocks import text
from handlers.blocks.budget import Part
from handlers.blocks.digest_parts import (
    NAME,
    RESOURCE,
    bullets,
    paragraph,
    recommendations,
    said,
    undone,
)
from handlers.blocks.elements import Block, context, fields, table

MOST_ROWS = 10
MOST_TYPES = 6
MOST_TOP = 5


def leaders_parts(report: SavingsReport, charts: Sequence[Block]) -> list[Part]:
    """What follows the headline, the most important with the lowest rank."""
    return [
        Part(0, [_totals(report)]),
        Part(3, _together(report)),
        Part(2, charts),
        Part(1, team_table(report.by_team, currency=report.currency)),
        Part(4, _bill(report)),
        Part(5, _types(report.by_kind, currency=report.currency)),
        Part(6, _top(report.top, report.totals.offered_count, currency=report.currency)),
        Part(1, recommendations(report)),
        Part(3, undone(report.reversed)),
    ]


def _totals(report: SavingsReport) -> Block:
    totals = report.totals
    stages = (
        ("Verified on the bill", totals.verified_count, totals.verified),
        ("In flight", totals.in_flight_count, totals.in_flight),
        ("Offered", totals.offered_count, totals.offered),
    )
    return fields(
        *(
            f"*{name}* · {count:,}\n{text.saving_lines(saving, report.currency)}"
            for name, count, saving in stages
        ),
        *_share(report),
    )


def _together(report: SavingsReport) -> list[Block]:
    """Cash that no single right-sizing frees; nothing without any."""
    amount = report.joint_cash_usd_per_month
    if amount <= 0:
        return []
    return [
        context(
            f"Applied together, the smaller requests that are offered or in flight would empty "
            f"nodes worth *{report.currency.short(amount)}/month* off the bill, beside the figures "
            "above."
        )
    ]


def _share(report: SavingsReport) -> list[str]:
    """How far the promise is kept; nothing when nobody knows the bill."""
    if report.share_of_bill is None or report.bill_usd_per_month is None:
        return []
    done, promised = percent(report.share_of_bill), percent(report.promised_share)
    bill = report.currency.short(report.bill_usd_per_month)
    return [f"*Share of the bill*\n{done} verified, {promised} promised\nof {bill}/month before"]


def _bill(report: SavingsReport) -> list[Block]:
    """Without a bill its absence is no news in every digest."""
    return paragraph("The bill", said(bill_takeaway(report), 300)) if report.bill else []


def team_table(rows: Sequence[Tally], *, currency: Currency = DOLLARS) -> list[Block]:
    """The stages of each team as a table."""
    if not rows:
        return []
    head = ["Team", "Verified", "In flight", "Offered"]
    lines = [
        [
            text.plain(named(row.name) or "all", NAME),
            *(
                text.saving_cell(each, currency)
                for each in (row.verified, row.in_flight, row.offered)
            ),
        ]
        for row in rows[:MOST_ROWS]
    ]
    left = len(rows) - MOST_ROWS
    more = [context(f"{text.count(left, 'more team')} in `/finops savings`.")] if left > 0 else []
    return [table([head, *lines]), *more]


def _types(rows: Sequence[Tally], *, currency: Currency) -> list[Block]:
    lines = [
        f"{_capital(text.safe(row.name, 60))}: {text.saved(row.verified, currency)} verified, "
        f"{text.saved(row.in_flight + row.offered, currency)} open"
        for row in rows[:MOST_TYPES]
    ]
    return bullets("By type", lines, left=len(rows) - len(lines), of="type")


def _top(lines: Sequence[Line], waiting: int, *, currency: Currency) -> list[Block]:
    shown = [
        f"{text.safe(line.label, RESOURCE)} ({text.team(line.team, NAME)}): "
        f"{text.saving_words(line.saving, currency)}"
        for line in lines[:MOST_TOP]
    ]
    return bullets("Largest that wait", shown, left=waiting - len(shown), of="opportunity")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
