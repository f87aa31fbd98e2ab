"""What `finops doctor` asks of a bill: its format, days and currencies, and spellings of teams."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from finops.billing.allocated_bill import BillEngine
from finops.billing.bill_source import BillSource
from finops.billing.bill_statements import DAY_TYPES, statements_of
from finops.billing.tag_values import propose
from finops.domain.checks import Area, Check
from finops.domain.costs import BillDay
from finops.domain.errors import FinOpsError, WillNeverWork

_LOOK_BACK_DAYS = 35
_STALE_DAYS = 5
# Days of the future are a broken clock, and are shown.
_FAR = date(9000, 1, 1)
_MOST_PROPOSALS = 5
_EXPORT = (
    "Export CUR 2.0 or FOCUS 1.x with resource ids (AWS Data Exports), or let `finops init` find "
    "what is exported, and name it under bill: files or bill: athena."
)
_ALLOW = (
    "Allow it to whoever reads the bill (bill: aws): deploy/aws-iam-policy.json has the "
    "statements, and docs/billing.md what to put into them."
)


@dataclass(frozen=True, slots=True)
class BillSourceChecks:
    """One bill (Checked). Files are read and placed whole; in Athena days are only counted.

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
        except WillNeverWork as error:
            return [area.failed("reading", str(error), fix=_ALLOW)]
        except FinOpsError as error:  # its sentence names the fix
            return [area.failed("reading", str(error), fix="")]

    def _look(self, area: Area) -> Iterator[Check]:
        """In Athena two columns of two months are read: it shows that a query may be run."""
        today = self.now().date()
        start, end = _month_before(today), today + timedelta(days=1)
        with self.source.opened(start=start, end=end) as bill:
            found = list(counted_days(bill, start=start, end=end))
            yield area.ok("reading", f"{bill.layout.format} in Athena can be queried")
            yield from days_checks(found, today=today, area=area)
            if bill.partitions == "TRUE":
                fix = "Partition it by billing_period, or by year and month."
                yield area.warning("partitions", "each reading scans the whole table", fix=fix)

    def _read(self, area: Area) -> Iterator[Check]:
        today = self.now().date()
        start = _month_before(today)
        with self.source.read(start=start, end=_FAR, today=today) as bill:
            yield area.ok("reading", f"{bill.format} can be read, and every day adds up")
            yield from days_checks(bill.days, today=today, area=area)
            yield from _team_checks(bill.team_costs(), self.team_names, area)


def _month_before(today: date) -> date:
    return (today - timedelta(days=_LOOK_BACK_DAYS)).replace(day=1)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """How many lines a bill has on a day in a currency."""

    day: date
    currency: str
    lines: int


def counted_days(bill: BillEngine, *, start: date, end: date) -> Iterator[CountedDay]:
    """The days of a bill, without reading what they cost; raises as reading would."""
    statement = statements_of(bill.layout, team_keys=(), partitions=bill.partitions).days
    bill.keep("seen_days", statement, types=DAY_TYPES, start=start, end=end)
    rows = bill.connection.execute(
        "SELECT day, currency, lines FROM seen_days WHERE day IS NOT NULL"
    )
    for day, currency, lines in rows.fetchall():
        yield CountedDay(day, currency, lines)


def days_checks(
    days: Sequence[BillDay | CountedDay], *, today: date, area: Area
) -> Iterator[Check]:
    """How far the bill reaches, how old its newest day is, and whether days are missing."""
    if not days:
        yield area.failed("days", "there is no line of this month or the last in it", fix=_EXPORT)
        return
    seen = {day.day for day in days}
    first, last = min(seen), max(seen)
    lines = sum(day.lines for day in days)
    detail = f"{first} to {last} ({_age(last, today)}): days {len(seen)}, lines {lines:,}"
    missing = [
        d for n in range((last - first).days) if (d := first + timedelta(days=n)) not in seen
    ]
    if missing:
        fix = "See whether the export was interrupted: what is missing is not in any total."
        detail += f"; {len(missing)} days are missing, the first is {missing[0]}"
        yield area.warning("days", detail, fix=fix)
    elif (today - last).days > _STALE_DAYS:
        fix = "See why the export stopped: costs are known only up to its newest day."
        yield area.warning("days", detail, fix=fix)
    elif last > today:
        fix = "See whose clock is wrong: nothing is read of days to come."
        yield area.warning("days", detail, fix=fix)
    else:
        yield area.ok("days", detail)
    currencies = sorted({day.currency for day in days})
    if len(currencies) > 1:
        yield area.ok("currencies", f"{', '.join(currencies)}: shown apart, never added together")


def _age(newest: date, today: date) -> str:
    """`the newest is of yesterday`, as people count."""
    days = (today - newest).days
    if days < 0:
        return "the newest is in the future"
    if days <= 1:
        return f"the newest is of {'yesterday' if days else 'today'}"
    return f"the newest is {days} days old"


def _team_checks(costs: dict[str, Decimal], known: Collection[str], area: Area) -> Iterator[Check]:
    for proposal in propose(costs, known)[:_MOST_PROPOSALS]:
        fix = f"If so, add {', '.join(proposal.others)} to teams: {proposal.name}: aliases."
        yield area.warning("team tags", str(proposal), fix=fix)
