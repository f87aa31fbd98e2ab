"""Daily costs from a CSV file with the column names of FOCUS, the open billing format.

ChargePeriodStart,ResourceId,EffectiveCost,Tags
2026-07-01T00:00:00Z,vol-0a1b,3.2876,"{""team"": ""web""}"
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from finops.domain.errors import InvalidInput
from finops.domain.verdict import DailyCost

BILLED, ALLOCATED = "billed", "allocated"
_REQUIRED = ("ChargePeriodStart", "ResourceId", "EffectiveCost")
_LONGEST_HEADER = 100_000
_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")
_VOLUME = re.compile(r"vol-[0-9a-f]{4,17}")
_NODE_GROUP_TAG = "eks:nodegroup-name"
# One resource costs less than this a day; more is a broken file.
_MAX_USD = Decimal(10_000_000)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BillFile:
    """A FOCUS-named CSV file as a bill (BillSource).

    Read are ChargePeriodStart, ResourceId and EffectiveCost (required); ChargeCategory (only Usage
    counts), BillingCurrency (USD or absent), Tags (a JSON object), and `x_CostCategory` of our own
    (`billed` by default, `allocated` for a workload's share). Several rows of one day and resource
    are added up.

    `resource_keys` maps cloud ids to keys of this estate (`vol-1` → `prod/Volume/vol-1`). Without
    an entry a volume or node group of `cluster` gets its usual key, and anything else, such as a
    key that is already ours, keeps its id.
    """

    path: Path
    cluster: str = ""
    resource_keys: Mapping[str, str] = field(default_factory=dict)

    def daily_costs(self, *, start: date, end: date) -> Iterator[DailyCost]:
        """Rows with `start <= day < end`, sorted by day and resource.

        Raises InvalidInput with the line number at the first row that cannot be read.
        """
        sums: dict[DailyCost, Decimal] = {}
        for cost in self._costs():
            if start <= cost.day < end:
                key = _without_amount(cost)
                sums[key] = sums.get(key, Decimal(0)) + cost.effective_cost
        for key in sorted(sums, key=lambda k: (k.day, k.resource_key, k.category)):
            yield _with_amount(key, sums[key])

    def _costs(self) -> Iterator[DailyCost]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file, strict=True)
                _check_header(self.path, rows.fieldnames or ())
                for row in rows:
                    try:
                        cost = self._cost(row)
                    except InvalidInput as error:
                        raise InvalidInput(f"{self.path}, line {rows.line_num}: {error}.") from None
                    if cost is not None:
                        yield cost
        except OSError as error:
            raise InvalidInput(f"{self.path} cannot be read: {error.strerror}.") from error
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidInput(f"{self.path} is no CSV in UTF-8: {error}.") from error

    def _cost(self, row: Row) -> DailyCost | None:
        if None in row or None in row.values():
            raise InvalidInput("the row has more or fewer cells than the header")
        if row.get("ChargeCategory", "Usage") != "Usage" or not row["ResourceId"]:
            return None
        if row.get("BillingCurrency", "USD") != "USD":
            raise InvalidInput(f"BillingCurrency {row['BillingCurrency'][:10]!r} is not USD")
        tags = _tags(row.get("Tags", ""))
        return DailyCost(
            day=_day(row["ChargePeriodStart"]),
            resource_key=self._resource_key(row["ResourceId"], tags),
            category=_category(row.get("x_CostCategory", "")),
            effective_cost=_amount(row["EffectiveCost"]),
            cluster=tags.get("cluster", self.cluster),
            namespace=tags.get("namespace", ""),
            team=tags.get("team", ""),
        )

    def _resource_key(self, resource_id: str, tags: Mapping[str, str]) -> str:
        short = resource_id.rpartition("/")[2]
        known = self.resource_keys.get(resource_id) or self.resource_keys.get(short)
        if known:
            return known
        if _VOLUME.fullmatch(short) and self.cluster:
            return f"{self.cluster}/Volume/{short}"
        if _INSTANCE.fullmatch(short) and self.cluster and tags.get(_NODE_GROUP_TAG):
            return f"{self.cluster}/NodeGroup/{tags[_NODE_GROUP_TAG]}"
        return resource_id


def looks_like_a_bill(path: Path) -> bool:
    """Whether the first line of a file has the columns that a bill needs."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader([file.readline(_LONGEST_HEADER)]), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return set(_REQUIRED) <= set(header)


def _check_header(path: Path, names: object) -> None:
    present = list(names) if isinstance(names, list | tuple) else []
    missing = [name for name in _REQUIRED if name not in present]
    if missing:
        raise InvalidInput(f"{path}, line 1: the columns {', '.join(missing)} are missing.")
    if len(set(present)) < len(present):
        raise InvalidInput(f"{path}, line 1: a column name is there twice.")


def _day(text: str) -> date:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"ChargePeriodStart {text[:40]!r} is not a date") from None
    return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"EffectiveCost {text[:40]!r} is not a number") from None
    if not amount.is_finite() or not -_MAX_USD <= amount <= _MAX_USD:
        raise InvalidInput(f"EffectiveCost {text[:40]!r} is out of range")
    return amount


def _category(text: str) -> str:
    if text not in ("", BILLED, ALLOCATED):
        raise InvalidInput(f"x_CostCategory {text[:40]!r} is neither billed nor allocated")
    return text or BILLED


def _tags(text: str) -> dict[str, str]:
    if not text.strip():
        return {}
    try:
        tags = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput("Tags is not a JSON object") from None
    if not isinstance(tags, dict):
        raise InvalidInput("Tags is not a JSON object")
    return {str(key): str(value) for key, value in tags.items()}


def _without_amount(cost: DailyCost) -> DailyCost:
    return _with_amount(cost, Decimal(0))


def _with_amount(cost: DailyCost, amount: Decimal) -> DailyCost:
    return DailyCost(
        day=cost.day,
        resource_key=cost.resource_key,
        category=cost.category,
        effective_cost=amount,
        cluster=cost.cluster,
        namespace=cost.namespace,
        team=cost.team,
    )
