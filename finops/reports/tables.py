"""Tables and words that the editions of a report share."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from finops.domain.currency import Currency
from finops.domain.money import Saving
from finops.reports.document import Section, Table
from finops.reports.headline import percent
from finops.reports.lines import ReportLine
from finops.reports.report import Line, SavingsReport, Tally, named

NOTHING = "–"
MOST_ROWS = 25


def cell(usd: Decimal | None, currency: Currency) -> str:
    """`$41`, `$8.40`; a dash where nobody knows."""
    return NOTHING if usd is None else currency.short(usd)


def saving_words(saving: Saving, currency: Currency) -> str:
    """`$38 cash, $12 room`; a dash for nothing."""
    cash, room = saving.cashable_usd_per_month, saving.freed_usd_per_month
    kinds = ((cash, "cash"), (room, "room"))
    said = [f"{currency.short(amount)} {word}" for amount, word in kinds if amount]
    return ", ".join(said) or NOTHING


def day_words(day: date | datetime | None) -> str:
    """`23 Nov 2026`, or a dash."""
    return NOTHING if day is None else f"{day.day} {day:%b %Y}"


def count_words(number: int, noun: str) -> str:
    """`1 team`, `3 teams`, `2 opportunities`, `5 days`."""
    many = f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"


def more_words(left: int, noun: str) -> str:
    """What a cut table leaves out, or nothing."""
    return f"{count_words(left, f'more {noun}')} in the CSV." if left > 0 else ""


def tally_table(rows: Sequence[Tally], *, what: str, noun: str, currency: Currency) -> Table | None:
    """Verified, in flight and offered by name, cash and room apart; None without a row."""
    if not rows:
        return None
    money = tuple(
        (
            named(row.name) or "(no name)",
            *(_cells(row.verified, currency)),
            *(_cells(row.in_flight, currency)),
            *(_cells(row.offered, currency)),
        )
        for row in rows[:MOST_ROWS]
    )
    head = (what, *(f"{stage}, {kind}" for stage in ("Verified", "In flight", "Offered")
                    for kind in ("cash", "room")))  # fmt: skip
    return Table(
        caption=f"Savings by {noun} in {currency.noun} a month",
        head=head,
        rows=money,
        numeric=frozenset(range(1, 7)),
        more=more_words(len(rows) - MOST_ROWS, noun),
    )


def _cells(saving: Saving, currency: Currency) -> tuple[str, str]:
    cash, room = saving.cashable_usd_per_month, saving.freed_usd_per_month
    return (
        currency.short(cash) if cash else NOTHING,
        currency.short(room) if room else NOTHING,
    )


def top_section(lines: Sequence[Line], waiting: int, currency: Currency) -> Section:
    """The largest that wait for a decision."""
    rows = tuple(
        (
            line.label,
            named(line.team),
            line.kind,
            saving_words(line.saving, currency),
            line.status,
        )
        for line in lines
    )
    table = Table(
        caption="The largest opportunities that wait for a decision",
        head=("Resource", "Team", "Type", "A month", "Status"),
        rows=rows,
        numeric=frozenset({3}),
        more=more_words(waiting - len(rows), "opportunity"),
    )
    return (
        Section(title="Top opportunities", table=table)
        if rows
        else nothing("Top opportunities", "Nothing waits for a decision.")
    )


def reversed_section(lines: Sequence[ReportLine], currency: Currency) -> Section:
    """What was taken back, and why."""
    title = "Reversed"
    if not lines:
        return nothing(title, "No saving was taken back.")
    rows = tuple(
        (
            line.resource,
            named(line.team),
            saving_words(line.estimate, currency),
            line.reason_in(currency) or NOTHING,
        )
        for line in lines[:MOST_ROWS]
    )
    table = Table(
        caption="Savings that are gone, and why",
        head=("Resource", "Team", "Was expected", "Why"),
        rows=rows,
        numeric=frozenset({2}),
        more=more_words(len(lines) - MOST_ROWS, "reversal"),
    )
    noun = "saving is" if len(lines) == 1 else "savings are"
    return Section(title=title, takeaway=f"{len(lines)} {noun} gone; none of it is counted.",
                   table=table)  # fmt: skip


def next_section(report: SavingsReport) -> Section:
    """Who should do what by when."""
    rows = tuple(
        (
            "Triage" if named(one.team) != one.team else one.team or "(no name)",
            _capital(one.action) or one.sentence,
            day_words(one.due),
            one.gain or saving_words(one.worth, report.currency),
        )
        for one in report.recommendations
    )
    if not rows:
        return nothing("Next", "Nothing has to be done.")
    table = Table(
        caption="Recommendations with their owner and date",
        head=("Owner", "What", "By", "Worth"),
        rows=rows,
        numeric=frozenset({2}),
    )
    return Section(title="Next", takeaway="Each line has an owner and a date.", table=table)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def bill_takeaway(report: SavingsReport) -> str:
    """What the period cost in all, and how that compares; why not where nobody knows."""
    bill = report.bill
    if bill is None or bill.usd_in_period is None:
        return "No bill was read for this period, so its total cost is not known."
    covered = len(bill.days)
    days = f"{covered} of {bill.days_in_period} days" if covered < bill.days_in_period else (
        f"all {bill.days_in_period} days"
    )  # fmt: skip
    change = bill.change_of_mean_day
    moved = ""
    if change is not None:
        word = "more" if change > 0 else "less"
        is_same = abs(change) < Decimal("0.0005")
        moved = ", as much a day as in the period before" if is_same else (
            f", {percent(abs(change))} {word} a day than in the period before"
        )  # fmt: skip
    return f"The whole bill was {report.currency.short(bill.usd_in_period)} over {days}{moved}."


def nothing(title: str, why: str) -> Section:
    """A section that has nothing to show says so."""
    return Section(title=title, takeaway=why)
