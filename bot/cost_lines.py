"""How a cost report looks on a terminal: a sentence, a table that adds up, and how it is known."""

import textwrap
from decimal import Decimal

from finops.billing import cost_words
from finops.billing.cost_report import CostReport, CostTable
from finops.billing.cost_rows import CostRow, rows_of
from finops.billing.unit_cost import UnitCost
from finops.domain.currency import Currency

Line = list[tuple[str, str]]
MOST_ROWS = 40
_QUIET = "bright_black"
_LONGEST_NAME = 44
_LEAST_AMOUNT = 13
_REASON = 16


def cost_lines(report: CostReport, *, width: int) -> list[Line]:
    """Everything there is to say, at most `width` wide; the table may need 60."""
    lines: list[Line] = [[(cost_words.title(report), "bold")]]
    if not report.tables:
        return [*lines, *_wrapped(_plain(report.teaching), width)]
    for table in report.tables:
        said = f"{cost_words.headline(report, table)} {cost_words.drivers(report, table)}"
        lines += _wrapped(said.strip(), width)
        lines += [[], *_table(report, table, width), []]
    units = [line for u in report.unit_costs for line in _unit(u, report, width)]
    return [*lines, *units, *([[]] if units else []), *_notes(report, width)]


def _table(report: CostReport, table: CostTable, width: int) -> list[Line]:
    rows = rows_of(report, table, most=MOST_ROWS)
    year = report.period.start.year
    heads = [report.period.words_in(year)]
    heads += [] if report.not_compared else [report.previous.words_in(year), "CHANGE"]
    amount = max(_LEAST_AMOUNT, *(len(head) + 2 for head in heads))
    most = max(12, min(_LONGEST_NAME, width - len(heads) * amount - _REASON))
    name = min(most, max(len(row.name) for row in rows))
    first = f"{report.question.by.upper():{name}}{''.join(f'{h:>{amount}}' for h in heads)}"
    last = "" if report.not_compared else "  MOSTLY"
    is_compared = not report.not_compared
    lines = [
        _row(row, name, amount, is_compared=is_compared, shown=report.currency) for row in rows
    ]
    return [[(f"{first}{last}", _QUIET)], *lines]


def _row(row: CostRow, width: int, amount: int, *, is_compared: bool, shown: Currency) -> Line:
    digits = shown.digits if row.currency == shown.code else 2
    name = row.name if len(row.name) <= width else f"{row.name[: width - 1]}…"
    words = f"{name:{width}}{_money(row, row.cost, shown):>{amount}}"
    if is_compared:
        change = f"{row.changed:+,.{digits}f}" if row.changed else "–"
        words += f"{_money(row, row.before, shown):>{amount}}{change:>{amount}}  {row.reason}"
    style = "bold" if row.is_total else _QUIET if row.place else ""
    return [(words.rstrip(), style)]


def _money(row: CostRow, amount: Decimal, shown: Currency) -> str:
    """Figures; only the total says its currency."""
    is_shown = row.currency == shown.code
    figures = f"{amount:,.{shown.digits if is_shown else 2}f}"
    if not row.is_total:
        return figures
    return f"{shown.symbol}{figures}" if is_shown else f"{row.currency} {figures}"


def _unit(unit: UnitCost, report: CostReport, width: int) -> list[Line]:
    said = cost_words.unit_cost_words(unit, report.currency)
    return _wrapped(f"Unit cost: {said}", width)


def _notes(report: CostReport, width: int) -> list[Line]:
    checks = [cost_words.reconciliation(report, table) for table in report.tables]
    years = [cost_words.year_before(report, table) for table in report.tables]
    said = [*years, cost_words.freshness(report), *checks, report.forecast, report.receipt]
    said.append(report.rate_sentence)
    return [line for note in said if note for line in _wrapped(note, width, style=_QUIET)]


def _wrapped(words: str, width: int, *, style: str = "") -> list[Line]:
    return [[(line, style)] for line in textwrap.wrap(words, width)]


def _plain(words: str) -> str:
    return words.replace("`", "'")
