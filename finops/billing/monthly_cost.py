"""A month of something as quantities of rates, and how its parts are written on a card. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from finops.billing.rate_names import RateName
from finops.domain.money import HOURS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Part:
    """A quantity a month of something that has a rate; `words` is how a card writes it."""

    name: RateName
    quantity: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class MonthlyCost:
    """The parts of one resource's month. `note` says what they leave out or that they are a cap."""

    parts: tuple[Part, ...]
    note: str = ""


def hours(name: RateName, count: int = 1, words: str = "") -> Part:
    """A whole month of `count` things with an hourly rate: `3 nodes × 730 h`."""
    times = f"{count:,} {words} × " if words else ""
    return Part(name, HOURS_PER_MONTH * count, f"{times}730 h")


def gib(name: RateName, size: Decimal) -> Part:
    """So many GiB for a month, whole or with one decimal."""
    return Part(name, size, f"{size.quantize(Decimal('0.1')).normalize():,f} GiB")


def count(name: RateName, number: int, words: str) -> Part:
    """So many of something for a month: `1,000 IOPS`."""
    return Part(name, Decimal(number), f"{number:,} {words}")
