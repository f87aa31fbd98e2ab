"""The facts of a bill's line in SQL: CUR's and FOCUS's columns under one set of names. Pure.

The rules are those of docs/billing.md. Every expression is made of names that the layout found and
of literals of this file; values that come from people are bound by the engines.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finops.billing.bill_cells import as_text, moment, text
from finops.billing.bill_layout import Column, Layout
from finops.billing.cur_facts import cur_parts
from finops.billing.focus_facts import focus_parts
from finops.domain.errors import InvalidInput

# What AWS allows in the key of a tag, without the spaces that nobody means.
_TAG_KEY = re.compile(r"[A-Za-z0-9_.:/=+@-][A-Za-z0-9_.:/=+@ -]{0,127}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a bill's lines say, in two steps, since a bill has far more lines than kinds of lines.

    Lines are first added up by the columns that `said` reads, as they stand: `sums` are what is
    added, by name, in SQL over one line. Then `said` (texts) and `amounts` are SQL over those rows
    and sums. `whole_tags` holds all tags of a line: a resource has the same ones all day, so any of
    them do, but lines without a resource are parted by `team`. `machine_terms`: see `Parts`.
    """

    columns: tuple[Column, ...]
    amount_columns: tuple[Column, ...]
    said: Mapping[str, str]
    sums: Mapping[str, str]
    amounts: Mapping[str, str]
    whole_tags: Column | None
    machine_terms: str | None = None
    is_line: str = "TRUE"
    starts_at: str = ""
    currency: str = "''"


def facts_of(layout: Layout, *, team_keys: Sequence[str]) -> Facts:
    """The facts of a bill with that layout.

    `charge` is one of usage, unused, fee, credit, refund, tax, purchase, split. Raises InvalidInput
    for a tag key that AWS would not allow either.
    """
    for key in team_keys:
        if not _TAG_KEY.fullmatch(key):
            raise InvalidInput(f"{key[:40]!r} is no key of an AWS tag; correct owners: tag_keys.")
    cluster_keys = ("aws:eks:cluster-name", "eks:cluster-name")
    parts = focus_parts(layout) if layout.format.is_focus else cur_parts(layout)
    tags = [column for key in (*team_keys, *cluster_keys) for column in layout.tag_columns(key)]
    said = {
        **parts.said,
        "team": tag_of(layout, team_keys),
        "cluster": tag_of(layout, cluster_keys),
    }
    columns = dict.fromkeys((*(c for name in parts.texts if (c := layout.column(name))), *tags))
    return Facts(
        columns=tuple(columns),
        amount_columns=tuple(c for name in parts.decisive if (c := layout.column(name))),
        said=said,
        sums=parts.sums,
        amounts=parts.amounts,
        whole_tags=_whole_tags(layout),
        machine_terms=parts.machine_terms,
        is_line=parts.is_line,
        currency=text(layout.column("BillingCurrency", "line_item_currency_code")),
        starts_at=moment(_there(layout.column(parts.moment))),
    )


def tag_of(layout: Layout, keys: Sequence[str]) -> str:
    """The first of these tags that a line has, from a column of its own, a map or JSON."""
    cells: list[str] = []
    whole = _whole_tags(layout)
    for key in keys:
        cells += [f"NULLIF({as_text(column)}, '')" for column in layout.tag_columns(key)]
        if whole is not None:
            cells += [_from_whole(whole, name) for name in _spellings(layout, key)]
    return f"COALESCE({', '.join(cells)}, '')" if cells else "''"


def _whole_tags(layout: Layout) -> Column | None:
    return layout.column("Tags" if layout.format.is_focus else "resource_tags")


def _spellings(layout: Layout, key: str) -> Sequence[str]:
    """CUR 2.0 writes `user_team` for the tag `team`, and `aws_eks_cluster_name` for AWS's own."""
    if layout.format.is_focus or key.startswith("aws:"):
        return (key, key.replace(":", "_").replace("-", "_")) if ":" in key else (key,)
    return f"user_{key}", key


def _from_whole(column: Column, key: str) -> str:
    if column.is_map:
        return f"NULLIF({column.sql}['{key}'], '')"
    return f"""NULLIF(JSON_EXTRACT_STRING({column.sql}, '$."{key}"'), '')"""


def _there(column: Column | None) -> Column:
    if column is None:  # layout_of has refused such a bill
        raise AssertionError("a needed column is missing")
    return column
