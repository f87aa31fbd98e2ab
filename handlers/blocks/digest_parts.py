"""What the editions of a digest share: figures in two columns, lists, the next steps."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from finops.domain.currency import DOLLARS, Currency
from finops.domain.people import UNKNOWN_TEAM
from finops.pr_body import short_figures
from finops.reports.document import Figure
from finops.reports.lines import ReportLine
from finops.reports.report import Line, Recommendation, SavingsReport
from handlers.blocks import text
from handlers.blocks.elements import Block, fields, section

MOST_RECOMMENDATIONS = 5
MOST_LINES = 5
# Legal names have up to 253 characters; what people know them by stands in the first ones.
NAME, RESOURCE, ACTION = 40, 70, 110


def said(sentence: str, limit: int) -> str:
    """A sentence of ours with names in it, safe, and its figures short."""
    return short_figures(text.safe(sentence, limit))


def figure_fields(figures: Sequence[Figure]) -> Block:
    """Key figures in two columns."""
    return fields(
        *(
            f"{text.bold(text.safe(figure.label, 60))}\n{said(figure.value, 80)}"
            + (f"\n{said(figure.note, 120)}" if figure.note else "")
            for figure in figures
        )
    )


def paragraph(title: str, words: str) -> list[Block]:
    """A bold title and safe words under it; nothing without words."""
    return [section(f"{text.bold(title)}\n{words}")] if words else []


def bullets(title: str, lines: Sequence[str], *, left: int = 0, of: str = "") -> list[Block]:
    """A list of safe lines below a title; `left` more are in the attached spreadsheet."""
    rows = [f"• {line}" for line in lines]
    rows += [f"… {text.count(left, f'more {of}')}"] if left > 0 else []
    return paragraph(title, "\n".join(rows))


def recommendations(report: SavingsReport) -> list[Block]:
    """Who should do what by when, each with a name and a date."""
    return bullets("Next", [_step(one) for one in report.recommendations[:MOST_RECOMMENDATIONS]])


def _step(one: Recommendation) -> str:
    if not one.action:
        return said(one.sentence, 300)
    who = "Triage" if one.team == UNKNOWN_TEAM else f"Team {text.safe(one.team, NAME)}"
    named = f"{_person(one.owner)} ({who})" if one.owner else who
    return f"{named}: {text.safe(one.action, 200)} by {on(one.due)}, worth {said(one.gain, 120)}."


def _person(owner: str) -> str:
    return text.group(owner) if owner.startswith("S") else text.person(owner)


def on(day: date) -> str:
    """A day that each reader sees in their own way."""
    return text.date(datetime.combine(day, time(12), tzinfo=UTC))


def undone(lines: Sequence[Line]) -> list[Block]:
    """What was taken back, and why."""
    shown = [
        f"{text.safe(line.label, RESOURCE)} ({text.team(line.team, NAME)}): "
        f"{said(line.sentence, 160)}"
        for line in lines[:MOST_LINES]
    ]
    return bullets("Undone since", shown, left=len(lines) - len(shown), of="reversal")


def pull_request(line: ReportLine) -> str:
    """A link to the pull request of a line, or its repository and number."""
    if line.pull_request_number is None:
        return text.NOTHING
    repository = text.plain(line.repository, NAME)
    return text.link(line.pull_request_url, f"{repository} #{line.pull_request_number}")


def worth(line: ReportLine, currency: Currency = DOLLARS) -> str:
    """What a line is counted with, or was expected to bring."""
    return text.saved(line.counted if line.counted else line.estimate, currency)
