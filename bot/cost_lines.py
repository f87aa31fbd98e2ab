"""How a cost report looks on a terminal: a sentence, a table that adds up, and how it is known."""

import textwrap
from decimal import Decimal

from finops.billing import cost_words
from finops.billing.cost_report import CostReport, CostTable
from finops.billing.cost_rows import CostRow, rows_of
from finops.billing.unit_cost import UnitCost

Line = list[tuple[str, str]]
MOST_ROWS = 40
_QUIET = "bright_black"
_LONGEST_NAME = 44
_AMOUNT = 15


def cost_lines(report: CostReport, *, width: int) -> list[Line]:
    """Everything there is to say, at most `width` wide; the table may need 60."""
    lines: list[Line] = [[(cost_words.title(report), "bold")]]
    if not report.tables:
        return [*lines, *_wrapped(_plain(report.teaching), width)]
    for table in report.tables:
        said = f"{cost_words.headline(report, table)} {cost_words.drivers(report, table)}"
        lines += _wrapped(said.strip(), width)
        lines += [[], *_table(report, table, width), []]
    units = [line for u in report.unit_costs for line in _unit(u, width)]
    return [*lines, *units, *([[]] if units else []), *_notes(report, width)]


def _table(report: CostReport, table: CostTable, width: int) -> list[Line]:
    rows = rows_of(report, table, most=MOST_ROWS)
    year = report.period.start.year
    amounts = 1 if report.not_compared else 3
    most = max(12, min(_LONGEST_NAME, width - amounts * _AMOUNT - (0 if amounts == 1 else 16)))
    name = min(most, max(len(row.name) for row in rows))
    head = f"{report.question.by.upper():{name}}"
    head += f"{report.period.words_in(year):>{_AMOUNT}}"
    if not report.not_compared:
        head += f"{report.previous.words_in(year):>{_AMOUNT}}{'CHANGE':>{_AMOUNT}}  MOSTLY"
    is_compared = not report.not_compared
    return [[(head, _QUIET)], *(_row(row, name, is_compared=is_compared) for row in rows)]


def _row(row: CostRow, width: int, *, is_compared: bool) -> Line:
    name = row.name if len(row.name) <= width else f"{row.name[: width - 1]}…"
    words = f"{name:{width}}{_money(row, row.cost):>{_AMOUNT}}"
    if is_compared:
        change = f"{row.changed:+,.2f}" if row.changed else "–"
        before = _money(row, row.before)
        words += f"{before:>{_AMOUNT}}{change:>{_AMOUNT}}  {row.reason}"
    style = "bold" if row.is_total else _QUIET if row.place else ""
    return [(words.rstrip(), style)]


def _money(row: CostRow, amount: Decimal) -> str:
    """Figures; only the total says its currency."""
    figures = f"{amount:,.2f}"
    if not row.is_total:
        return figures
    return f"${figures}" if row.currency == "USD" else f"{row.currency} {figures}"


def _unit(unit: UnitCost, width: int) -> list[Line]:
    return _wrapped(f"Unit cost: {cost_words.unit_cost_words(unit)}", width)


def _notes(report: CostReport, width: int) -> list[Line]:
    checks = [cost_words.reconciliation(report, table) for table in report.tables]
    said = [cost_words.freshness(report), *checks, report.forecast, report.receipt]
    return [line for note in said if note for line in _wrapped(note, width, style=_QUIET)]


def _wrapped(words: str, width: int, *, style: str = "") -> list[Line]:
    return [[(line, style)] for line in textwrap.wrap(words, width)]


def _plain(words: str) -> str:
    return words.replace("`", "'")
