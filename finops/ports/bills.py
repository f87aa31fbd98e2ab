"""What things cost: from the bill, and the metrics that a cost is divided by."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Protocol

from finops.domain.billed_rates import BillRates
from finops.domain.costs import AllocatedCost, BillDay, ContainerDay
from finops.domain.verdict import DailyCost


class BillSource(Protocol):
    """Reads what was paid, by day and resource."""

    def daily_costs(self, *, start: date, end: date) -> Iterable[DailyCost]:
        """Rows with `start <= day < end`, only days whose figures are final."""
        ...


class DailyMetric(Protocol):
    """Counts something by day, from PromQL or a simulation: requests, orders, messages."""

    def daily(self, query: str, *, start: date, end: date) -> Mapping[date, Decimal]:
        """The count of each UTC day with `start <= day < end`; days without samples are left out.

        `query` gives the count of the day that ends where it is evaluated:
        `sum(increase(http_requests_total[1d]))`.
        """
        ...


class BillReading(Protocol):
    """A bill that has been read and placed whole; its rows are fetched while it is open."""

    @property
    def days(self) -> Sequence[BillDay]:
        """The bill's own totals, oldest first."""
        ...

    def rows(self, day: date) -> Iterable[AllocatedCost]:
        """Where the lines of one day landed; they add up to its totals."""
        ...

    def judged(self) -> Iterable[DailyCost]:
        """What verification judges: containers by their share, node groups and volumes."""
        ...

    def rates(self) -> BillRates:
        """What machines and resources cost on its newest days, with the evidence."""
        ...


class AllocatingBill(Protocol):
    """Reads a bill and places each of its lines."""

    @property
    def name(self) -> str:
        """What its days are kept under."""
        ...

    @property
    def history_months(self) -> int:
        """How far back it is read once; 0 for no further than it may still change."""
        ...

    def pieces(self, *, start: date, end: date) -> Sequence[tuple[date, date]]:
        """How the days with `start <= day < end` are best read, the newest first."""
        ...

    def read(
        self, *, start: date, end: date, usage: Sequence[ContainerDay], today: date
    ) -> AbstractContextManager[BillReading]:
        """Everything with `start <= day < end`, split by that usage.

        Raises InvalidInput, with the place and the lines, for a bill that cannot be read or does
        not add up; then nothing of it may be kept. NoBill, where it has none of those days at all.
        """
        ...
