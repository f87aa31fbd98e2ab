"""What a report knows beyond its records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from finops.domain.currency import DOLLARS, Currency
from finops.reports.bill_context import BillContext
from finops.reports.report import AuditFacts

VERIFY_AFTER_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a report knows beyond its records.

    `asked` is when the owner of an opportunity was asked, by its id; `owners` whom a team's
    recommendation names; `people` what those are called who decided, by id. `now` is the moment of
    the records; the period's end when not given. `currency` is what it is told in.
    """

    now: datetime | None = None
    bill: BillContext | None = None
    audit: AuditFacts | None = None
    asked: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    verify_after: timedelta = timedelta(days=VERIFY_AFTER_DAYS)
    currency: Currency = DOLLARS
