"""A report as lines of a terminal: the same sections, the tables aligned."""

import textwrap
from collections.abc import Sequence

from finops.reports.document import Document, Section, Table

WIDTH = 100
_WIDEST_CELL = 68


def text_of(document: Document) -> str:
    """The whole document; charts are their alt texts."""
    lines = [document.title, document.subtitle, "", *_wrapped(document.headline), ""]
    width = max((len(figure.label) for figure in document.figures), default=0)
    lines += [f"{f.label:{width}}  {f.value}  ({f.note})" for f in document.figures]
    for section in document.sections:
        lines += ["", section.title.upper(), *_section(section)]
    return "\n".join([*lines, "", *(line for words in document.footer for line in _wrapped(words))])


def _section(section: Section) -> list[str]:
    lines = _wrapped(section.takeaway)
    if section.chart is not None:
        lines += _wrapped(section.chart.title)
    lines += [f"- {words}" for words in section.bullets]
    return lines + (_table(section.table) if section.table else [])


def _table(table: Table) -> list[str]:
    rows = [[_short(cell) for cell in row] for row in (table.head, *table.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    lines = [_row(row, widths, table) for row in rows]
    return [*lines, table.more] if table.more else lines


def _row(cells: Sequence[str], widths: Sequence[int], table: Table) -> str:
    placed = (
        f"{cell:>{width}}" if column in table.numeric else f"{cell:{width}}"
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(placed).rstrip()


def _short(cell: str) -> str:
    return cell if len(cell) <= _WIDEST_CELL else f"{cell[: _WIDEST_CELL - 1]}…"


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(words, WIDTH) if words else []
