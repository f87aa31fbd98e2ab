"""A report as a document that page, paper and terminal show alike: figures, sections, tables."""

import unicodedata
from dataclasses import dataclass, field, replace

from finops.reports.drawing import Chart


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: what it is, the number, and what belongs to it in small letters."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under a head; the first column names the row.

    `caption` says what the table holds, for people who do not see it. `numeric` are the columns
    that stand to the right.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A title, its takeaway, and what shows it."""

    title: str
    takeaway: str = ""
    chart: Chart | None = None
    table: Table | None = None
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report. Everything in it is plain text; who shows it escapes it."""

    title: str
    subtitle: str
    headline: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...] = field(default_factory=tuple)
    footer: tuple[str, ...] = ()


# A legal name has up to 253 characters; a row of a table is no place for several of them.
MOST_IN_A_CELL = 140
MOST_IN_A_SENTENCE = 700
# Controls, half characters and everything that lets a name turn the sentence around it.
_UNWANTED = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def cleaned(document: Document) -> Document:
    """The same with every text on one line, of bounded length, and without invisible marks."""
    return replace(
        document,
        title=one_line(document.title, MOST_IN_A_CELL),
        headline=one_line(document.headline, MOST_IN_A_SENTENCE),
        figures=tuple(_clean_figure(figure) for figure in document.figures),
        sections=tuple(_clean_section(section) for section in document.sections),
        footer=tuple(one_line(words, MOST_IN_A_SENTENCE) for words in document.footer),
    )


def one_line(words: str, most: int) -> str:
    """One line of at most `most` characters that shows what it is.

    >>> one_line("a  b" + chr(10), 10)
    'a b'
    """
    shown = (" " if unicodedata.category(letter) in _UNWANTED else letter for letter in words)
    line = " ".join("".join(shown).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _clean_figure(figure: Figure) -> Figure:
    texts = (figure.label, figure.value, figure.note)
    return Figure(*(one_line(words, MOST_IN_A_CELL) for words in texts))


def _clean_section(section: Section) -> Section:
    return replace(
        section,
        title=one_line(section.title, MOST_IN_A_CELL),
        takeaway=one_line(section.takeaway, MOST_IN_A_SENTENCE),
        table=section.table and _clean_table(section.table),
        bullets=tuple(one_line(words, MOST_IN_A_SENTENCE) for words in section.bullets),
    )


def _clean_table(table: Table) -> Table:
    return replace(
        table,
        caption=one_line(table.caption, MOST_IN_A_SENTENCE),
        head=_clean_row(table.head),
        rows=tuple(_clean_row(row) for row in table.rows),
    )


def _clean_row(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one_line(cell, MOST_IN_A_CELL) for cell in row)
