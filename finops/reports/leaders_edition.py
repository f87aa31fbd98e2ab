"""The edition for everybody: what is verified, in flight and offered, by team and by type."""

from datetime import UTC

from finops.domain.currency import Currency
from finops.domain.money import Saving
from finops.reports.document import Document, Figure, Section
from finops.reports.drawing import Chart
from finops.reports.headline import percent
from finops.reports.lines import ReportLine
from finops.reports.report import Edition, SavingsReport, Tally
from finops.reports.tables import (
    NOTHING,
    bill_takeaway,
    cell,
    count_words,
    next_section,
    reversed_section,
    tally_table,
    top_section,
)

COUNTING = (
    "Only what the bill has verified counts. Cash leaves the bill; room is freed in what is paid "
    "for anyway. The two are never added."
)


def leaders_document(report: SavingsReport, charts: tuple[Chart, ...]) -> Document:
    """The whole edition; `charts` are savings by team and the trend."""
    by_team, trend = charts
    return Document(
        title=title_of(report, Edition.LEADERS),
        subtitle=subtitle_of(report),
        headline=report.headline,
        figures=_figures(report),
        sections=(
            Section(title="Against the promise", takeaway=bill_takeaway(report), chart=trend),
            Section(
                title="By team",
                chart=by_team,
                table=tally_table(
                    report.by_team, what="Team", noun="team", currency=report.currency
                ),
            ),
            Section(
                title="By type",
                table=tally_table(
                    report.by_kind, what="Type", noun="type", currency=report.currency
                ),
            ),
            top_section(report.top, report.totals.offered_count, report.currency),
            reversed_section(reversed_lines(report), report.currency),
            next_section(report),
        ),
        footer=footer_of(report),
    )


def title_of(report: SavingsReport, edition: Edition) -> str:
    """`Savings, week to 23 November 2026 · CFO edition`."""
    return " · ".join(filter(None, (f"Savings, {report.period.words}", edition.words)))


def subtitle_of(report: SavingsReport) -> str:
    """Which days, and as of when the stages stand."""
    start, end = report.period.start, report.period.end
    made = report.made_at and report.made_at.astimezone(UTC)
    as_of = f" Stages as of {made:%Y-%m-%d %H:%M} UTC." if made else ""
    return f"{start.isoformat()} up to, not including, {end.isoformat()}.{as_of}"


def stage_figures(totals: Tally, currency: Currency) -> tuple[Figure, ...]:
    """The three stages: cash large, room and the count in small letters."""
    return tuple(
        Figure(
            label,
            currency.short(saving.cashable_usd_per_month),
            _stage_note(saving, count, currency),
        )
        for label, saving, count in (
            ("Verified on the bill", totals.verified, totals.verified_count),
            ("In flight", totals.in_flight, totals.in_flight_count),
            ("Offered", totals.offered, totals.offered_count),
        )
    )


def _stage_note(saving: Saving, count: int, currency: Currency) -> str:
    room = saving.freed_usd_per_month
    freed = f"; {currency.short(room)} freed as room" if room else ""
    return f"a month of cash{freed} · {count_words(count, 'opportunity')}"


def share_figure(report: SavingsReport) -> Figure:
    """How far the promise is kept, or why nobody knows."""
    promised = f"{percent(report.promised_share)} promised"
    if report.share_of_bill is None:
        return Figure("Share of the bill", NOTHING, f"no bill is known; {promised}")
    return Figure("Share of the bill", percent(report.share_of_bill), _share_note(report, promised))


def _share_note(report: SavingsReport, promised: str) -> str:
    bill = cell(report.bill_usd_per_month, report.currency)
    return f"verified, of {bill}/month before; {promised}"


def bill_figure(report: SavingsReport) -> Figure:
    """What the whole period cost."""
    bill = report.bill
    if bill is None or bill.usd_in_period is None:
        return Figure(f"Bill of the {report.period.noun}", NOTHING, "no bill was read")
    note = f"effective cost, {len(bill.days)} of {bill.days_in_period} days"
    cost = report.currency.short(bill.usd_in_period)
    return Figure(f"Bill of the {report.period.noun}", cost, note)


def reversed_lines(report: SavingsReport) -> tuple[ReportLine, ...]:
    """What the bill took back."""
    return tuple(line for line in report.lines if line.was_reversed)


def footer_of(report: SavingsReport) -> tuple[str, ...]:
    """How it counts, and where the numbers can be added up again."""
    lines = f"{len(report.lines):,} lines stand behind these numbers; the CSV has each of them."
    rate = (report.currency.rate_sentence,) if report.currency.rate_sentence else ()
    return (COUNTING, *rate, lines, *_audit_words(report))


def _audit_words(report: SavingsReport) -> tuple[str, ...]:
    audit = report.audit
    if audit is None:
        return ()
    state = "is intact" if audit.is_intact else "IS BROKEN: `finops audit verify` says where"
    newest = f", newest hash {audit.newest_hash[:16]}" if audit.rows else ""
    return (f"The audit log of {audit.rows:,} rows {state}{newest}.",)


def _figures(report: SavingsReport) -> tuple[Figure, ...]:
    return (
        *stage_figures(report.totals, report.currency),
        share_figure(report),
        bill_figure(report),
    )
