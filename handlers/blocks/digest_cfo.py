"""The digest for finance: cash, its proof and its lack of proof, and who approved what."""

from collections.abc import Sequence

from finops.domain.currency import Currency
from finops.reports.cfo_edition import cfo_figures, unproven_words
from finops.reports.lines import ReportLine, Stage
from finops.reports.money_facts import MoneyFacts
from finops.reports.report import SavingsReport
from finops.reports.tables import bill_takeaway
from handlers.blocks import text
from handlers.blocks.budget import Part
from handlers.blocks.digest_leaders import team_table
from handlers.blocks.digest_parts import (
    ACTION,
    MOST_LINES,
    NAME,
    RESOURCE,
    bullets,
    figure_fields,
    paragraph,
    pull_request,
    recommendations,
    said,
    undone,
    worth,
)
from handlers.blocks.elements import Block


def cfo_parts(report: SavingsReport, charts: Sequence[Block]) -> list[Part]:
    """What follows the headline, the most important with the lowest rank."""
    money = report.money
    assert money is not None  # noqa: S101 - build_report always has them
    return [
        Part(0, [figure_fields(cfo_figures(report, money))]),
        Part(2, charts),
        Part(3, paragraph("The bill", said(bill_takeaway(report), 300))),
        Part(1, _unproven(money, currency=report.currency)),
        Part(4, paragraph("Forecast", _forecast(money, currency=report.currency))),
        Part(1, _trail(report)),
        Part(5, team_table(report.by_team, currency=report.currency)),
        Part(3, undone(report.reversed)),
        Part(2, recommendations(report)),
    ]


def _forecast(money: MoneyFacts, *, currency: Currency) -> str:
    expected = currency.short(money.expected_usd_per_month)
    most = currency.short(money.most_usd_per_month)
    return f"{expected}/month is likely, {most}/month at most. {said(money.odds_words, 300)}"


def _unproven(money: MoneyFacts, *, currency: Currency) -> list[Block]:
    lines = [
        f"{text.safe(line.resource, RESOURCE)} ({text.team(line.team, NAME)}), "
        f"{text.saved(line.estimate, currency)} expected: "
        f"{said(unproven_words(line, currency), 160)}"
        for line in money.unproven[:MOST_LINES]
    ]
    if not lines:
        return paragraph("Not proved", "Nothing that took effect is left unproved.")
    left = len(money.unproven) - len(lines)
    return bullets("Not proved, and why", lines, left=left, of="saving")


def _trail(report: SavingsReport) -> list[Block]:
    proved = [line for line in report.lines if line.stage is Stage.VERIFIED and line.counted]
    proved.sort(key=lambda line: (-line.counted.larger_usd_per_month, line.opportunity_id))
    shown = [_proved(line, currency=report.currency) for line in proved[:MOST_LINES]]
    return bullets("Audit trail", shown, left=len(proved) - len(shown), of="verified saving")


def _proved(line: ReportLine, *, currency: Currency) -> str:
    interval = ""
    if line.low_usd_per_month is not None and line.high_usd_per_month is not None:
        low, high = currency.short(line.low_usd_per_month), currency.short(line.high_usd_per_month)
        interval = f" (4 in 5 chance: {low} to {high})"
    return (
        f"{text.safe(line.action, ACTION)}: {worth(line, currency)}{interval} · approved by "
        f"{text.person(line.decided_by)} · {pull_request(line)} · {text.date(line.verified_at)}"
    )
