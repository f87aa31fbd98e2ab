"""The simulated invoice as the engine reads bills: whole, with each line in its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from finops.domain.billed_rates import BillRates
from finops.domain.costs import AllocatedCost, BillDay, ContainerDay
from finops.domain.verdict import DailyCost
from finops.ledger.bill_writing import replace_days
from finops.savings_ledger import SavingsLedger
from sandbox.estate.invoice import SimulatedInvoice

BILL = "bill"
# Two whole months before this one, so that `last month` has something to be compared with.
HISTORY_DAYS = 93


@dataclass(frozen=True, slots=True)
class Reading:
    """Days that were read (a BillReading); verification has a bill of its own."""

    days: Sequence[BillDay]
    allocated: Mapping[date, Sequence[AllocatedCost]]

    def rows(self, day: date) -> Iterable[AllocatedCost]:
        """Where the lines of one day landed."""
        return self.allocated[day]

    def judged(self) -> Iterable[DailyCost]:
        """Nothing."""
        return ()

    def rates(self) -> BillRates:
        """None: the simulated price list is what the simulated invoice is written by."""
        return BillRates(why_none="the demo's prices are those of its own list")


@dataclass(frozen=True, slots=True)
class AllocatedInvoice:
    """An AllocatingBill; who ran where is known to the simulation, so nobody's hours are needed."""

    invoice: SimulatedInvoice
    name: str = BILL
    history_months: int = 0

    def pieces(self, *, start: date, end: date) -> Sequence[tuple[date, date]]:
        """All at once."""
        return [(start, end)]

    @contextmanager
    def read(
        self, *, start: date, end: date, usage: Sequence[ContainerDay], today: date
    ) -> Iterator[Reading]:
        """Everything up to yesterday."""
        days = list(self.invoice.days(start=start, end=min(end, today)))
        yield Reading([day for day, _ in days], {day.day: rows for day, rows in days})

    def keep_history(self, ledger: SavingsLedger, *, today: date) -> None:
        """What a bot that has been here for three months has read by now."""
        days = list(self.invoice.days(start=today - timedelta(days=HISTORY_DAYS), end=today))
        rows = [row for _, allocated in days for row in allocated]
        with ledger.bookkeeping() as connection:
            replace_days(
                connection, self.name, [day for day, _ in days], rows, now=datetime.now(UTC)
            )
