"""The lines behind each number as CSV, so that every figure of a report can be added up again.

One row is one opportunity or one day of the bill; `line` says which. The sum of
`counted_cashable_usd_per_month` over `counted_as` = `verified` is the verified cash of the report,
and so on for each stage, team and kind. Amounts are not rounded, times are UTC.

A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from finops.domain.currency import Currency
from finops.reports.bill_context import BillDay
from finops.reports.display_columns import name_in
from finops.reports.lines import ReportLine
from finops.reports.report import SavingsReport

OPPORTUNITY, BILL_DAY = "opportunity", "bill day"
# What spreadsheets begin a formula with, wide letters too; after a tab or a line break they look
# again (OWASP).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell: TypeAlias = "str | int | float | Decimal | datetime | None"
_COLUMNS: dict[str, Callable[[ReportLine], Cell]] = {
    "opportunity_id": lambda x: x.opportunity_id,
    "revision": lambda x: x.revision,
    "counted_as": lambda x: x.stage.value,
    "status": lambda x: x.status.words,
    "team": lambda x: x.team,
    "kind": lambda x: x.kind,
    "cluster": lambda x: x.cluster,
    "namespace": lambda x: x.namespace,
    "resource": lambda x: x.resource,
    "action": lambda x: x.action,
    "counted_cashable_usd_per_month": lambda x: x.counted.cashable_usd_per_month,
    "counted_freed_usd_per_month": lambda x: x.counted.freed_usd_per_month,
    "estimated_cashable_usd_per_month": lambda x: x.estimate.cashable_usd_per_month,
    "estimated_freed_usd_per_month": lambda x: x.estimate.freed_usd_per_month,
    "cost_usd_per_month": lambda x: x.cost_usd_per_month,
    "confidence": lambda x: x.confidence,
    "risk": lambda x: x.risk,
    "risk_class": lambda x: x.risk_class.value,
    "detected_at": lambda x: x.detected_at,
    "asked_at": lambda x: x.asked_at,
    "decided_at": lambda x: x.decided_at,
    "decided_by": lambda x: x.decided_by,
    "decided_by_name": lambda x: x.decided_by_name,
    "merged_at": lambda x: x.merged_at,
    "implemented_at": lambda x: x.implemented_at,
    "verified_at": lambda x: x.verified_at,
    "status_changed_at": lambda x: x.status_changed_at,
    "verdict": lambda x: x.verdict,
    "interval_low_usd_per_month": lambda x: x.low_usd_per_month,
    "interval_high_usd_per_month": lambda x: x.high_usd_per_month,
    "reason": lambda x: x.reason,
    "repository": lambda x: x.repository,
    "pull_request": lambda x: x.pull_request_number,
    "pull_request_url": lambda x: x.pull_request_url,
}
COLUMNS = ("line", *_COLUMNS, "bill_day", "effective_cost_usd")
_Amount: TypeAlias = "Callable[[ReportLine], Decimal | None]"
# What stands in the display currency too, behind all others, where that is not dollars.
_AMOUNTS: dict[str, _Amount] = {
    "counted_cashable_usd_per_month": lambda x: x.counted.cashable_usd_per_month,
    "counted_freed_usd_per_month": lambda x: x.counted.freed_usd_per_month,
    "estimated_cashable_usd_per_month": lambda x: x.estimate.cashable_usd_per_month,
    "estimated_freed_usd_per_month": lambda x: x.estimate.freed_usd_per_month,
    "cost_usd_per_month": lambda x: x.cost_usd_per_month,
    "interval_low_usd_per_month": lambda x: x.low_usd_per_month,
    "interval_high_usd_per_month": lambda x: x.high_usd_per_month,
}


def csv_of(report: SavingsReport) -> str:
    """The whole file, with a byte order mark so that Excel reads UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*COLUMNS, *display_columns(report.currency)))
    writer.writerows(_rows(report))
    return "\ufeff" + text.getvalue()


def display_columns(currency: Currency) -> tuple[str, ...]:
    """`counted_cashable_eur_per_month` and so on, and the rate; none for dollars."""
    names = (*_AMOUNTS, "effective_cost_usd")
    told = (name_in(name, currency) for name in names)
    return () if currency.is_usd else (*told, f"{currency.code.lower()}_per_usd")


def _rows(report: SavingsReport) -> Iterator[list[str]]:
    told = partial(_told, currency=report.currency)
    for line in report.lines:
        cells = (_cell(of(line)) for of in _COLUMNS.values())
        yield [OPPORTUNITY, *cells, "", "", *told([of(line) for of in _AMOUNTS.values()], None)]
    for day in _bill_days(report):
        empty, cost = [""] * len(_COLUMNS), day.effective_cost_usd
        nothing = [None] * len(_AMOUNTS)
        yield [BILL_DAY, *empty, day.day.isoformat(), _cell(cost), *told(nothing, cost)]


def _told(
    amounts: Sequence[Decimal | None], cost: Decimal | None, *, currency: Currency
) -> list[str]:
    """Amounts in the display currency, a day's cost and the rate; nothing for dollars."""
    if currency.is_usd:
        return []
    told = [None if usd is None else currency.amount(usd) for usd in (*amounts, cost)]
    return [_cell(cell) for cell in (*told, currency.per_usd)]


def _bill_days(report: SavingsReport) -> list[BillDay]:
    """Each day of the bill that a number of the report is made of, once."""
    if report.bill is None:
        return []
    parts = (report.bill.base, report.bill.former, report.bill.days)
    by_day = {day.day: day for part in parts for day in part}
    return [by_day[day] for day in sorted(by_day)]


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Decimal):
        return format(value, "f")  # never 1E+3
    return neutral(value) if isinstance(value, str) else str(value)


def neutral(words: str) -> str:
    """Text that no spreadsheet takes for a formula: those get an apostrophe in front.

    >>> neutral("=1+1")
    "'=1+1"
    """
    shown = words.replace("\x00", "")
    return f"'{shown}" if shown.lstrip(" ").startswith(_FORMULA) else shown
