"""What Cost Explorer's answers say, as values. Pure; an answer of another shape is refused."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from finops.billing.cost_explorer_questions import BILLED, EFFECTIVE, USED
from finops.domain.errors import WillNeverWork

Json = Any
# Charges that no resource makes, as Cost Explorer calls their "service".
_NO_RESOURCE = ("Tax", "AWS Support", "Support", "Refund", "Credit")
# What it says where there is nothing to say.
_NOTHING = {"NoUsageType", "NoService", "NoRegion", "NoLinkedAccount"}
_NO_UNIT = "N/A"
_MOST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One group of one day: `name` is the service, account, region or value of the tag."""

    day: date
    name: str
    usage_type: str
    unit: str
    quantity: Decimal
    effective_cost: Decimal
    billed_cost: Decimal
    currency: str
    is_estimated: bool

    @property
    def names_a_resource(self) -> bool:
        """Whether something that runs caused it; tax, support and credits have no resource."""
        return bool(self.usage_type) and not self.name.startswith(_NO_RESOURCE)

    @property
    def family(self) -> str:
        """`EUC1-BoxUsage:m5.large` → `BoxUsage`: usage types that stand in for each other."""
        return self.usage_type.partition(":")[0].rpartition("-")[2]


@dataclass(frozen=True, slots=True)
class ForecastRange:
    """What a period will cost: the mean, and between what it lies 80 times of 100."""

    mean: Decimal
    low: Decimal
    high: Decimal
    currency: str


def usage_rows(pages: Iterable[Json]) -> list[UsageRow]:
    """Every group of every page, with a cost or a quantity. Raises WillNeverWork."""
    try:
        return [row for page in pages for row in _rows_of(page)]
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise _no_answer(error) from error


def forecast_of(answer: Json) -> ForecastRange:
    """The one range of a forecast that was asked in one piece. Raises WillNeverWork."""
    try:
        total = answer["Total"]
        parts = answer["ForecastResultsByTime"]
        low = sum((_amount(part["PredictionIntervalLowerBound"]) for part in parts), Decimal(0))
        high = sum((_amount(part["PredictionIntervalUpperBound"]) for part in parts), Decimal(0))
        return ForecastRange(_amount(total["Amount"]), low, high, _currency(total["Unit"]))
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise _no_answer(error) from error


def _rows_of(page: Mapping[str, Json]) -> Iterator[UsageRow]:
    for result in page["ResultsByTime"]:
        day = date.fromisoformat(result["TimePeriod"]["Start"][:10])
        for group in result.get("Groups") or ():
            row = _row(group, day, is_estimated=bool(result.get("Estimated")))
            if row.effective_cost or row.billed_cost or row.quantity:
                yield row


def _row(group: Mapping[str, Json], day: date, *, is_estimated: bool) -> UsageRow:
    name, usage_type = group["Keys"]
    metrics = group["Metrics"]
    used = metrics.get(USED) or {"Amount": "0", "Unit": _NO_UNIT}
    unit = str(used.get("Unit") or _NO_UNIT)
    return UsageRow(
        day=day,
        name=_named(name),
        usage_type=_named(usage_type),
        unit="" if unit == _NO_UNIT else unit,
        quantity=_amount(used["Amount"]),
        effective_cost=_amount(metrics[EFFECTIVE]["Amount"]),
        billed_cost=_amount(metrics[BILLED]["Amount"]),
        currency=_currency(metrics[EFFECTIVE]["Unit"]),
        is_estimated=is_estimated,
    )


def _named(key: str) -> str:
    """`team$shop` → `shop`, `team$` → nothing: a tag's value stands behind its key."""
    value = key.partition("$")[2] if "$" in key else key
    return "" if value in _NOTHING else value


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or abs(amount) > _MOST:
        raise ValueError(f"the amount {text[:40]!r} is out of range")
    return amount


def _currency(unit: Json) -> str:
    if not isinstance(unit, str) or not unit.isalpha() or len(unit) > 8:
        raise ValueError(f"{str(unit)[:40]!r} is no currency")
    return unit.upper()


def _no_answer(error: Exception) -> WillNeverWork:
    return WillNeverWork(
        "What answered is not AWS Cost Explorer, or it speaks another version "
        f"({type(error).__name__}: {str(error)[:120]})."
    )


def months_of(start: date, end: date) -> Sequence[tuple[date, date]]:
    """The calendar months that `start <= day < end` touches, whole: what is asked and kept."""
    found = []
    first = start.replace(day=1)
    while first < end:
        following = (first.replace(day=28) + _FOUR_DAYS).replace(day=1)
        found.append((first, following))
        first = following
    return found


_FOUR_DAYS = date(2000, 1, 5) - date(2000, 1, 1)
