"""Money: US dollars as Decimal, and savings that never mix cash with room.

*Cashable* leaves the bill (a node goes away, a volume is deleted). *Freed* is room for growth
inside what is paid for anyway. The two are never added into one number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

# 365 days × 24 hours ÷ 12 months, the convention of AWS's own calculators.
HOURS_PER_MONTH = Decimal(730)
DAYS_PER_MONTH = HOURS_PER_MONTH / 24

_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Saving:
    """US dollars a month, split into what leaves the bill and what is only freed."""

    cashable_usd_per_month: Decimal = Decimal(0)
    freed_usd_per_month: Decimal = Decimal(0)

    def __add__(self, other: "Saving") -> "Saving":
        return Saving(
            self.cashable_usd_per_month + other.cashable_usd_per_month,
            self.freed_usd_per_month + other.freed_usd_per_month,
        )

    def __bool__(self) -> bool:
        return bool(self.cashable_usd_per_month or self.freed_usd_per_month)

    def __str__(self) -> str:
        return (
            f"{format_usd(self.cashable_usd_per_month)}/month cashable, "
            f"{format_usd(self.freed_usd_per_month)}/month freed"
        )

    @property
    def amounts(self) -> tuple[Decimal, Decimal]:
        """Both figures, for what has to know them apart from each other."""
        return self.cashable_usd_per_month, self.freed_usd_per_month

    @property
    def larger_usd_per_month(self) -> Decimal:
        """The figure to rank and to limit by; not a total."""
        return max(self.cashable_usd_per_month, self.freed_usd_per_month)


def usd_between(usd_per_month: Decimal, since: datetime, until: datetime) -> Decimal:
    """What a rate comes to from one moment to another; nothing where it begins later."""
    days = Decimal((until - since).total_seconds()) / _SECONDS_PER_DAY
    return usd_per_month * max(days, Decimal(0)) / DAYS_PER_MONTH


def to_cents(amount: Decimal, digits: int = 2) -> Decimal:
    """Round to whole cents, halves up; `digits` is 0 where the currency's coin is its unit."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def cents_that_add_up(amounts: Sequence[Decimal], digits: int = 2) -> list[Decimal]:
    """Whole cents whose sum is the sum's whole cents.

    Each amount is rounded down; the cents then missing go to those that lost most (the method of
    largest remainders). What is shown in another currency is converted before that. Worked: 0.006 +
    0.006 is 1.2 cents and not 2, so the first gets the one.
    """
    cent = Decimal(1).scaleb(-digits)
    cents = [amount.quantize(cent, ROUND_FLOOR) for amount in amounts]
    missing = int((to_cents(sum(amounts, Decimal(0)), digits) - sum(cents)) / cent)
    by_loss = sorted(range(len(cents)), key=lambda index: cents[index] - amounts[index])
    for index in by_loss[:missing]:
        cents[index] += cent
    return cents


def format_usd(amount: Decimal) -> str:
    """`1234.5` → `$1,234.50`; whole dollars from $100 on: `$1,235`.

    How records quote dollars. What people read as savings and costs goes through
    `finops.domain.currency.Currency`, which reads these quotations back.
    """
    return format_amount(amount, symbol="$")


def format_amount(amount: Decimal, *, symbol: str, digits: int = 2) -> str:
    """A symbol and the amount; without the smaller unit from 100 on, which nobody reads there."""
    size = abs(amount)
    shown = to_cents(size, digits) if size < 100 else size
    sign = "-" if amount < 0 and shown else ""  # nothing is not less than nothing
    return f"{sign}{symbol}{shown:,.{digits if size < 100 else 0}f}"
