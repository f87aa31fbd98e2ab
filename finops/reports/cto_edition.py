"""The edition for engineering: who decides how fast, what hangs, risk, raises and rollbacks."""

from finops.domain.currency import Currency
from finops.reports.decision_chart import days_words
from finops.reports.delivery_facts import STUCK_AFTER_DAYS, DeliveryFacts, TeamRow
from finops.reports.document import Document, Figure, Section, Table
from finops.reports.drawing import Chart
from finops.reports.leaders_edition import footer_of, subtitle_of, title_of
from finops.reports.report import Edition, SavingsReport, named
from finops.reports.tables import (
    MOST_ROWS,
    NOTHING,
    count_words,
    more_words,
    next_section,
    nothing,
    reversed_section,
    saving_words,
    tally_table,
    top_section,
)

_STUCK_NOTE = f"open {STUCK_AFTER_DAYS} days and more"


def cto_document(report: SavingsReport, charts: tuple[Chart, ...]) -> Document:
    """The whole edition; `charts` are decision times and savings by team."""
    decisions, by_team = charts
    facts = report.delivery
    assert facts is not None  # noqa: S101 - build_report always has them
    return Document(
        title=title_of(report, Edition.CTO),
        subtitle=subtitle_of(report),
        headline=cto_headline(facts),
        figures=cto_figures(facts, report.currency),
        sections=(
            Section(title="Time to a decision", chart=decisions, table=_team_table(facts)),
            _stuck(facts, report.currency),
            _risks(facts, report.currency),
            _raises(facts, report.currency),
            reversed_section(facts.reversed, report.currency),
            Section(
                title="Savings by team",
                takeaway=report.headline,
                chart=by_team,
                table=tally_table(
                    report.by_team, what="Team", noun="team", currency=report.currency
                ),
            ),
            top_section(report.top, report.totals.offered_count, report.currency),
            next_section(report),
        ),
        footer=footer_of(report),
    )


def cto_headline(facts: DeliveryFacts) -> str:
    """What waits, what was decided, and what hangs."""
    waits = f"{count_words(facts.waiting, 'question')} {'waits' if facts.waiting == 1 else 'wait'}"
    waiting = waits if facts.waiting else "Nothing waits"
    decided = f"{facts.decided:,} decided so far" if facts.decided else "nothing was decided yet"
    return f"{waiting}, {decided}. {stuck_takeaway(facts)}"


def stuck_takeaway(facts: DeliveryFacts) -> str:
    """How many pull requests hang."""
    if not facts.stuck:
        return "No pull request is stuck."
    noun = "pull request is" if len(facts.stuck) == 1 else "pull requests are"
    return f"{len(facts.stuck):,} {noun} open for {STUCK_AFTER_DAYS} days and more."


def cto_figures(facts: DeliveryFacts, currency: Currency) -> tuple[Figure, ...]:
    """The five figures on top."""
    slow = (
        f"one in ten takes over {days_words(facts.slow_days)}" if facts.decided else "no decision"
    )
    cost = "nothing asks for too little"
    if facts.raises:
        cost = f"cost {currency.short(facts.raises_cost_usd_per_month)}/month of room"
    return (
        Figure("Time to a decision", days_words(facts.median_days), f"median; {slow}"),
        Figure("Waiting", f"{facts.waiting:,}", "questions without an answer"),
        Figure("Stuck pull requests", f"{len(facts.stuck):,}", _STUCK_NOTE),
        Figure("Rolled back", f"{len(facts.reversed):,}", "verified once, and gone"),
        Figure("Raises for reliability", f"{len(facts.raises):,}", cost),
    )  # fmt: skip


def _team_table(facts: DeliveryFacts) -> Table | None:
    if not facts.teams:
        return None
    head = ("Team", "Waiting", "Oldest", "Decided", "Median", "Open PRs", "Stuck", "Declined",
            "Reversed")  # fmt: skip
    return Table(
        caption="How each team decides and merges; times in days",
        head=head,
        rows=tuple(_team_cells(row) for row in facts.teams[:MOST_ROWS]),
        numeric=frozenset(range(1, 9)),
        more=more_words(len(facts.teams) - MOST_ROWS, "team"),
    )


def _team_cells(row: TeamRow) -> tuple[str, ...]:
    oldest = days_words(row.oldest_waiting_days) if row.waiting else NOTHING
    counts = (row.open_pull_requests, row.stuck, row.declined, row.reversed)
    return (
        named(row.name) or "(no name)",
        f"{row.waiting:,}",
        oldest,
        f"{row.decided:,}",
        days_words(row.median_days),
        *(f"{count:,}" for count in counts),
    )


def _stuck(facts: DeliveryFacts, currency: Currency) -> Section:
    title = "Stuck pull requests"
    if not facts.stuck:
        return nothing(title, "No pull request is stuck.")
    rows = tuple(
        (
            f"{one.line.repository} #{one.line.pull_request_number}".strip(),
            named(one.line.team),
            one.line.action,
            f"{one.days} days",
            saving_words(one.line.estimate, currency),
        )
        for one in facts.stuck[:MOST_ROWS]
    )
    table = Table(
        caption="Pull requests that were approved and not merged for a week and more",
        head=("Pull request", "Team", "What", "Open for", "Worth a month"),
        rows=rows,
        numeric=frozenset({3, 4}),
        more=more_words(len(facts.stuck) - MOST_ROWS, "pull request"),
    )
    return Section(title=title, takeaway=stuck_takeaway(facts), table=table)


def _risks(facts: DeliveryFacts, currency: Currency) -> Section:
    rows = tuple(
        (
            row.risk.value,
            f"{row.offered_count:,}",
            saving_words(row.offered, currency),
            f"{row.in_flight_count:,}",
            saving_words(row.in_flight, currency),
        )
        for row in facts.risks
    )
    table = Table(
        caption="What waits and what is on its way, by how bad it would be if it did not hold",
        head=("Risk", "Offered", "Worth", "In flight", "Worth of it"),
        rows=rows,
        numeric=frozenset(range(1, 5)),
    )
    return Section(title="Risk", table=table)


def _raises(facts: DeliveryFacts, currency: Currency) -> Section:
    title = "Raises for reliability"
    if not facts.raises:
        return nothing(title, "Nothing was found to ask for too little.")
    rows = tuple(
        (line.action, named(line.team), line.status.words, currency.short(line.cost_usd_per_month))
        for line in facts.raises[:MOST_ROWS]
    )
    table = Table(
        caption="What asks for too little, and what more of it costs in room a month",
        head=("What", "Team", "Status", "Costs"),
        rows=rows,
        numeric=frozenset({3}),
        more=more_words(len(facts.raises) - MOST_ROWS, "raise"),
    )
    cost = currency.short(facts.raises_cost_usd_per_month)
    takeaway = (
        f"{count_words(len(facts.raises), 'proposal')} to ask for more, {cost}/month of room in "
        "all; a raise saves nothing."
    )
    return Section(title=title, takeaway=takeaway, table=table)
