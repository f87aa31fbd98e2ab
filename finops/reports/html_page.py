"""A report as one HTML file: styles and charts inside, no script, nothing loaded from anywhere.

Jinja2 escapes everything but the charts, which are drawn here and whose letters are shapes.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from finops.reports.document import Document
from finops.reports.drawing import Chart


def html_of(document: Document) -> str:
    """The whole page; light or dark as the reader's system is, and printable."""
    return page("report.html", document=document, drawn=drawn)


def page(template: str, **values: Any) -> str:
    """A page from one of our templates, with the common style sheet."""
    style = Markup(_text("page.css"))  # noqa: S704 - our own file
    return _environment().from_string(_text(template)).render(style=style, **values)


def drawn(chart: Chart) -> Markup:
    """The chart as an inline element; matplotlib has written every byte of it."""
    return Markup(chart.svg)  # noqa: S704 - letters are shapes in it: no name stands there as text


@cache
def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)


def _text(name: str) -> str:
    return (files("finops.reports") / "templates" / name).read_text(encoding="utf-8")
