"""A report as PDF, set by Typst: tagged for screen readers, with the charts' alt texts.

Texts reach the template as JSON strings, which Typst never reads as markup.
"""

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import typst

from finops.reports.document import Document, Section, Table
from finops.reports.drawing import FONT, on_paper

# After ours any font of the machine, for scripts that ours does not have.
_FONTS = [FONT, "Noto Sans", "Noto Sans CJK SC", "Libertinus Serif"]
_NARROWEST, _WIDEST = 5, 30
_SURROGATES = range(0xD800, 0xE000)


def pdf_of(document: Document) -> bytes:
    """The whole document on A4 pages."""
    pictures = {
        f"chart{index}.svg": on_paper(section.chart.svg).encode()
        for index, section in enumerate(document.sections)
        if section.chart is not None
    }
    template = (files("finops.reports") / "templates" / "report.typ").read_bytes()
    data = json.dumps(_data(document)).encode()
    inputs = {"main.typ": template, "data.json": data, **pictures}
    try:
        return _set(inputs, pdf_standards="ua-1")
    except typst.TypstError:
        # PDF/UA takes no letter that no font here has; the paper is tagged without its seal too.
        return _set(inputs)


def _set(inputs: dict[str, bytes], **standard: str) -> bytes:
    # Files by name are in its README; its type stub lags behind.
    made = typst.compile(  # type: ignore[call-overload]
        inputs,
        font_paths=[str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")],
        format="pdf",
        **standard,
    )
    assert isinstance(made, bytes)  # noqa: S101 - one document, one file
    return made


def _data(document: Document) -> dict[str, Any]:
    return {
        "title": _clean(document.title),
        "subtitle": _clean(document.subtitle),
        "headline": _clean(document.headline),
        "fonts": _FONTS,
        "figures": [
            {"label": _clean(f.label), "value": _clean(f.value), "note": _clean(f.note)}
            for f in document.figures
        ],
        "sections": [_section(index, s) for index, s in enumerate(document.sections)],
        "footer": [_clean(words) for words in document.footer],
    }


def _section(index: int, section: Section) -> dict[str, Any]:
    chart = section.chart
    return {
        "title": _clean(section.title),
        "takeaway": _clean(section.takeaway),
        "chart": chart and {"file": f"chart{index}.svg", "alt_text": _clean(chart.alt_text)},
        "table": section.table and _table(section.table),
        "bullets": [_clean(words) for words in section.bullets],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": _clean(table.caption),
        "head": [_clean(cell) for cell in table.head],
        "rows": [[_clean(cell) for cell in row] for row in table.rows],
        "numeric": sorted(table.numeric),
        "widths": _widths(table.head, table.rows),
        "more": _clean(table.more),
    }


def _widths(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """A column's share of the page: its longest cell, within limits."""
    columns = zip(head, *rows, strict=True)
    return [min(_WIDEST, max(_NARROWEST, *map(len, column))) for column in columns]


def _clean(words: str) -> str:
    """Without half characters, which no JSON reader but Python's takes."""
    return "".join("□" if ord(letter) in _SURROGATES else letter for letter in words)
