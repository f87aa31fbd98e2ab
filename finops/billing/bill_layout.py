"""Which bill a table is, told by its columns, and where in it each FOCUS fact stands. Pure.

AWS writes one column in three ways: `lineItem/UsageStartDate` (CSV of the legacy report),
`line_item_usage_start_date` (Parquet, Athena, CUR 2.0) and, for FOCUS, `ChargePeriodStart` or
`chargeperiodstart`. Letters and digits alone are the same in all of them, so they are compared.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from finops.domain.errors import InvalidInput

_FOCUS_NEEDS = ("ChargePeriodStart", "ResourceId", "EffectiveCost")
_CUR_NEEDS = (
    "line_item_line_item_type",
    "line_item_usage_start_date",
    "line_item_resource_id",
    "line_item_unblended_cost",
)
_USER_TAG = ("resourcetagsuser", "resourcetagsaws", "resourcetags")


class BillFormat(StrEnum):
    """The bills that can be read."""

    CUR_LEGACY = "CUR legacy"
    CUR_2 = "CUR 2.0"
    FOCUS_1_0 = "FOCUS 1.0"
    FOCUS_1_1 = "FOCUS 1.1"
    FOCUS_1_2 = "FOCUS 1.2"

    @property
    def is_focus(self) -> bool:
        """Whether its columns are FOCUS's own."""
        return self.value.startswith("FOCUS")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the engine names it, and its type in capitals (`VARCHAR`, `MAP(…)`)."""

    name: str
    type: str = "VARCHAR"

    @property
    def sql(self) -> str:
        """Quoted, so that no name can be anything but a name."""
        return '"' + self.name.replace('"', '""') + '"'

    @property
    def is_text(self) -> bool:
        """Whether it holds text, which still has to be read."""
        return self.type.startswith(("VARCHAR", "STRING"))

    @property
    def is_map(self) -> bool:
        """Whether it maps text to text."""
        return self.type.startswith("MAP")


@dataclass(frozen=True, slots=True)
class Layout:
    """A bill's format and its columns by their letters and digits."""

    format: BillFormat
    columns: Mapping[str, Column]

    def column(self, *names: str) -> Column | None:
        """The first of these columns that is there, in any spelling."""
        return next((self.columns[w] for n in names if (w := letters(n)) in self.columns), None)

    def has(self, name: str) -> bool:
        """Whether the column is there."""
        return letters(name) in self.columns

    def tag_columns(self, key: str) -> Sequence[Column]:
        """Columns that hold one tag alone, as legacy reports do."""
        wanted = {prefix + letters(key) for prefix in _USER_TAG}
        return [column for word, column in self.columns.items() if word in wanted]


def letters(name: str) -> str:
    """`lineItem/UsageStartDate` and `line_item_usage_start_date` → `lineitemusagestartdate`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def layout_of(columns: Sequence[Column], *, where: str) -> Layout:
    """Tell the format; raises InvalidInput that names what is missing for the likeliest one."""
    found: dict[str, Column] = {}
    for column in columns:
        found.setdefault(letters(column.name), column)
    missing_cur = [name for name in _CUR_NEEDS if letters(name) not in found]
    missing_focus = [name for name in _FOCUS_NEEDS if letters(name) not in found]
    if not missing_focus:
        return Layout(_focus_version(found), found)
    if not missing_cur:
        return Layout(_cur_version(found), found)
    is_cur = len(missing_cur) < len(missing_focus)
    what, missing = ("CUR", missing_cur) if is_cur else ("FOCUS", missing_focus)
    seen = ", ".join(column.name[:40] for column in columns[:6]) or "none"
    raise InvalidInput(
        f"{where}: for a bill ({what}) the columns {', '.join(missing)} are missing; the first "
        f"columns are {seen}. Export CUR 2.0 or FOCUS 1.x with AWS Data Exports, with resource ids."
    )


def check_alike(columns: Mapping[str, Sequence[Column]]) -> None:
    """Hold the files of one bill against each other; `columns` are theirs, by path.

    Reports lack columns in months that have no such cost, which is fine. But laid over each other,
    a file without a needed column would cost nothing, and one without what is billed would be
    billed nothing. Raises InvalidInput that names the file.
    """
    layouts = {path: layout_of(own, where=path) for path, own in columns.items()}
    _refuse_two(
        {path: "FOCUS" if layout.format.is_focus else "CUR" for path, layout in layouts.items()},
        "{0} is {1}, and {2} is {3}",
    )
    _refuse_two(
        {path: "a" if layout.has("BilledCost") else "no" for path, layout in layouts.items()},
        "{0} has {1} column BilledCost, and {2} has {3}",
    )


def _refuse_two(kinds: Mapping[str, str], words: str) -> None:
    first = {kind: path for path, kind in sorted(kinds.items(), reverse=True)}
    if len(first) > 1:
        (one, path), (other, another) = sorted(first.items(), reverse=True)[:2]
        said = words.format(path, one, another, other)
        raise InvalidInput(f"{said}: they are no parts of one bill. Name one under bill: files.")


def _focus_version(found: Mapping[str, Column]) -> BillFormat:
    if found.keys() & {"invoiceid", "pricingcurrency", "billingaccounttype"}:
        return BillFormat.FOCUS_1_2
    if found.keys() & {"skumeter", "skupricedetails", "servicesubcategory"}:
        return BillFormat.FOCUS_1_1
    return BillFormat.FOCUS_1_0


def _cur_version(found: Mapping[str, Column]) -> BillFormat:
    # CUR 2.0 keeps tags and product in one column each, and names the accounts.
    is_second = found.keys() & {"resourcetags", "product", "billpayeraccountname"}
    return BillFormat.CUR_2 if is_second else BillFormat.CUR_LEGACY
