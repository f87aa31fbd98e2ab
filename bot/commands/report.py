"""`finops report`: the weekly or monthly report without Slack, as text, JSON, page, paper, CSV."""

import argparse
import json
import sys
from pathlib import Path

from bot.commands.engine import configured_engine
from finops.domain.errors import InvalidInput
from finops.finops_engine import FinOpsEngine
from finops.report_generator import Chart, Edition, PeriodKind, SavingsReport
from finops.reports.csv_lines import csv_of
from finops.reports.document import Document
from finops.reports.editions import document_of
from finops.reports.html_page import html_of
from finops.reports.text_lines import text_of


def run(arguments: argparse.Namespace) -> int:
    """Make the report, write the files that were asked for, and print it."""
    engine = configured_engine()
    kind, edition = PeriodKind(arguments.kind), Edition(arguments.edition)
    report = _made(engine, kind)
    charts = engine.digest_charts(report, edition)
    document = document_of(report, edition, charts)
    for path, content in _files(arguments, report, document, charts):
        write(path, content)
    shown = json.dumps(report.as_dict(), indent=2, default=str) if arguments.json else (
        text_of(document)
    )  # fmt: skip
    print(shown)
    return 0


def _made(engine: FinOpsEngine, kind: PeriodKind) -> SavingsReport:
    if kind is PeriodKind.WEEKLY:
        return engine.generate_weekly_report()
    return engine.generate_monthly_report()


def _files(
    arguments: argparse.Namespace,
    report: SavingsReport,
    document: Document,
    charts: tuple[Chart, ...],
) -> list[tuple[Path, bytes]]:
    files: list[tuple[Path, bytes]] = []
    if arguments.html is not None:
        files.append((arguments.html, html_of(document).encode()))
    if arguments.pdf is not None:
        # Typst is loaded only where a PDF is asked for.
        from finops.reports.pdf_paper import pdf_of

        files.append((arguments.pdf, pdf_of(document)))
    if arguments.csv is not None:
        files.append((arguments.csv, csv_of(report).encode()))
    if arguments.charts is not None:
        for number, chart in enumerate(charts, start=1):
            path = arguments.charts / f"{arguments.kind}-{number}.png"
            print(f"{path}: {chart.alt_text}", file=sys.stderr)
            files.append((path, chart.png))
    return files


def write(path: Path, content: bytes) -> None:
    """Write a file and its folders; raises InvalidInput where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
