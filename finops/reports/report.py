"""A savings report as a frozen value. Cash and room are never added; stages stay three figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from finops.domain.currency import DOLLARS, Currency
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.money import Saving, to_cents
from finops.reports.bill_context import BillContext
from finops.reports.delivery_facts import DeliveryFacts
from finops.reports.display_columns import with_currency
from finops.reports.lines import ReportLine
from finops.reports.money_facts import MoneyFacts

# The promise: 30 % of the bill in 30 days, counted in verified cash.
PROMISED_SHARE = Decimal("0.30")
NOTHING = Saving()
# What JSON keeps of the lists of lines; the CSV has them all.
MOST_LINES_IN_JSON = 20
_NOT_IN_JSON = frozenset({"lines", "bill", "currency"})


class Edition(StrEnum):
    """For whom a report is made: `leaders` is the one that everybody reads."""

    LEADERS = "leaders"
    CFO = "cfo"
    CTO = "cto"

    @property
    def words(self) -> str:
        """`CFO edition`; nothing for the common one."""
        return "" if self is Edition.LEADERS else f"{self.value.upper()} edition"


class PeriodKind(StrEnum):
    """How long a report looks back."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


def named(team: str) -> str:
    """A team as leaders read it: work that nobody owns has no team."""
    return "no team" if team == UNKNOWN_TEAM else team


@dataclass(frozen=True, slots=True)
class Period:
    """The days a report is about: `start <= day < end`."""

    kind: PeriodKind
    start: date
    end: date

    @property
    def noun(self) -> str:
        """`week` or `month`."""
        return "week" if self.kind is PeriodKind.WEEKLY else "month"

    @property
    def words(self) -> str:
        """`week to 23 November 2026`, and a whole calendar month by its name: `November 2026`."""
        if self.start.day == 1 and self.end == first_of_next_month(self.start):
            return f"{self.start:%B %Y}"
        return f"{self.noun} to {self.end.day} {self.end:%B %Y}"


def first_of_next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def period_before(kind: PeriodKind, end: date) -> Period:
    """The seven days before `end`, or the thirty."""
    days = 7 if kind is PeriodKind.WEEKLY else 30
    return Period(kind, end - timedelta(days=days), end)


def month_before(day: date) -> Period:
    """The calendar month before that of `day`.

    >>> month_before(date(2026, 12, 1)).words
    'November 2026'
    """
    end = day.replace(day=1)
    return Period(PeriodKind.MONTHLY, (end - timedelta(days=1)).replace(day=1), end)


@dataclass(frozen=True, slots=True)
class Tally:
    """Savings and counts of a group of opportunities, by how sure the money is.

    *Verified* is what the bill showed, *in flight* what people agreed to and is on its way,
    *offered* what waits for a decision.
    """

    name: str = ""
    verified: Saving = NOTHING
    in_flight: Saving = NOTHING
    offered: Saving = NOTHING
    verified_count: int = 0
    in_flight_count: int = 0
    offered_count: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is neither money nor an opportunity."""
        return not (self.verified_count or self.in_flight_count or self.offered_count)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Where things stood at the end of `day`, in US dollars a month."""

    day: date
    verified_cashable_usd_per_month: Decimal
    offered_cashable_usd_per_month: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One opportunity in a list of a report."""

    opportunity_id: str
    label: str
    team: str
    kind: str
    status: str
    saving: Saving
    sentence: str
    pull_request_url: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What one team should do by when, in a sentence, and what it is worth.

    `owner` is the person or user group of the team, where one is known. `action` and `gain` are
    the parts of the sentence, for surfaces that mention people and write dates their own way.
    """

    team: str
    due: date
    sentence: str
    worth: Saving
    owner: str = ""
    action: str = ""
    gain: str = ""


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """How the audit log stands: whether its chain of hashes holds, and its newest hash."""

    rows: int
    newest_hash: str
    is_intact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsReport:
    """What leaders read: the takeaway, the totals, who holds what, and what to do next.

    `share_of_bill` is verified cashable ÷ the bill before it (0-1), None without a bill.
    `joint_cash_usd_per_month` is what the right-sizings that are offered or in flight take off the
    bill when all of them are applied; it is in no total, because none of them does it alone.
    `lines` are what every sum is made of; `made_at` is when they were read. All amounts are US
    dollars; `currency` is what they are told in.
    """

    period: Period
    headline: str
    totals: Tally
    verified_in_period: Saving
    joint_cash_usd_per_month: Decimal = Decimal(0)
    bill_usd_per_month: Decimal | None = None
    share_of_bill: Decimal | None = None
    promised_share: Decimal = PROMISED_SHARE
    previous: Tally | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    by_team: tuple[Tally, ...] = ()
    by_kind: tuple[Tally, ...] = ()
    by_cluster: tuple[Tally, ...] = ()
    top: tuple[Line, ...] = ()
    reversed: tuple[Line, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    trend: tuple[TrendPoint, ...] = ()

    made_at: datetime | None = None
    bill: BillContext | None = None
    money: MoneyFacts | None = None
    delivery: DeliveryFacts | None = None
    audit: AuditFacts | None = None
    lines: tuple[ReportLine, ...] = ()
    currency: Currency = DOLLARS

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON: money as text with cents, dates as ISO 8601, shares as text.

        The lines behind it are in the CSV; of the bill here are the sums. Beside each amount in
        dollars stands the one in another display currency, and `currency` says the rate.
        """
        kept = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _NOT_IN_JSON}
        plain = {key: _plain(value, key) for key, value in kept.items()} | {
            "bill": _bill_json(self.bill)
        }
        return with_currency(plain, self.currency)


def _bill_json(bill: BillContext | None) -> object:
    if bill is None:
        return None
    values = {
        "usd_in_period": bill.usd_in_period,
        "days_on_the_bill": len(bill.days),
        "days_in_period": bill.days_in_period,
        "run_rate_usd_per_month": bill.run_rate_usd_per_month,
        "change_of_mean_day": bill.change_of_mean_day,
        "base_usd_per_month": bill.base_usd_per_month,
    }
    return {key: _plain(value, key) for key, value in values.items()}


def _plain(value: object, key: str = "") -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name), f.name) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        is_lines = bool(value) and isinstance(value[0], ReportLine)
        return [_plain(inner, key) for inner in value[: MOST_LINES_IN_JSON if is_lines else None]]
    return _plain_scalar(value, key)


def _plain_scalar(value: object, key: str) -> object:
    if isinstance(value, Decimal):
        return str(to_cents(value)) if "usd" in key else str(value.quantize(Decimal("0.0001")))
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value
