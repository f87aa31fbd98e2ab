"""A bill that is read by the month, a dollar a day, and what it was asked for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from finops.billing.bill_source import BillSource
from finops.domain.billed_rates import BillRates
from finops.domain.costs import AllocatedCost, BillDay, ContainerDay, CostCategory, CostKey
from finops.domain.errors import NoBill
from finops.domain.verdict import DailyCost


@dataclass
class Reading:
    """A dollar a day (a BillReading)."""

    days: Sequence[BillDay]

    def rows(self, day: date) -> Sequence[AllocatedCost]:
        key = CostKey(day=day, currency="USD", category=CostCategory.UNALLOCATED)
        return [
            AllocatedCost(
                key=key,
                billed_cost=Decimal(1),
                effective_cost=Decimal(1),
                list_cost=Decimal(1),
                usage_quantity=0,
            )
        ]

    def judged(self) -> Sequence[DailyCost]:
        return ()

    def rates(self) -> BillRates:
        return BillRates()


@dataclass
class Monthly:
    """A bill that is read by the month, since a first one (an AllocatingBill)."""

    first: date = date(2000, 1, 1)
    history_months: int = 4
    name: str = "bill"
    asked: list[tuple[date, date]] = field(default_factory=list)
    troubles: Mapping[date, Exception] = field(default_factory=dict)

    def pieces(self, *, start: date, end: date) -> Sequence[tuple[date, date]]:
        return BillSource(files=("s3://a/",)).pieces(start=start, end=end)

    @contextmanager
    def read(
        self, *, start: date, end: date, usage: Sequence[ContainerDay], today: date
    ) -> Iterator[Reading]:
        self.asked.append((start, end))
        if start in self.troubles:
            raise self.troubles[start]
        if end <= self.first:
            raise NoBill("There is no bill.")
        days = [start + timedelta(days=n) for n in range((min(end, today) - start).days)]
        yield Reading([billed(day) for day in days if day >= self.first])


def billed(day: date) -> BillDay:
    one = Decimal(1)
    return BillDay(
        day=day,
        currency="USD",
        billed_cost=one,
        effective_cost=one,
        list_cost=one,
        lines=1,
        is_final=day < date(2026, 7, 1),
    )
