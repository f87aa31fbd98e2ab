"""The same report as PDF, page and spreadsheet, in the thread of its digest."""

import logging
import re
from collections.abc import Sequence

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.reports.csv_lines import csv_of
from finops.reports.editions import document_of
from finops.reports.html_page import html_of
from finops.reports.pdf_paper import pdf_of
from finops.reports.report import Edition, SavingsReport
from handlers.deliveries.outlet import Outlet
from handlers.deliveries.uploads import Upload, complete, send

COMMENT = (
    "The same report to keep and to forward: PDF, a page for any browser, and the lines behind "
    "each number as a spreadsheet."
)
# The digest itself is there; its files are worth a few tries and no more.
TRIES = 4

_log = logging.getLogger(__name__)


def attach(
    outlet: Outlet,
    files: Sequence[Upload],
    *,
    channel: str,
    thread: str,
    tries: int,
    comment: str = COMMENT,
) -> bool:
    """Share the files in the thread, once; False where Slack does not take files from us.

    Raises TryAgainLater while `tries` are few.
    """
    try:
        if tries > 1 and _are_there(outlet, files, channel, thread):
            return True
        sent = [(send(outlet, file), file) for file in files]
        complete(outlet, sent, channel_id=channel, thread_ts=thread, initial_comment=comment)
    except WillNeverWork as error:
        _log.warning("a message goes out without its files: %s", error)
        return False
    except TryAgainLater as error:
        if tries < TRIES:
            raise
        _log.warning("a message goes out without its files after %d tries: %s", tries, error)
        return False
    return True


def report_files(report: SavingsReport, edition: Edition) -> list[Upload]:
    """The report in that edition as PDF, HTML and CSV."""
    document = document_of(report, edition)
    name = _name(report, edition)
    return [
        Upload(f"{name}.pdf", document.title, pdf_of(document)),
        Upload(f"{name}.html", document.title, html_of(document).encode()),
        Upload(f"{name}.csv", f"{document.title}, lines", csv_of(report).encode()),
    ]


def _name(report: SavingsReport, edition: Edition) -> str:
    words = (
        report.period.words if edition is Edition.LEADERS else f"{report.period.words} {edition}"
    )
    return re.sub(r"[^a-z0-9]+", "-", f"savings {words}".lower()).strip("-")


def _are_there(outlet: Outlet, files: Sequence[Upload], channel: str, thread: str) -> bool:
    """Whether an earlier try shared them and only its answer was lost."""
    try:
        answer = outlet.call(
            outlet.client.conversations_replies, channel=channel, ts=thread, limit=50
        )
    except WillNeverWork as error:
        # Without the history scope doubled files are possible; lost ones would be worse.
        _log.warning("cannot look for earlier files in %s: %s", channel, error)
        return False
    shared = {
        str(file.get("name"))
        for message in answer.get("messages") or []
        for file in message.get("files") or []
    }
    return all(file.name in shared for file in files)
