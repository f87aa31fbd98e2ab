"""What the bill says of one implemented opportunity: its days before and after, and a verdict."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from finops.domain.money import Saving, format_usd
from finops.domain.observe import Observation
from finops.domain.opportunity import Opportunity, OpportunityRecord, WasteKind
from finops.domain.verdict import SavingVerdict, Verdict
from finops.ledger import history, opportunities
from finops.savings_ledger import LedgerTransaction
from finops.verification.verdicts import judge

BILLED = "billed"
COST_CATEGORY = {
    WasteKind.OVER_REQUESTED_CPU: "allocated_cpu",
    WasteKind.OVER_REQUESTED_MEMORY: "allocated_memory",
    WasteKind.UNDER_REQUESTED_CPU: "allocated_cpu",
    WasteKind.UNDER_REQUESTED_MEMORY: "allocated_memory",
    WasteKind.IDLE_NODE: BILLED,
    WasteKind.ORPHAN_VOLUME: BILLED,
}
# As long before as after, but a month at most: older days are another estate.
MAX_DAYS_BEFORE = 28


def judge_by_bill(
    tx: LedgerTransaction, record: OpportunityRecord, observation: Observation, *, now: datetime
) -> SavingVerdict:
    """Compare the daily costs before the merge with those after the deployment."""
    opportunity = record.opportunity
    if opportunity.kind.is_for_reliability:
        return _not_for_money(opportunity)
    merged = (record.merged_at or record.status_changed_at).date()
    implemented = (record.implemented_at or record.status_changed_at).date()
    before = _daily(tx, record, _start(tx, record, merged), merged)
    # The day of the change itself is half old, half new.
    after = _daily(tx, record, implemented + timedelta(days=1), now.date())
    is_seen = observation.is_known(opportunity.resource)
    is_in_place = observation.is_in_place(opportunity)
    verdict = judge(
        opportunity.saving,
        before,
        after,
        setting_still_in_place=is_in_place or not is_seen,
        is_cashable=opportunity.saving.cashable_usd_per_month > 0,
    )
    return verdict if is_seen or is_in_place else _unseen(verdict)


def _not_for_money(opportunity: Opportunity) -> SavingVerdict:
    """A raise has no saving that a bill could prove."""
    cost = format_usd(opportunity.cost_usd_per_month)
    return SavingVerdict(
        verdict=Verdict.UNPROVEN,
        realised=Saving(),
        low_usd_per_month=Decimal(0),
        high_usd_per_month=Decimal(0),
        method="none: it was for reliability",
        sentence=f"It was raised for reliability, at {cost}/month more room: nothing to prove.",
        days_before=0,
        days_after=0,
    )


def verdict_json(verdict: SavingVerdict) -> dict[str, object]:
    """As it is kept with the opportunity; money as text."""
    values = asdict(verdict)
    values["realised"] = {name: str(value) for name, value in values["realised"].items()}
    return {name: str(v) if isinstance(v, Decimal) else v for name, v in values.items()}


def _unseen(verdict: SavingVerdict) -> SavingVerdict:
    """A source that failed today has not taken a saving back, and has not proved one."""
    sentence = "The resource cannot be seen now, so nobody knows whether the setting is in place."
    return replace(verdict, verdict=Verdict.UNPROVEN, realised=Saving(), sentence=sentence)


def _start(tx: LedgerTransaction, record: OpportunityRecord, merged: date) -> date:
    """The first day of the time before: after what a former generation has saved already."""
    start = merged - timedelta(days=MAX_DAYS_BEFORE)
    former = opportunities.implemented_before(tx.connection, record.opportunity)
    return start if former is None else max(start, former.date() + timedelta(days=1))


def _daily(
    tx: LedgerTransaction, record: OpportunityRecord, start: date, end: date
) -> Sequence[Decimal]:
    resource = record.opportunity.resource
    category = COST_CATEGORY[record.opportunity.kind]
    rows = history.costs(
        tx.connection, start=start, end=end, resource_key=resource.key, category=category
    )
    by_day = {row.day: row.effective_cost for row in rows}
    if category != BILLED:
        # A share that was not measured on a day is not a share of nothing.
        return list(by_day.values())
    days = history.covered_days(
        tx.connection, start=start, end=end, category=category, cluster=resource.cluster
    )
    # A day the bill covers without a line for this resource cost nothing: a deleted volume.
    return [by_day.get(day, Decimal(0)) for day in days]
