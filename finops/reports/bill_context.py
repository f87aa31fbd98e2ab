"""What the whole bill was: in the period, in the one before, and before the first saving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from finops.domain.money import DAYS_PER_MONTH

BASE_DAYS = 30


@dataclass(frozen=True, slots=True)
class BillDay:
    """The effective cost of everything that was billed for one day."""

    day: date
    effective_cost_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BillContext:
    """The bill around a report, in US dollars of effective cost.

    `base` is the time before the first finding, or the first days of the bill where that began
    later; a period that the bill covers only partly says so with its days.
    """

    base: tuple[BillDay, ...] = ()
    days: tuple[BillDay, ...] = ()
    former: tuple[BillDay, ...] = ()
    days_in_period: int = 0

    @property
    def base_usd_per_month(self) -> Decimal | None:
        """The bill before the savings as a month; None when nobody knows it."""
        return as_month(self.base)

    @property
    def usd_in_period(self) -> Decimal | None:
        """Total effective cost of the period's days that are on the bill; None without any."""
        return total(self.days)

    @property
    def run_rate_usd_per_month(self) -> Decimal | None:
        """What a month costs at the period's mean day."""
        return as_month(self.days)

    @property
    def change_of_mean_day(self) -> Decimal | None:
        """The period's mean day ÷ the former period's, less 1; None without both."""
        now, then = as_month(self.days), as_month(self.former)
        return now / then - 1 if now is not None and then else None


def total(days: Sequence[BillDay]) -> Decimal | None:
    """The sum of these days; None without any."""
    return sum((day.effective_cost_usd for day in days), Decimal(0)) if days else None


def as_month(days: Sequence[BillDay]) -> Decimal | None:
    """The mean day as a month (× 730 ÷ 24); None without days.

    Worked: 30 days of $240 each are $7,300 a month.
    """
    spent = total(days)
    return None if spent is None else spent / len(days) * DAYS_PER_MONTH


def bill_context(
    days: Sequence[BillDay], *, start: date, end: date, first_finding: date
) -> BillContext:
    """The context of the period `start <= day < end` from all known days of the bill."""
    ordered = sorted(days, key=lambda day: day.day)
    before = start - (end - start)
    base = _between(ordered, first_finding - timedelta(days=BASE_DAYS), first_finding)
    return BillContext(
        base=base or tuple(ordered[:BASE_DAYS]),
        days=_between(ordered, start, end),
        former=_between(ordered, before, start),
        days_in_period=(end - start).days,
    )


def _between(days: Sequence[BillDay], start: date, end: date) -> tuple[BillDay, ...]:
    return tuple(day for day in days if start <= day.day < end)
