"""A bill's file as a source of rates that is read again when it changes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from finops.billing.bill_rates import BillRates, rates_of
from finops.billing.focus_lines import FocusLines
from finops.domain.checks import Check, Outcome
from finops.domain.errors import InvalidInput

MAX_AGE = timedelta(days=45)


@dataclass(slots=True)
class BillRateFile:
    """The rates of a FOCUS CSV file; read at the first question and again whenever it has changed.

    A file that cannot be read leaves the rates that were known; `problem` says why. Rates older
    than 45 days are not used: commitments end, and prices are cut.
    """

    path: Path
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    problem: str = ""
    _stamp: tuple[int, int] | None = None
    _rates: BillRates = field(default_factory=BillRates)
    _unreadable: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def rates(self) -> BillRates:
        """The rates of the file as it is now; none when its newest day is too old."""
        self._refresh()
        return BillRates() if self._is_old() else self._rates

    def check(self) -> list[Check]:
        """How many machines have a rate of their own, from which day."""
        self._refresh()
        outcome, fix = Outcome.OK, ""
        if self.problem:
            outcome, fix = Outcome.FAILED, self.problem
        elif self._is_old():
            outcome = Outcome.WARNING
            fix = f"Export the bill anew: rates older than {MAX_AGE.days} days are not used."
        elif not self._rates.instances:
            outcome = Outcome.WARNING
            fix = "Export FOCUS with ResourceId and x_UsageType, by the day or the hour."
        return [
            Check(
                area="Prices",
                subject=f"bill {self.path}",
                outcome=outcome,
                detail=_found(self._rates, self._unreadable),
                fix=fix,
            )
        ]

    def _is_old(self) -> bool:
        newest = self._rates.newest_day
        return newest is not None and newest < (self.clock() - MAX_AGE).date()

    def _refresh(self) -> None:
        with self._lock:
            try:
                status = self.path.stat()
            except OSError as error:
                self._stamp = None
                self.problem = f"{self.path} cannot be read: {error.strerror}."
                return
            stamp = status.st_mtime_ns, status.st_size
            if stamp != self._stamp:
                self._stamp = stamp
                self._read()

    def _read(self) -> None:
        lines = FocusLines(self.path)
        try:
            self._rates = rates_of(lines)
        except InvalidInput as error:
            self.problem = str(error)
        else:
            self.problem, self._unreadable = "", lines.unreadable


def _found(rates: BillRates, unreadable: int) -> str:
    if rates.newest_day is None:
        return "No line of it gives a price."
    passed_over = unreadable + rates.ignored_lines
    broken = f"; {passed_over} lines were passed over as unreadable or implausible"
    return (
        f"{len(rates.instances)} machines have a rate of their own, {len(rates.types)} types a "
        f"mean; the newest day is {rates.newest_day}{broken if passed_over else ''}."
    )
