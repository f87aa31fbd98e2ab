"""A savings report as a frozen value. Cash and room are never added; stages stay three figures."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.money import Saving, to_cents

# The promise: 30 % of the bill in 30 days, counted in verified cash.
PROMISED_SHARE = Decimal("0.30")
NOTHING = Saving()


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
    """What one team should do by when, in a sentence, and what it is worth."""

    team: str
    due: date
    sentence: str
    worth: Saving


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsReport:
    """What leaders read: the takeaway, the totals, who holds what, and what to do next.

    `share_of_bill` is verified cashable ÷ the bill before it (0-1), None without a bill.
    `joint_cash_usd_per_month` is what the right-sizings that are offered or in flight take off the
    bill when all of them are applied; it is in no total, because none of them does it alone.
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

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON: money as text with cents, dates as ISO 8601, shares as text."""
        return {key: _plain(value, key) for key, value in asdict(self).items()}


def _plain(value: object, key: str = "") -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, key) for inner in value]
    if isinstance(value, Decimal):
        return str(to_cents(value)) if "usd" in key else str(value.quantize(Decimal("0.0001")))
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value
