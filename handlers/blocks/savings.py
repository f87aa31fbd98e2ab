"""Totals: offered, in flight and verified; what leaves the bill and what is only room apart."""

from collections.abc import Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.money import Saving
from finops.finops_engine import SavingsSummary
from finops.savings_ledger import Breakdown
from handlers.blocks import text
from handlers.blocks.elements import Block, context, fields, section, table

MOST_ROWS = 10


def savings(
    summary: SavingsSummary, *, team: str = "", currency: Currency = DOLLARS
) -> list[Block]:
    """The answer to `/finops savings`."""
    return [
        section(
            f"{text.bold(f'Savings{text.of_team(team)}')}\n{takeaway(summary, currency=currency)}"
        ),
        totals(summary, currency=currency),
        *_by_team(summary.by_team, is_one_team=bool(team), currency=currency),
        context(
            "Cash leaves the bill; room is freed in what is paid for anyway. "
            "The two are never added.",
            *([currency.rate_sentence] if currency.rate_sentence else []),
        ),
    ]


def totals(summary: SavingsSummary, *, currency: Currency = DOLLARS) -> Block:
    """Three columns of both kinds."""
    return fields(
        f"*Offered*\n{text.saving_lines(offered(summary), currency)}",
        f"*In flight*\n{text.saving_lines(summary.in_flight, currency)}",
        f"*Verified on the bill*\n{text.saving_lines(summary.realised, currency)}",
    )


def takeaway(summary: SavingsSummary, *, currency: Currency = DOLLARS) -> str:
    """One sentence: the number that counts is the verified one."""
    if summary.realised:
        return f"Verified so far: {text.saved(summary.realised, currency)}."
    if summary.in_flight:
        return f"Nothing is verified yet. In flight: {text.saved(summary.in_flight, currency)}."
    if summary.estimated:
        return f"Nothing is approved yet. Offered: {text.saved(summary.estimated, currency)}."
    return "Nothing was found yet. `/finops scan` looks now."


def offered(summary: SavingsSummary) -> Saving:
    """What waits for a decision, without what is in flight."""
    return sum((row.offered for row in summary.by_team), Saving())


def by_team_table(rows: Sequence[Breakdown], *, currency: Currency = DOLLARS) -> Block:
    """Teams with the largest offers first."""
    ordered = sorted(rows, key=lambda r: r.offered.larger_usd_per_month, reverse=True)
    lines = [
        [
            text.NO_TEAM if r.name == UNKNOWN_TEAM else r.name,
            *(text.saving_cell(each, currency) for each in (r.offered, r.in_flight, r.realised)),
        ]
        for r in ordered
    ]
    head = ["Team", "Offered", "In flight", "Verified"]
    return table([head, *lines[:MOST_ROWS]])


def _by_team(rows: Sequence[Breakdown], *, is_one_team: bool, currency: Currency) -> list[Block]:
    return [] if is_one_team or len(rows) < 2 else [by_team_table(rows, currency=currency)]
