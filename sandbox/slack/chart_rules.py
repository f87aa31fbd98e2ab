"""Slack's rules for data: data_visualization, table and data_table blocks."""

from collections.abc import Iterator
from typing import Any

from sandbox.slack.rich_text_rules import RICH_TEXT
from sandbox.slack.shapes import (
    Check,
    Json,
    Problem,
    boolean,
    by_type,
    every,
    list_of,
    number,
    one_of,
    shape,
    string,
)

_TYPE: dict[str, Check] = {"type": string(50)}
_ID: dict[str, Check] = {"block_id": string(255)}
_POINT = shape({"label": string(20), "value": number()})
_SERIES = shape({"name": string(20), "data": list_of(_POINT, 1, 20)})
_AXIS = shape(
    {"categories": list_of(string(20), 1, 20)}, {"x_label": string(50), "y_label": string(50)}
)


def _series_fit_the_axis(value: Json, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return
    axis, series = value.get("axis_config"), value.get("series")
    if not isinstance(axis, dict) or not isinstance(series, list):
        return
    categories = axis.get("categories")
    names = [s.get("name") for s in series if isinstance(s, dict)]
    if len(names) != len(set(map(str, names))):
        yield Problem(f"{at}/series", "series names must be unique")
    for index, one in enumerate(series):
        data = one.get("data") if isinstance(one, dict) else None
        labels = [p.get("label") for p in data or [] if isinstance(p, dict)]
        if isinstance(categories, list) and sorted(map(str, labels)) != sorted(
            map(str, categories)
        ):
            yield Problem(f"{at}/series/{index}/data", "every series needs every category once")


_XY = every(
    shape({**_TYPE, "series": list_of(_SERIES, 1, 12), "axis_config": _AXIS}),
    _series_fit_the_axis,
)
_PIE_SLICE = shape({"label": string(20), "value": number(0)})
_CHARTS: dict[str, Check] = {
    "pie": shape({**_TYPE, "segments": list_of(_PIE_SLICE, 1, 12)}),
    "bar": _XY,
    "line": _XY,
    "area": _XY,
}

DATA_VISUALIZATION = shape({**_TYPE, "title": string(50), "chart": by_type(_CHARTS)}, _ID)

_RAW_TEXT = shape({**_TYPE, "text": string(10_000, shortest=0)})
_RAW_NUMBER = shape({**_TYPE, "value": number(), "text": string(1000)})
_PLAIN_CELLS: dict[str, Check] = {"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER}
_CELLS: dict[str, Check] = {**_PLAIN_CELLS, "rich_text": RICH_TEXT}
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _no_column_settings_beyond(value: Json, at: str) -> Iterator[Problem]:
    if isinstance(value, dict) and _width(value) < len(value.get("column_settings") or []):
        yield Problem(f"{at}/column_settings", "more column settings than columns")


def _rows_are_even(value: Json, at: str) -> Iterator[Problem]:
    rows = value.get("rows") if isinstance(value, dict) else None
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, list) and isinstance(value, dict) and len(row) != _width(value):
            yield Problem(f"{at}/rows/{index}", "all rows must have the same number of cells")


def _header_is_plain(value: Json, at: str) -> Iterator[Problem]:
    rows = value.get("rows") if isinstance(value, dict) else None
    if isinstance(rows, list) and rows:
        yield from list_of(by_type(_PLAIN_CELLS), 1, 20)(rows[0], f"{at}/rows/0")


def _width(table: dict[str, Any]) -> int:
    rows = table.get("rows")
    return len(rows[0]) if isinstance(rows, list) and rows and isinstance(rows[0], list) else 0


TABLE = every(
    shape(
        {**_TYPE, "rows": list_of(list_of(by_type(_CELLS), 1, 20), 1, 100)},
        {**_ID, "column_settings": list_of(_COLUMN, 0, 20)},
    ),
    _rows_are_even,
    _no_column_settings_beyond,
)
DATA_TABLE = every(
    shape(
        {
            **_TYPE,
            "caption": string(2000),
            "rows": list_of(list_of(by_type(_CELLS), 1, 20), 2, 201),
        },
        {**_ID, "page_size": number(1, 100), "row_header_column_index": number(0, 19)},
    ),
    _rows_are_even,
    _header_is_plain,
)


def characters(table: dict[str, Any]) -> int:
    """The characters of all cells of a table; Slack sums them over a message."""
    cells = [c for row in table.get("rows") or [] for c in row] if _width(table) else []
    return sum(_letters(cell) for cell in cells)


def _letters(node: Json) -> int:
    if isinstance(node, dict):
        own = node.get("text")
        inner = sum(_letters(child) for child in node.get("elements") or [])
        return inner + (len(own) if isinstance(own, str) else 0)
    return 0
