"""What `finops doctor` asks of a bill: its format, days and currencies, and spellings of teams."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from finops.billing.bill_source import BillSource
from finops.billing.tag_values import propose
from finops.domain.checks import Area, Check
from finops.domain.costs import BillDay
from finops.domain.errors import FinOpsError

_LOOK_BACK_DAYS = 35
_STALE_DAYS = 5
# Days of the future are a broken clock, and are shown.
_FAR = date(9000, 1, 1)
_MOST_PROPOSALS = 5
_FIX = (
    "Export CUR 2.0 or FOCUS 1.x with resource ids (AWS Data Exports) and name it under bill: "
    "files or bill: athena."
)


@dataclass(frozen=True, slots=True)
class BillSourceChecks:
    """One bill (Checked). Files are read and placed whole; Athena, which costs, is only looked at.

    `team_names` are the teams' names and aliases.
    """

    source: BillSource
    team_names: Collection[str] = ()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def check(self) -> Sequence[Check]:
        """Whether it can be read, adds up, is whole and fresh."""
        area = Area("Bill")
        try:
            return list(self._look(area) if self.source.athena else self._read(area))
        except FinOpsError as error:
            return [area.failed("reading", str(error), fix=_FIX)]

    def _look(self, area: Area) -> Iterator[Check]:
        today = self.now().date()
        with self.source.opened(start=today, end=today + timedelta(days=1)) as bill:
            yield area.ok("columns", f"{bill.layout.format} in Athena")
            if bill.partitions == "TRUE":
                fix = "Partition it by billing_period, or by year and month."
                yield area.warning("partitions", "each reading scans the whole table", fix=fix)

    def _read(self, area: Area) -> Iterator[Check]:
        today = self.now().date()
        start = (today - timedelta(days=_LOOK_BACK_DAYS)).replace(day=1)
        with self.source.read(start=start, end=_FAR, today=today) as bill:
            yield area.ok("columns", f"{bill.format}; every day adds up")
            yield from days_checks(bill.days, today=today, area=area)
            yield from _team_checks(bill.team_costs(), self.team_names, area)


def days_checks(days: Sequence[BillDay], *, today: date, area: Area) -> Iterator[Check]:
    """How far the bill reaches, whether days are missing, and whether currencies are mixed."""
    if not days:
        yield area.failed("days", "there is no line of the last month in it", fix=_FIX)
        return
    seen = {day.day for day in days}
    first, last = min(seen), max(seen)
    detail = f"{first} to {last}: days {len(seen)}, lines {sum(d.lines for d in days):,}"
    missing = [
        d for n in range((last - first).days) if (d := first + timedelta(days=n)) not in seen
    ]
    if missing:
        fix = "See whether the export was interrupted: what is missing is not in any total."
        detail += f"; {len(missing)} days are missing, the first is {missing[0]}"
        yield area.warning("days", detail, fix=fix)
    elif (age := (today - last).days) > _STALE_DAYS:
        fix = "See why the export stopped: costs are known only up to its newest day."
        yield area.warning("days", f"{detail}; the newest is {age} days old", fix=fix)
    else:
        yield area.ok("days", detail)
    currencies = sorted({day.currency for day in days})
    if len(currencies) > 1:
        yield area.ok("currencies", f"{', '.join(currencies)}: shown apart, never added together")


def _team_checks(costs: dict[str, Decimal], known: Collection[str], area: Area) -> Iterator[Check]:
    for proposal in propose(costs, known)[:_MOST_PROPOSALS]:
        fix = f"If so, add {', '.join(proposal.others)} to teams: {proposal.name}: aliases."
        yield area.warning("team tags", str(proposal), fix=fix)
