"""The rates of a bill as price lists ask for them: as they were learnt at its last reading."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from finops.domain.billed_rates import BillRates, BillRateStore
from finops.domain.checks import Check, Outcome
from finops.domain.errors import TryAgainLater

MAX_AGE = timedelta(days=45)
# A bill is read once a day; who asks for thousands of prices need not look so often.
_LOOK_AGAIN_SECONDS = 30.0


@dataclass(slots=True)
class KnownRates:
    """The rates of one bill. Threads share it; where the ledger is busy the known ones stay.

    Rates older than 45 days are not used: commitments end, and prices are cut.
    """

    store: BillRateStore
    bill: str = "bill"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _learnt_at: datetime | None = None
    _rates: BillRates = field(default_factory=BillRates)
    _look_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def rates(self) -> BillRates:
        """The rates as they are now; none when their newest day is too old."""
        with self._lock:
            if time.monotonic() >= self._look_at:
                self._look()
        return BillRates() if self._is_old() else self._rates

    def check(self) -> list[Check]:
        """How many machines have a rate of their own, from which day."""
        self.rates()
        outcome, fix = Outcome.OK, ""
        if self._learnt_at is None:
            outcome = Outcome.WARNING
            fix = "Run `finops cost --read`, or let the bot run: it reads the bill once a day."
        elif self._is_old():
            outcome = Outcome.WARNING
            fix = f"Export the bill anew: rates older than {MAX_AGE.days} days are not used."
        elif not self._rates.instances:
            outcome = Outcome.WARNING
            fix = "Export the bill with resource ids and usage types, by the day or the hour."
        return [
            Check(
                area="Prices",
                subject="bill" if self.bill == "bill" else f"bill {self.bill}",
                outcome=outcome,
                detail=_found(self._rates, is_read=self._learnt_at is not None),
                fix=fix,
            )
        ]

    def _is_old(self) -> bool:
        newest = self._rates.newest_day
        return newest is not None and newest < (self.clock() - MAX_AGE).date()

    def _look(self) -> None:
        try:
            learnt_at = self.store.learnt_at()
            if learnt_at is not None and learnt_at != self._learnt_at:
                self._rates, self._learnt_at = self.store.load(), learnt_at
        except TryAgainLater:
            return
        self._look_at = time.monotonic() + _LOOK_AGAIN_SECONDS


def _found(rates: BillRates, *, is_read: bool) -> str:
    if not is_read:
        return "It has not been read yet, so prices come from lists."
    if rates.newest_day is None:
        return f"It gives no price: {rates.why_none or 'no line of it is usable'}."
    few = f", {len(rates.too_few)} were seen too briefly" if rates.too_few else ""
    broken = f"; {rates.ignored_lines} lines were passed over as implausible"
    return (
        f"{len(rates.instances)} machines have a rate of their own, {len(rates.types)} types a "
        f"mean{few}; the newest day is {rates.newest_day}{broken if rates.ignored_lines else ''}."
    )
