"""SQL over single cells of a bill: amounts, times, texts and quantities. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from finops.billing.bill_layout import Column

# Ten decimals are what AWS writes; a line of 100 million does not fit and is refused.
MONEY = "DECIMAL(18, 10)"


@dataclass(frozen=True, slots=True)
class Parts:
    """One family's facts; `decisive` are the texts on which its amounts depend.

    `machine_terms` is SQL over one line: what prices of machines depend on beside `texts`, empty
    for all other lines, so that it parts few of them; None where a bill has nothing of the kind.
    """

    moment: str
    texts: tuple[str, ...]
    decisive: tuple[str, ...]
    said: Mapping[str, str]
    sums: Mapping[str, str]
    amounts: Mapping[str, str]
    machine_terms: str | None = None
    is_line: str = "TRUE"


def amount(column: Column | None, default: str = "0") -> str:
    """A cost as exact decimals; an empty cell is `default`."""
    if column is None:
        return f"CAST({default} AS {MONEY})"
    if not column.is_text:
        return f"COALESCE(CAST({column.sql} AS {MONEY}), {default})"
    return f"COALESCE(CAST(NULLIF({column.sql}, '') AS {MONEY}), {default})"


def moment(column: Column) -> str:
    """A time in UTC."""
    if not column.is_text:
        return f"CAST({column.sql} AS TIMESTAMP)"
    # '2026-07-01T00:00:00Z' and '2026-07-01 00:00:00' are the same to both engines without T and Z.
    return f"CAST(REPLACE(REPLACE({column.sql}, 'T', ' '), 'Z', '') AS TIMESTAMP)"


def text(*columns: Column | None) -> str:
    """The first of these cells that is not empty, else ''."""
    cells = [f"NULLIF({as_text(column)}, '')" for column in columns if column is not None]
    return f"COALESCE({', '.join(cells)}, '')" if cells else "''"


def as_text(column: Column) -> str:
    """A cell as text, whatever its type."""
    return column.sql if column.is_text else f"CAST({column.sql} AS VARCHAR)"


def quantity(*columns: Column | None) -> str:
    """The first of these cells that holds a quantity, else 0."""
    there = [column for column in columns if column is not None]
    filled = [f"NULLIF({one.sql}, '')" if one.is_text else one.sql for one in there]
    cells = [f"CAST({cell} AS DOUBLE)" for cell in filled]
    return f"COALESCE({', '.join((*cells, '0'))})" if cells else "CAST(0 AS DOUBLE)"


def is_machine_hour(usage_type: Column) -> str:
    """Whether a line is about hours of an EC2 machine, by its usage type."""
    return f"({usage_type.sql} LIKE '%BoxUsage:%' OR {usage_type.sql} LIKE '%SpotUsage:%')"
