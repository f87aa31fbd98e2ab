"""The simulated bill as the engine reads it: what is judged, and the invoice behind it kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from finops.domain.verdict import DailyCost
from finops.ledger.costs import replace_days
from finops.savings_ledger import SavingsLedger
from sandbox.estate.invoice import SimulatedInvoice
from sandbox.estate.sources import SimulatedBill

BILL = "bill"
# Two whole months before this one, so that `last month` has something to be compared with.
FIRST_DAYS = 93


@dataclass(slots=True)
class KeptBill:
    """A BillSource that keeps the whole invoice in the ledger whenever it is read."""

    bill: SimulatedBill
    invoice: SimulatedInvoice
    ledger: SavingsLedger
    is_first: bool = True

    def daily_costs(self, *, start: date, end: date) -> Iterator[DailyCost]:
        """What verification judges."""
        self.keep(start=end - timedelta(days=FIRST_DAYS) if self.is_first else start, end=end)
        self.is_first = False
        return self.bill.daily_costs(start=start, end=end)

    def keep(self, *, start: date, end: date) -> None:
        """Put the invoice of these days into the ledger."""
        days = list(self.invoice.days(start=start, end=end))
        rows = [row for _, allocated in days for row in allocated]
        now = datetime.now(UTC)
        with self.ledger.bookkeeping() as connection:
            replace_days(connection, BILL, [day for day, _ in days], rows, now=now)
