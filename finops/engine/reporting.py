"""Reports from the ledger: the records, the bill, and how the verified cash grew."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from finops.domain.money import DAYS_PER_MONTH
from finops.domain.opportunity import OpportunityRecord
from finops.domain.verdict import DailyCost
from finops.engine.parts import Parts
from finops.ledger import history
from finops.ledger.costs import bill_days
from finops.report_generator import (
    Chart,
    Period,
    PeriodKind,
    SavingsReport,
    TrendPoint,
    build_report,
    savings_by_team_chart,
    verified_trend_chart,
)

DAYS = {PeriodKind.WEEKLY: 7, PeriodKind.MONTHLY: 30}
TREND_WEEKS = 12
BILL_DAYS = 30


def make_report(parts: Parts, kind: PeriodKind, *, end: datetime) -> SavingsReport:
    """The report of the period that ends at `end`, kept in the ledger."""
    start = end - timedelta(days=DAYS[kind])
    with parts.ledger.reading() as tx:
        records = tx.find()
        first = min((r.opportunity.detected_at for r in records), default=end).date()
        bill = _bill_usd_per_month(tx.connection, first - timedelta(days=BILL_DAYS), first)
    report = build_report(
        records,
        period=Period(kind=kind, start=start.date(), end=end.date()),
        bill_usd_per_month=bill,
        trend=trend_of(records, until=end.date()),
    )
    with parts.ledger.transaction() as tx:
        history.save_report(
            tx.connection,
            now=end,
            kind=kind.value,
            scope="all",
            # A day is the key: the report of a day replaces the one made an hour before.
            period_start=datetime.combine(start.date(), time(), tzinfo=start.tzinfo),
            period_end=end,
            report=report.as_dict(),
        )
    return report


def _bill_usd_per_month(connection: Connection, start: date, end: date) -> Decimal | None:
    """The whole bill where one was read; else what is known of its resources."""
    whole = [d for _, d in bill_days(connection, start=start, end=end) if d.currency == "USD"]
    days = {day.day for day in whole}
    if days:
        total = sum((day.effective_cost for day in whole), Decimal(0))
        return total / len(days) * DAYS_PER_MONTH
    known = history.costs(connection, start=start, end=end, category="billed")
    return monthly_cost(known)


def charts_of(report: SavingsReport) -> tuple[Chart, ...]:
    """The digest's charts as PNG with alt text."""
    return (savings_by_team_chart(report), verified_trend_chart(report))


def monthly_cost(rows: Sequence[DailyCost]) -> Decimal | None:
    """The mean day's cost of these rows as a month (× 730 ÷ 24); None without rows."""
    days = {row.day for row in rows}
    if not days:
        return None
    return sum((row.effective_cost for row in rows), Decimal(0)) / len(days) * DAYS_PER_MONTH


def trend_of(records: Sequence[OpportunityRecord], *, until: date) -> tuple[TrendPoint, ...]:
    """Verified cashable savings at the end of each of the last twelve weeks, cumulated."""
    if not records:
        return ()
    first = min(record.opportunity.detected_at.date() for record in records)
    days = [until - timedelta(weeks=weeks) for weeks in range(TREND_WEEKS, -1, -1)]
    return tuple(_point(records, day) for day in days if day >= first - timedelta(weeks=1))


def _point(records: Sequence[OpportunityRecord], day: date) -> TrendPoint:
    verified = [r for r in records if r.verified_at is not None and r.verified_at.date() <= day]
    return TrendPoint(
        day=day,
        verified_cashable_usd_per_month=sum(
            (r.realised.cashable_usd_per_month for r in verified), Decimal(0)
        ),
    )
