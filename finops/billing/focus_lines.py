"""Lines for rates from a FOCUS CSV file, streamed.

FOCUS 1.0 has no column for the instance type. AWS writes it into `x_UsageType`
(`EUC1-BoxUsage:m5.large`); exports without the provider's own columns still have it in
`ChargeDescription` (`$0.096 per On Demand Linux m5.large Instance Hour`).
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from finops.billing.bill_lines import Pricing, RateLine
from finops.domain.errors import InvalidInput

_REQUIRED = ("ChargePeriodStart", "ResourceId", "EffectiveCost")
_TYPE = r"([a-z][a-z0-9-]*\.[a-z0-9-]+)"
_USAGE_TYPE = re.compile(rf"(?:.*-)?(BoxUsage|SpotUsage):{_TYPE}")
_DESCRIPTION = re.compile(rf"\b(On Demand|Spot|reserved)\b|\b{_TYPE}\b", re.IGNORECASE)
_LICENSED = re.compile(r"Windows|RHEL|Red Hat|SUSE|SQL|Dedicated", re.IGNORECASE)
_INSTANCE = re.compile(r"i-[0-9a-z]{8,17}")
# A month in one line says nothing of a day.
_LONGEST = timedelta(hours=26)
# One resource costs and uses less than this in an hour or a day; more is a broken file.
_MAX = Decimal(10_000_000)

Cells = Mapping[str, str]


@dataclass(slots=True)
class FocusLines:
    """The usage lines of a FOCUS CSV file, streamed; `unreadable` counts what was passed over.

    Raises InvalidInput when the file is no such file at all. A single broken line does not spoil
    the prices that the others give.
    """

    path: Path
    unreadable: int = 0

    def __iter__(self) -> Iterator[RateLine]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file)
                _check_header(self.path, rows.fieldnames or ())
                for row in rows:
                    yield from self._line(row)
        except OSError as error:
            raise InvalidInput(f"{self.path} cannot be read: {error.strerror}.") from error
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidInput(f"{self.path} is no CSV in UTF-8: {error}.") from error

    def _line(self, row: Cells) -> Iterator[RateLine]:
        try:
            if None in row or None in row.values():
                raise ValueError("more or fewer cells than the header")
            line = line_from(row)
        except (ValueError, InvalidOperation, TypeError):
            self.unreadable += 1
            return
        if line is not None:
            yield line


def line_from(row: Cells) -> RateLine | None:
    """One row of FOCUS as a line; None for what is no usage of a resource in US dollars by the day.

    Raises ValueError, InvalidOperation or TypeError for cells that cannot be read.
    """
    if row.get("ChargeCategory", "Usage") != "Usage" or not row["ResourceId"]:
        return None
    if (row.get("BillingCurrency") or "USD") != "USD" or _is_long(row):
        return None
    pricing, instance_type = _machine(row)
    quantity = row.get("PricingQuantity") or row.get("ConsumedQuantity") or "0"
    return RateLine(
        day=_moment(row["ChargePeriodStart"]).date(),
        resource_id=row["ResourceId"],
        effective_cost=_number(row["EffectiveCost"]),
        list_cost=_number(row["ListCost"]) if row.get("ListCost") else None,
        region=row.get("RegionId") or row.get("Region") or "",
        instance_type=instance_type,
        hours=_number(quantity) if instance_type else Decimal(0),
        pricing=pricing,
        is_plain_linux=not _is_licensed(row.get("ChargeDescription") or ""),
    )


def _machine(row: Cells) -> tuple[Pricing, str]:
    """How an instance hour was paid and its type; an empty type for every other line."""
    if not _INSTANCE.fullmatch(row["ResourceId"].rpartition("/")[2]):
        return Pricing.ON_DEMAND, ""
    is_spot, instance_type = _named_machine(
        row.get("x_UsageType") or "", row.get("ChargeDescription") or ""
    )
    return (_pricing(row, is_spot=is_spot) if instance_type else Pricing.ON_DEMAND), instance_type


@lru_cache(maxsize=10_000)
def _named_machine(usage_type: str, description: str) -> tuple[bool, str]:
    """(is spot, instance type) as the words of a line tell; (False, "") when they name none."""
    usage = _USAGE_TYPE.fullmatch(usage_type)
    if usage:
        return usage[1] == "SpotUsage", usage[2]
    words = [] if usage_type else list(_DESCRIPTION.finditer(description))
    ways = [match[1].lower() for match in words if match[1]]
    types = [match[2].lower() for match in words if match[2]]
    return (ways[0] == "spot", types[0]) if ways and types else (False, "")


def _pricing(row: Cells, *, is_spot: bool) -> Pricing:
    if is_spot or row.get("PricingCategory") == "Dynamic":
        return Pricing.SPOT
    if row.get("CommitmentDiscountCategory") == "Spend":
        return Pricing.SAVINGS_PLAN
    if row.get("CommitmentDiscountCategory") == "Usage" or row.get("CommitmentDiscountId"):
        return Pricing.RESERVED
    return Pricing.ON_DEMAND


def _is_long(row: Cells) -> bool:
    end = row.get("ChargePeriodEnd")
    return bool(end) and _moment(str(end)) - _moment(row["ChargePeriodStart"]) > _LONGEST


@lru_cache(maxsize=10_000)
def _is_licensed(description: str) -> bool:
    return bool(_LICENSED.search(description))


# A month has 720 hours and a million lines.
@lru_cache(maxsize=10_000)
def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or not -_MAX <= number <= _MAX:  # abs(1e9999999) would overflow
        raise ValueError(text[:40])
    return number


def _check_header(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in _REQUIRED if name not in names]
    if missing:
        raise InvalidInput(f"{path}, line 1: the columns {', '.join(missing)} are missing.")
