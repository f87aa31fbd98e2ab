"""The savings of some days: what stayed off the bill on them, what was proved, what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from finops.billing.periods import DayRange, read_period
from finops.domain.lifecycle import IN_FLIGHT, Status
from finops.domain.money import Saving, usd_between
from finops.domain.opportunity import OpportunityRecord
from finops.engine.parts import Parts
from finops.ledger.happened import Happened, happened

LARGEST = 5
_AGREED = IN_FLIGHT | {Status.VERIFIED}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSavings:
    """A team's, or everybody's, in days of UTC; US dollars.

    `kept_usd` is verified cash day by day, from each change's deployment on: what the bill of
    these days would have had on top. `verified` was proved within the days, in dollars a month.
    """

    period: DayRange
    team: str
    kept_usd: Decimal
    kept_before_usd: Decimal
    verified: Saving
    verified_count: int
    approved_count: int
    denied_count: int
    largest: tuple[OpportunityRecord, ...] = ()


def period_savings(parts: Parts, words: str, *, team: str = "") -> PeriodSavings:
    """The savings of `last month`, `30d`, `2026-10`, …; a `team` is everybody when empty.

    Raises InvalidInput for a period that is none, or has not begun.
    """
    now = parts.now()
    period = read_period(words, today=now.date())
    before = period.before()
    since, until = _midnight(before.start), _midnight(period.end)
    with parts.ledger.reading() as tx:
        rows = happened(tx.connection, since=since, until=until, team=team or None)
        new = [row for row in proved_in(rows, period) if row.realised]
        largest = tuple(tx.get(row.id) for row in new[:LARGEST])
    sums = summed(rows, period=period, before=before, team=team, now=now)
    return replace(sums, largest=largest)


def proved_in(rows: Sequence[Happened], period: DayRange) -> list[Happened]:
    """Those whose verdict came within the period, the largest first."""
    start, end = _midnight(period.start), _midnight(period.end)
    new = [
        row
        for row in rows
        if row.status is Status.VERIFIED and row.verified_at and start <= row.verified_at < end
    ]
    return sorted(new, key=lambda row: (-row.realised.larger_usd_per_month, row.id))


def summed(
    rows: Sequence[Happened], *, period: DayRange, before: DayRange, team: str, now: datetime
) -> PeriodSavings:
    """The sums; of a period that goes on, what was kept until `now`."""
    start, end = _midnight(period.start), _midnight(period.end)
    proved = [row for row in rows if row.status is Status.VERIFIED]
    new = proved_in(rows, period)
    decided = [row for row in rows if row.decided_at and start <= row.decided_at < end]
    return PeriodSavings(
        period=period,
        team=team,
        kept_usd=_kept(proved, start, min(end, now)),
        kept_before_usd=_kept(proved, _midnight(before.start), _midnight(before.end)),
        verified=sum((row.realised for row in new), Saving()),
        verified_count=len(new),
        approved_count=sum(row.status in _AGREED for row in decided),
        denied_count=sum(row.status is Status.DENIED for row in decided),
    )


def _kept(proved: Sequence[Happened], since: datetime, until: datetime) -> Decimal:
    return sum((_kept_by(row, since, until) for row in proved), Decimal(0))


def _kept_by(row: Happened, since: datetime, until: datetime) -> Decimal:
    began = row.implemented_at or row.verified_at or until
    return usd_between(row.realised.cashable_usd_per_month, max(began, since), until)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
