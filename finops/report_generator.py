"""Builds the weekly or monthly savings report from ledger records. Pure; draws nothing.

Only verified cash counts towards the promise. Freed room is shown beside it and never added.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from finops.domain.currency import Currency
from finops.domain.lifecycle import IN_FLIGHT, OFFERED, Status
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from finops.domain.retelling import summary_in, verdict_in
from finops.pr_body import action_words
from finops.reports.charts import (
    Chart,
    charts_for,
    savings_by_team_chart,
    verified_trend_chart,
)
from finops.reports.context import Context
from finops.reports.delivery_facts import delivery_facts
from finops.reports.headline import headline_of
from finops.reports.lines import ReportLine
from finops.reports.money_facts import money_facts
from finops.reports.recommendations import recommendations_of, was_reversed
from finops.reports.report import (
    PROMISED_SHARE,
    AuditFacts,
    Edition,
    Line,
    Period,
    PeriodKind,
    Recommendation,
    SavingsReport,
    Tally,
    TrendPoint,
)

__all__ = [
    "PROMISED_SHARE",
    "AuditFacts",
    "Chart",
    "Context",
    "Edition",
    "Line",
    "Period",
    "PeriodKind",
    "Recommendation",
    "SavingsReport",
    "Tally",
    "TrendPoint",
    "build_report",
    "charts_for",
    "savings_by_team_chart",
    "verified_trend_chart",
]

TOP = 10


def build_report(
    records: Sequence[OpportunityRecord],
    *,
    period: Period,
    bill_usd_per_month: Decimal | None = None,
    trend: Sequence[TrendPoint] = (),
    previous: Tally | None = None,
    context: Context | None = None,
) -> SavingsReport:
    """Sum up records as they stand at the period's end.

    `bill_usd_per_month` is the bill before the savings; None when nobody knows it. `previous` are
    the totals of the report before, for the change in the headline. Empty records give an empty
    report with a headline that says so.
    """
    around = context or Context()
    now = around.now or datetime.combine(period.end, time(), tzinfo=UTC)
    lines = tuple(line_of(record, around) for record in records)
    totals = _tally("", records)
    cashable = totals.verified.cashable_usd_per_month
    share = cashable / bill_usd_per_month if bill_usd_per_month else None
    return SavingsReport(
        period=period,
        headline=headline_of(
            totals, period=period, share=share, previous=previous, currency=around.currency
        ),
        totals=totals,
        verified_in_period=_verified_in(records, period),
        joint_cash_usd_per_month=_joint_cash(records),
        bill_usd_per_month=bill_usd_per_month,
        share_of_bill=share,
        previous=previous,
        counts=_counts(records),
        by_team=_table(records, lambda r: r.opportunity.team),
        by_kind=_table(records, lambda r: r.opportunity.kind.words),
        by_cluster=_table(records, lambda r: r.opportunity.resource.cluster),
        top=_top(records, around.currency),
        reversed=tuple(_line(r, around.currency) for r in records if was_reversed(r)),
        recommendations=recommendations_of(
            records, today=now.date(), owners=around.owners, currency=around.currency
        ),
        trend=tuple(sorted(trend, key=lambda point: point.day)),
        made_at=now,
        bill=around.bill,
        money=money_facts(lines, until=now),
        delivery=delivery_facts(lines, now=now),
        audit=around.audit,
        lines=lines,
        currency=around.currency,
    )


def line_of(record: OpportunityRecord, around: Context) -> ReportLine:
    """The line of one opportunity."""
    found, verdict = record.opportunity, record.verdict
    judged_from = record.implemented_at and record.implemented_at + around.verify_after
    return ReportLine(
        opportunity_id=record.id,
        revision=found.revision,
        status=found.status,
        team=found.team,
        kind=found.kind.words,
        cluster=found.resource.cluster,
        namespace=found.resource.namespace,
        resource=found.resource.label,
        action=action_words(found),
        estimate=found.saving,
        realised=record.realised,
        cost_usd_per_month=found.cost_usd_per_month,
        is_for_reliability=found.kind.is_for_reliability,
        confidence=found.confidence,
        risk=found.risk,
        detected_at=found.detected_at,
        status_changed_at=record.status_changed_at,
        asked_at=_asked_before(around.asked.get(record.id, ()), record.decided_at),
        decided_at=record.decided_at,
        decided_by=record.decided_by,
        decided_by_name=around.people.get(record.decided_by, ""),
        merged_at=record.merged_at,
        implemented_at=record.implemented_at,
        judged_from=judged_from,
        verified_at=record.verified_at,
        verdict=str(verdict.get("verdict", "")),
        low_usd_per_month=_amount(verdict.get("low_usd_per_month")),
        high_usd_per_month=_amount(verdict.get("high_usd_per_month")),
        reason=str(verdict.get("sentence", "")) or record.status_reason,
        repository=record.repository,
        pull_request_number=record.pull_request_number,
        pull_request_url=record.pull_request_url,
    )


def _asked_before(asked: Sequence[datetime], decided: datetime | None) -> datetime | None:
    """When its owner was last asked before the decision."""
    before = [at for at in asked if decided is None or at <= decided]
    return max(before, default=None)


def _amount(value: object) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _tally(name: str, records: Sequence[OpportunityRecord]) -> Tally:
    verified = [r for r in records if r.status is Status.VERIFIED]
    in_flight = [r for r in records if r.status in IN_FLIGHT]
    offered = [r for r in records if r.status in OFFERED]
    return Tally(
        name=name,
        verified=sum((r.realised for r in verified), Saving()),
        in_flight=sum((r.opportunity.saving for r in in_flight), Saving()),
        offered=sum((r.opportunity.saving for r in offered), Saving()),
        verified_count=len(verified),
        in_flight_count=len(in_flight),
        offered_count=len(offered),
    )


def _joint_cash(records: Sequence[OpportunityRecord]) -> Decimal:
    """Each one's part, so that what was declined meanwhile is not promised."""
    coming = (r.opportunity.joint for r in records if r.status in (*OFFERED, *IN_FLIGHT))
    return sum((joint.share_usd_per_month for joint in coming if joint), Decimal(0))


