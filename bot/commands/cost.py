"""`finops cost`: who spent what, why it changed, and that it adds up to the bill."""

import argparse
import json
from datetime import date, timedelta

from bot.commands.engine import configured_engine
from bot.cost_json import as_json
from bot.cost_lines import cost_lines
from bot.terminal_output import errors, output, print_spans, width_of
from finops.billing.cost_report import CostReport
from finops.billing.periods import MOST_DAYS, read_period
from finops.domain.currency import DOLLARS
from finops.domain.errors import InvalidInput
from finops.finops_engine import FinOpsEngine


def run(arguments: argparse.Namespace) -> int:
    """Print a table or, with `--json`, one object; exit status 1 where nothing is billed.

    With `--read` the bill is read first, as the running bot does once a day, and with `--since` as
    far back as that. Raises InvalidInput for words that mean nothing, a bill that does not add up,
    or a picture that cannot be written.
    """
    engine = configured_engine()
    since = first_month(arguments.since, today=engine.now().date()) if arguments.since else None
    if arguments.read or since:
        _read(engine, since)
    report = engine.cost(" ".join(arguments.words))
    if arguments.json:
        print(json.dumps(_json(engine, report, " ".join(arguments.words))))
    else:
        print_spans(output(), cost_lines(report, width=width_of(output())))
    if arguments.picture is not None and report.tables:
        _draw(report, arguments)
    return 0 if report.tables else 1


def _json(engine: FinOpsEngine, report: CostReport, words: str) -> dict[str, object]:
    """As it was billed; beside it, where that is not dollars, in the display currency."""
    if report.currency.is_usd:
        return as_json(report)
    return as_json(engine.cost(words, currency=DOLLARS), shown=report)


def _read(engine: FinOpsEngine, since: date | None) -> None:
    """The bill, and what of its past nobody has read; each step is said, for it may take long."""
    say(f"Reading the bill{f' since {since:%B %Y}' if since else ''} ...")
    engine.allocate_bills(since=since)
    while pieces := engine.past_of_bills():
        for piece in pieces:
            last = piece.end - timedelta(days=1)
            say(f"Reading its past, once: {piece.start} to {last} ...")
            engine.read_past(piece)


def say(words: str) -> None:
    """Beside the answer, not in it."""
    print_spans(errors(), [[(words, "")]])


def first_month(words: str, *, today: date) -> date:
    """The first day of a month that is written `2026-01` or `2026-01-15`.

    Raises InvalidInput for anything else, and for months that are out of range.
    """
    period = read_period(words, today=today)
    if (today - period.start).days > MOST_DAYS:
        raise InvalidInput(f"{words} is over {MOST_DAYS} days ago; no bill is kept so long.")
    return period.start.replace(day=1)


def _draw(report: CostReport, arguments: argparse.Namespace) -> None:
    # matplotlib takes a second to import, and most people want the table only.
    from bot.cost_picture import picture_of
    from finops.reports.cost_chart import cost_chart

    chart = cost_chart(picture_of(report, report.tables[0]))
    try:
        arguments.picture.write_bytes(chart.png)
    except OSError as error:
        raise InvalidInput(f"{arguments.picture} cannot be written: {error.strerror}.") from error
    print_spans(errors(), [[(f"{arguments.picture}: {chart.alt_text}", "")]])
