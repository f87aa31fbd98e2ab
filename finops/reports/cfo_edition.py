"""The edition for finance: cash only, what is proved and what is not, and who approved it."""

from finops.domain.currency import Currency
from finops.domain.lifecycle import Status
from finops.reports.document import Document, Figure, Section, Table
from finops.reports.drawing import Chart
from finops.reports.headline import percent
from finops.reports.leaders_edition import (
    bill_figure,
    footer_of,
    reversed_lines,
    share_figure,
    subtitle_of,
    title_of,
)
from finops.reports.lines import ReportLine, Stage
from finops.reports.money_facts import MoneyFacts
from finops.reports.report import Edition, SavingsReport, named
from finops.reports.tables import (
    MOST_ROWS,
    NOTHING,
    bill_takeaway,
    cell,
    count_words,
    day_words,
    more_words,
    next_section,
    nothing,
    reversed_section,
    saving_words,
    tally_table,
)


def cfo_document(report: SavingsReport, charts: tuple[Chart, ...]) -> Document:
    """The whole edition; `charts` are the trend and savings by team."""
    trend, by_team = charts
    money = report.money
    assert money is not None  # noqa: S101 - build_report always has them
    return Document(
        title=title_of(report, Edition.CFO),
        subtitle=subtitle_of(report),
        headline=report.headline,
        figures=cfo_figures(report, money),
        sections=(
            Section(title="Verified cash against the promise", chart=trend),
            Section(title="The bill", takeaway=bill_takeaway(report), table=_bill_table(report)),
            _forecast(money, report.currency),
            _verdicts(money, report.currency),
            _unproven(money, report.currency),
            _trail(report),
            Section(
                title="By team",
                chart=by_team,
                table=tally_table(
                    report.by_team, what="Team", noun="team", currency=report.currency
                ),
            ),
            reversed_section(reversed_lines(report), report.currency),
            next_section(report),
        ),
        footer=footer_of(report),
    )


def cfo_figures(report: SavingsReport, money: MoneyFacts) -> tuple[Figure, ...]:
    """The six figures on top."""
    currency = report.currency
    return (
        Figure(
            "Verified cash", currency.short(money.verified_usd_per_month), "a month, off the bill"
        ),
        share_figure(report),
        Figure(
            "Run rate",
            currency.short(money.verified_usd_per_year),
            "a year, at today's verified cash",
        ),
        Figure("Banked so far", currency.short(money.banked_usd), "since each change took effect"),
        Figure(
            "Forecast",
            currency.short(money.expected_usd_per_month),
            "a month, when what is in flight lands",
        ),
        bill_figure(report),
    )