def _table(
    records: Sequence[OpportunityRecord], key_of: Callable[[OpportunityRecord], str]
) -> tuple[Tally, ...]:
    """One row a group, most verified cash first, then what may still come; names break ties."""
    groups: dict[str, list[OpportunityRecord]] = {}
    for record in records:
        groups.setdefault(key_of(record), []).append(record)
    rows = [_tally(name, members) for name, members in groups.items()]
    return tuple(sorted((row for row in rows if not row.is_empty), key=_most_first))


def _most_first(row: Tally) -> tuple[Decimal, Decimal, Decimal, str]:
    verified, in_flight, offered = row.verified, row.in_flight, row.offered
    return (
        -verified.cashable_usd_per_month,
        -in_flight.cashable_usd_per_month - offered.cashable_usd_per_month,
        -verified.freed_usd_per_month - in_flight.freed_usd_per_month - offered.freed_usd_per_month,
        row.name,
    )


def _verified_in(records: Sequence[OpportunityRecord], period: Period) -> Saving:
    return sum(
        (
            r.realised
            for r in records
            if r.status is Status.VERIFIED
            and _is_in(period, r.verified_at and r.verified_at.date())
        ),
        Saving(),
    )


def _is_in(period: Period, day: date | None) -> bool:
    return day is not None and period.start <= day < period.end


def _counts(records: Sequence[OpportunityRecord]) -> dict[str, int]:
    found = Counter(record.status for record in records)
    return {status.value: found[status] for status in Status if found[status]}


def _top(records: Sequence[OpportunityRecord], currency: Currency) -> tuple[Line, ...]:
    """The largest that still wait for a decision."""
    waiting = [record for record in records if record.status in OFFERED]
    waiting.sort(key=lambda r: (-r.opportunity.saving.larger_usd_per_month, r.id))
    return tuple(_line(record, currency) for record in waiting[:TOP])


def _line(record: OpportunityRecord, currency: Currency) -> Line:
    opportunity = record.opportunity
    said = verdict_in(record, currency) or record.status_reason
    return Line(
        opportunity_id=record.id,
        label=opportunity.resource.label,
        team=opportunity.team,
        kind=opportunity.kind.words,
        status=record.status.words,
        saving=opportunity.saving,
        sentence=said or summary_in(opportunity, currency),
        pull_request_url=record.pull_request_url,
    )
