"""The statements of a bill in Athena's dialect, with their table and values put in as syntax. Pure.

Nothing is interpolated: the statement is parsed, the table is replaced by a quoted identifier that
was checked, and every `$name` by a literal, which sqlglot writes with its quotes doubled.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import sqlglot
from sqlglot import exp

from finops.billing.bill_layout import Column
from finops.domain.errors import InvalidInput

# What Glue calls a database or a table, in small letters.
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,254}")


def checked_name(name: str, what: str) -> str:
    """The name as it is; raises InvalidInput when Glue would not take it."""
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name[:60]!r} is no name of a {what} in Athena: small letters, digits, _ and -. "
            "Correct bill: athena."
        )
    return name


def athena_sql(statement: str, *, database: str, table: str, values: Mapping[str, str]) -> str:
    """Turn a statement over `bill` with `$name` values into one that Athena runs."""
    tree = sqlglot.parse_one(statement, read="duckdb")
    place = exp.Table(
        this=exp.to_identifier(checked_name(table, "table"), quoted=True),
        db=exp.to_identifier(checked_name(database, "database"), quoted=True),
    )

    def put_in(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.name == "bill" and not node.db:
            return place.copy()
        if isinstance(node, exp.Bracket):
            # A key that a map lacks is NULL in DuckDB and an error in Trino's brackets.
            return exp.Anonymous(this="ELEMENT_AT", expressions=[node.this, *node.expressions])
        if isinstance(node, exp.IgnoreNulls) and isinstance(node.this, exp.AnyValue):
            # DuckDB's ANY_VALUE passes over NULL as Trino's does; only windows may say so there.
            return exp.Anonymous(this="ARBITRARY", expressions=[node.this.this])
        if isinstance(node, exp.Parameter | exp.Placeholder):
            return exp.Literal.string(values[node.name or node.this.name])
        return node

    return tree.transform(put_in).sql(dialect="athena")


def month_condition(keys: Sequence[Column], *, start: date, end: date) -> str:
    """What keeps Athena to the months of `start <= day < end`; `TRUE` without known partitions.

    AWS partitions exports by `billing_period` (2026-07) and crawled legacy reports by `year` and
    `month`, with and without a leading zero.
    """
    months = _months(start, end)
    by_name = {key.name.lower(): key for key in keys}
    if "billing_period" in by_name:
        texts = ", ".join(f"'{year}-{month:02}'" for year, month in months)
        return f"{by_name['billing_period'].sql} IN ({texts})"
    if {"year", "month"} <= by_name.keys():
        year_key, month_key = by_name["year"], by_name["month"]
        pairs = (
            f"({_is(year_key, str(year))} AND ({_spelt(month_key, month)}))"
            for year, month in months
        )
        return f"({' OR '.join(pairs)})"
    return "TRUE"


def _is(column: Column, value: str) -> str:
    return f"{column.sql} = '{value}'" if column.is_text else f"{column.sql} = {int(value)}"


def _spelt(column: Column, month: int) -> str:
    spellings = dict.fromkeys((str(month), f"{month:02}")) if column.is_text else (str(month),)
    return " OR ".join(_is(column, spelling) for spelling in spellings)


def _months(start: date, end: date) -> Sequence[tuple[int, int]]:
    """Every month with a day of it; a charge is kept under the month that bills it, so one more."""
    months: list[tuple[int, int]] = []
    day = start.replace(day=1)
    while day < end + timedelta(days=1):
        months.append((day.year, day.month))
        day = (day + timedelta(days=32)).replace(day=1)
    return months
