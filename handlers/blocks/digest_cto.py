"""The digest for engineering: decisions, stuck pull requests, risk, raises and rollbacks."""

from collections.abc import Sequence

from finops.domain.currency import Currency
from finops.reports.cto_edition import cto_figures
from finops.reports.decision_chart import days_words
from finops.reports.delivery_facts import DeliveryFacts
from finops.reports.report import SavingsReport, named
from handlers.blocks import text
from handlers.blocks.budget import Part
from handlers.blocks.digest_parts import (
    ACTION,
    MOST_LINES,
    NAME,
    bullets,
    figure_fields,
    pull_request,
    recommendations,
    undone,
)
from handlers.blocks.elements import Block, context, table

MOST_ROWS = 10


def cto_parts(report: SavingsReport, charts: Sequence[Block]) -> list[Part]:
    """What follows the headline, the most important with the lowest rank."""
    facts = report.delivery
    assert facts is not None  # noqa: S101 - build_report always has them
    return [
        Part(0, [figure_fields(cto_figures(facts, currency=report.currency))]),
        Part(3, charts),
        Part(1, _stuck(facts)),
        Part(2, _teams(facts)),
        Part(5, _risks(facts, currency=report.currency)),
        Part(4, _raises(facts, currency=report.currency)),
        Part(1, undone(report.reversed)),
        Part(2, recommendations(report)),
    ]


def _stuck(facts: DeliveryFacts) -> list[Block]:
    lines = [
        f"{pull_request(one.line)} ({text.team(one.line.team, NAME)}), open "
        f"{text.count(one.days, 'day')}: {text.safe(one.line.action, ACTION)}"
        for one in facts.stuck[:MOST_LINES]
    ]
    left = len(facts.stuck) - len(lines)
    return bullets("Stuck pull requests", lines, left=left, of="pull request")


def _teams(facts: DeliveryFacts) -> list[Block]:
    if not facts.teams:
        return []
    head = ["Team", "Waiting", "Oldest", "Decided", "Median", "Stuck", "Reversed"]
    rows = [
        [
            text.plain(named(row.name) or "all", NAME),
            f"{row.waiting:,}",
            days_words(row.oldest_waiting_days) if row.waiting else text.NOTHING,
            f"{row.decided:,}",
            days_words(row.median_days),
            f"{row.stuck:,}",
            f"{row.reversed:,}",
        ]
        for row in facts.teams[:MOST_ROWS]
    ]
    left = len(facts.teams) - len(rows)
    more = [context(f"{text.count(left, 'more team')} in the report.")] if left > 0 else []
    return [table([head, *rows]), *more]


def _risks(facts: DeliveryFacts, *, currency: Currency) -> list[Block]:
    lines = [
        f"{row.risk.value.capitalize()}: {row.offered_count:,} offered, {row.in_flight_count:,} in "
        f"flight, {text.saved(row.offered + row.in_flight, currency)}"
        for row in facts.risks
        if row.offered_count or row.in_flight_count
    ]
    return bullets("By risk", lines)


def _raises(facts: DeliveryFacts, *, currency: Currency) -> list[Block]:
    lines = [
        f"{text.safe(line.action, ACTION)} ({text.team(line.team, NAME)}): {line.status.words}, "
        f"{currency.short(line.cost_usd_per_month)}/month of room"
        for line in facts.raises[:MOST_LINES]
    ]
    left = len(facts.raises) - len(lines)
    return bullets("Raises for reliability", lines, left=left, of="raise")