def _bill_table(report: SavingsReport) -> Table | None:
    bill = report.bill
    if bill is None:
        return None
    currency = report.currency
    days, base = f"{len(bill.days)} days on it", count_words(len(bill.base), "day")
    rows = (
        (f"This {report.period.noun}", cell(bill.usd_in_period, currency), days),
        (
            "A month at this rate",
            cell(bill.run_rate_usd_per_month, currency),
            "mean day × 730 ÷ 24",
        ),
        ("A month before the savings", cell(bill.base_usd_per_month, currency), f"mean of {base}"),
    )
    return Table(
        caption=f"The whole bill in {currency.noun} of effective cost",
        head=("Bill", _capital(currency.noun), "How"),
        rows=rows,
        numeric=frozenset({1}),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _forecast(money: MoneyFacts, currency: Currency) -> Section:
    rows = (
        ("Verified today", currency.short(money.verified_usd_per_month)),
        ("Expected with what is in flight", currency.short(money.expected_usd_per_month)),
        ("If all of it lands", currency.short(money.most_usd_per_month)),
    )
    table = Table(
        caption=f"Forecast of verified cash in {currency.noun} a month",
        head=("Forecast", "A month"),
        rows=rows,
        numeric=frozenset({1}),
    )
    takeaway = (
        f"{currency.short(money.expected_usd_per_month)}/month is likely once what is in flight "
        f"has been judged. {money.odds_words}"
    )
    return Section(title="Forecast", takeaway=takeaway, table=table)


def _verdicts(money: MoneyFacts, currency: Currency) -> Section:
    title = "What the bill said"
    if not money.verdicts:
        return nothing(title, "No cash saving has been judged by the bill yet.")
    rows = tuple(
        (
            row.verdict.value,
            f"{row.count:,}",
            currency.short(row.promised_usd_per_month),
            currency.short(row.found_usd_per_month),
        )
        for row in money.verdicts
    )
    table = Table(
        caption=f"Judged cash savings by verdict, in {currency.noun} a month",
        head=("Verdict", "Savings", "Promised", "Found on the bill"),
        rows=rows,
        numeric=frozenset({1, 2, 3}),
    )
    kept = money.kept_share
    said = "" if kept is None else f": {percent(kept)} of the promised cash was found"
    return Section(title=title, takeaway=f"{count_words(money.judged, 'saving')} judged{said}.",
                   table=table)  # fmt: skip


def _unproven(money: MoneyFacts, currency: Currency) -> Section:
    title = "Not proved, and why"
    lines = money.unproven
    if not lines:
        return nothing(title, "Nothing that took effect is left unproved.")
    rows = tuple(
        (
            line.resource,
            named(line.team),
            saving_words(line.estimate, currency),
            unproven_words(line, currency),
        )
        for line in lines[:MOST_ROWS]
    )
    table = Table(
        caption="Savings that took effect and that the bill has not shown whole",
        head=("Resource", "Team", "Expected", "Why"),
        rows=rows,
        numeric=frozenset({2}),
        more=more_words(len(lines) - MOST_ROWS, "saving"),
    )
    noun = "change is" if len(lines) == 1 else "changes are"
    return Section(title=title, table=table, takeaway=(
        f"{len(lines):,} {noun} in effect without full proof; none counts beyond what was found."
    ))  # fmt: skip


def unproven_words(line: ReportLine, currency: Currency) -> str:
    """Why it is not proved: the verdict's sentence, or when there will be one."""
    if line.stage is Stage.VERIFIED:
        return line.reason_in(currency) or line.verdict or NOTHING
    if line.status is Status.IMPLEMENTED:
        return f"In effect since {day_words(line.implemented_at)}; the bill is judged from " + (
            f"{day_words(line.judged_from)} on."
        )
    return line.status.words


def _trail(report: SavingsReport) -> Section:
    """Who agreed to what was proved, with the pull request and the verdict."""
    title = "Audit trail"
    proved = [line for line in report.lines if line.stage is Stage.VERIFIED and line.counted]
    if not proved:
        return nothing(title, "Nothing is verified yet, so there is nothing to trace.")
    proved.sort(key=lambda x: (-x.counted.larger_usd_per_month, x.opportunity_id))
    return Section(
        title=title,
        takeaway="Each verified saving with who approved it, its pull request and its interval.",
        table=Table(
            caption="Verified savings with approver, pull request, verdict and 80 % interval",
            head=("Saving", "Team", "Approved by", "Pull request", "Verified", "A month", "80 %"),
            rows=tuple(_trail_row(line, report.currency) for line in proved[:MOST_ROWS]),
            numeric=frozenset({5, 6}),
            more=more_words(len(proved) - MOST_ROWS, "verified saving"),
        ),
    )


def _trail_row(line: ReportLine, currency: Currency) -> tuple[str, ...]:
    number = line.pull_request_number
    where = f"{line.repository} #{number}".strip() if number is not None else NOTHING
    interval = (
        f"{currency.short(line.low_usd_per_month)} to {currency.short(line.high_usd_per_month)}"
        if line.low_usd_per_month is not None and line.high_usd_per_month is not None
        else NOTHING
    )
    return (
        line.action,
        named(line.team),
        line.decider or NOTHING,
        where,
        day_words(line.verified_at),
        saving_words(line.counted, currency),
        interval,
    )
