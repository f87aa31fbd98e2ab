"""What `finops doctor` asks of the bill file: its columns, its days, how old the newest is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from finops.billing.daily_costs import BillFile
from finops.domain.checks import Area, Check
from finops.domain.errors import InvalidInput

_AREA = Area("Bill")
# FOCUS exports are written once a day and settle within two; a week is a broken export.
STALE_DAYS = 5
_FIX = "Export FOCUS 1.0 as CSV (AWS Data Exports) and name the file under bill: focus_csv."


@dataclass(frozen=True, slots=True)
class BillChecks:
    """One FOCUS CSV file, read whole (Checked)."""

    bill: BillFile
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def check(self) -> Sequence[Check]:
        """Whether every row can be read, and which days there are."""
        try:
            rows = self.bill.daily_costs(start=date.min, end=date.max)
            days = [cost.day for cost in rows]
        except InvalidInput as error:
            return (_AREA.failed("file", str(error), fix=_FIX),)
        return (days_check(days, today=self.now().date()),)


def days_check(days: Sequence[date], *, today: date) -> Check:
    """How far the bill reaches; verdicts wait for days that are not there."""
    if not days:
        return _AREA.failed("days", "there is no row of usage in it", fix=_FIX)
    newest, age = max(days), (today - max(days)).days
    detail = f"{min(days)} to {newest}: days {len(set(days))}, rows {len(days):,}"
    if age > STALE_DAYS:
        fix = "See why the export stopped: savings are judged only up to its newest day."
        return _AREA.warning("days", f"{detail}; the newest is {age} days old", fix=fix)
    return _AREA.ok("days", detail)
