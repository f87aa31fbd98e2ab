"""A bill's file as a source of rates that is read again when it changes."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from finops.billing.bill_rates import BillRates, rates_of
from finops.billing.focus_lines import FocusLines
from finops.domain.checks import Check, Outcome
from finops.domain.errors import InvalidInput


@dataclass(slots=True)
class BillRateFile:
    """The rates of a FOCUS CSV file; read at the first question and again whenever it has changed.

    A file that cannot be read leaves the rates that were known; `problem` says why.
    """

    path: Path
    problem: str = ""
    _stamp: tuple[int, int] | None = None
    _rates: BillRates = field(default_factory=BillRates)
    _unreadable: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def rates(self) -> BillRates:
        """The rates of the file as it is now."""
        with self._lock:
            stamp = self._stamp_now()
            if stamp is not None and stamp != self._stamp:
                self._stamp = stamp
                self._read()
            return self._rates

    def check(self) -> list[Check]:
        """How many machines have a rate of their own, from which day."""
        rates = self.rates()
        return [_check(self.path, rates, problem=self.problem, unreadable=self._unreadable)]

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError as error:
            self.problem = f"{self.path} cannot be read: {error.strerror}."
            return None
        return status.st_mtime_ns, status.st_size

    def _read(self) -> None:
        lines = FocusLines(self.path)
        try:
            self._rates = rates_of(lines)
        except InvalidInput as error:
            self.problem = str(error)
        else:
            self.problem, self._unreadable = "", lines.unreadable


def _check(path: Path, rates: BillRates, *, problem: str, unreadable: int) -> Check:
    detail = (
        f"{len(rates.instances)} machines and {len(rates.types)} instance types have a rate of "
        f"their own; the newest day is {rates.newest_day}"
    )
    passed_over = unreadable + rates.ignored_lines
    if passed_over:
        detail += f"; {passed_over} lines were passed over (unreadable, or dearer than their list)"
    outcome, fix = Outcome.OK, ""
    if problem:
        outcome, fix = Outcome.FAILED, problem
    elif not rates.instances:
        outcome = Outcome.WARNING
        fix = "Export FOCUS with ResourceId and x_UsageType, by the day or the hour."
    return Check(
        area="Prices", subject=f"bill {path}", outcome=outcome, detail=f"{detail}.", fix=fix
    )
