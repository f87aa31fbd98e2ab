"""A report as a document that page, paper and terminal show alike: figures, sections, tables."""

from dataclasses import dataclass, field

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
