"""Reports from the ledger: the records, the bill, and how the verified cash grew."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Directory
from finops.engine.parts import Parts
from finops.engine.proving import BILLED
from finops.engine.refusals import PATIENCE_SECONDS
from finops.engine.rights import known_people
from finops.ledger import audit, history, opportunities
from finops.ledger.costs import bill_days
from finops.report_generator import (
    AuditFacts,
    Chart,
    Context,
    Edition,
    Period,
    PeriodKind,
    SavingsReport,
    Tally,
    TrendPoint,
    build_report,
    charts_for,
)
from finops.reports.bill_context import BillContext, BillDay, bill_context
from finops.reports.report import period_before

SCOPE = "all"
TREND_WEEKS = 12
# Reports of former versions ended at the hour they were made.
_SLACK = timedelta(days=1)


def make_report(
    parts: Parts, kind: PeriodKind, *, now: datetime, period: Period | None = None
) -> SavingsReport:
    """The report of a period, by default of the days up to `now`, kept in the ledger.

    Its stages are as they stand at `now`; only what it says of the period and of the bill is the
    period's.
    """
    span = period or period_before(kind, now.date())
    with parts.ledger.reading() as tx:
        records = opportunities.find_brief(tx.connection)
        context = _context(tx.connection, parts, records, period=span, now=now)
        previous = _previous(tx.connection, span, now)
    report = build_report(
        records,
        period=span,
        bill_usd_per_month=context.bill.base_usd_per_month if context.bill else None,
        trend=trend_of(records, until=now.date()),
        previous=previous,
        context=context,
    )
    _keep(parts, report, now)
    return report


def ask_for_report(
    parts: Parts, kind: PeriodKind, edition: Edition, *, user: str, now: datetime
) -> bool:
    """Have a report sent to one person; False when the same was asked for within the minute."""
    minute = now.replace(second=0, microsecond=0).isoformat()
    with parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx:
        return tx.enqueue(
            kind=IntentKind.POST_DIGEST,
            subject=f"report/{user}",
            idempotency_key=f"report:{user}:{kind.value}:{edition.value}:{minute}",
            payload={
                "user": user,
                "kind": kind.value,
                "edition": edition.value,
                "period_end": minute,
            },
        )


def charts_of(report: SavingsReport, edition: Edition) -> tuple[Chart, ...]:
    """The charts of an edition as PNG with alt text."""
    return charts_for(report, edition)


def owners_of(directory: Directory) -> dict[str, str]:
    """Whom a recommendation names: a team's first owner, or else its user group."""
    named = {team.name: next(iter(team.owners), team.user_group) for team in directory.teams}
    return {name: owner for name, owner in named.items() if owner}


def _context(
    connection: Connection,
    parts: Parts,
    records: Sequence[OpportunityRecord],
    *,
    period: Period,
    now: datetime,
) -> Context:
    checked = audit.check(connection)
    return Context(
        now=now,
        bill=_bill(connection, records, period),
        audit=AuditFacts(checked.rows, checked.newest_hash, checked.is_intact),
        asked=audit.times_of(connection, action=Status.NOTIFIED),
        owners=owners_of(parts.directory),
        people=known_people(connection),
        verify_after=timedelta(days=parts.pace.verify_after_days),
        currency=parts.currency,
    )


def _bill(
    connection: Connection, records: Sequence[OpportunityRecord], period: Period
) -> BillContext | None:
    days = _whole_bill(connection) or [
        BillDay(*row) for row in history.daily_totals(connection, category=BILLED)
    ]
    if not days:
        return None
    first = min((r.opportunity.detected_at.date() for r in records), default=period.end)
    return bill_context(days, start=period.start, end=period.end, first_finding=first)


def _whole_bill(connection: Connection) -> list[BillDay]:
    """The invoice by day where one was read; else only what is known of its resources is left."""
    sums: dict[date, Decimal] = {}
    for _, billed in bill_days(connection, start=date.min, end=date.max):
        if billed.currency == "USD":
            sums[billed.day] = sums.get(billed.day, Decimal(0)) + billed.effective_cost
    return [BillDay(day, usd) for day, usd in sorted(sums.items())]


def _previous(connection: Connection, period: Period, now: datetime) -> Tally | None:
    """The totals of the report before this period."""
    until = datetime.combine(period.start, time(), tzinfo=now.tzinfo) + _SLACK
    kept = history.report_before(connection, kind=period.kind.value, scope=SCOPE, until=until)
    return _tally_from(kept["totals"]) if kept else None


def _tally_from(kept: Mapping[str, Mapping[str, str]]) -> Tally:
    def saving(stage: str) -> Saving:
        money = kept[stage]
        cash, room = money["cashable_usd_per_month"], money["freed_usd_per_month"]
        return Saving(Decimal(cash), Decimal(room))

    return Tally(
        verified=saving("verified"), in_flight=saving("in_flight"), offered=saving("offered")
    )


def _keep(parts: Parts, report: SavingsReport, now: datetime) -> None:
    period = report.period
    with parts.ledger.transaction() as tx:
        history.save_report(
            tx.connection,
            now=now,
            kind=period.kind.value,
            scope=SCOPE,
            # A day is the key: the report of a day replaces the one made an hour before.
            period_start=datetime.combine(period.start, time(), tzinfo=now.tzinfo),
            period_end=datetime.combine(period.end, time(), tzinfo=now.tzinfo),
            report=report.as_dict(),
        )


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
