"""The evidence of one opportunity, gathered from the ledger."""

from datetime import datetime, timedelta

from finops.domain.currency import Currency
from finops.domain.intents import IntentKind
from finops.domain.opportunity import OpportunityRecord
from finops.engine.evidence_known import UNDECIDED, Known
from finops.engine.evidence_links import links_of
from finops.engine.guarding import guardrail_decision
from finops.engine.parts import Parts
from finops.engine.proving import BILLED, COST_CATEGORY, MAX_DAYS_BEFORE
from finops.engine.refusals import PATIENCE_SECONDS
from finops.engine.rights import known_people
from finops.ledger import audit, history
from finops.pr_body import action_words, cost_words
from finops.reports.evidence_chain import CostDay, EvidenceChain
from finops.reports.tables import saving_words
from finops.savings_ledger import LedgerTransaction

# The days after a change that its picture shows: what a month's bill has when it is final.
MOST_DAYS_AFTER = 35


def evidence_of(parts: Parts, opportunity_id: str, *, now: datetime) -> EvidenceChain:
    """The whole chain as it stands at `now`; raises InvalidInput for an unknown id."""
    with parts.ledger.reading() as tx:
        record = tx.get(opportunity_id)
        people = known_people(tx.connection)
        entries = audit.entries(tx.connection, subject=opportunity_id)
        known = Known(
            record=record,
            entries=entries,
            sentences=_guardrail_sentences(tx, parts, record, now),
            baseline=history.baseline(tx.connection, opportunity_id),
            days=_days(tx, record),
            pace=parts.pace,
            currency=parts.currency,
            now=now,
        )
    found = record.opportunity
    return EvidenceChain(
        opportunity_id=record.id,
        title=action_words(found),
        team=found.team,
        worth=_worth(record, parts.currency),
        as_of=now,
        links=links_of(known),
        days=tuple(known.days),
        changed_on=known.changed_on,
        audit_rows=len(entries),
        newest_hash=entries[-1].hash if entries else "",
        people=people,
        currency=parts.currency,
    )


def ask_for_page(parts: Parts, opportunity_id: str, *, user: str, now: datetime) -> bool:
    """Have the page with its picture sent to one person; False when that was just asked for."""
    minute = now.replace(second=0, microsecond=0).isoformat()
    with parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx:
        return tx.enqueue(
            kind=IntentKind.SHOW_EVIDENCE,
            subject=f"evidence/{user}",
            idempotency_key=f"evidence:{user}:{opportunity_id}:{minute}",
            payload={"user": user, "opportunity": opportunity_id},
        )


def _worth(record: OpportunityRecord, currency: Currency) -> str:
    found = record.opportunity
    if found.kind.is_for_reliability:
        return f"costs {cost_words(found, currency)}, for reliability"
    return f"{saving_words(found.saving, currency)} a month expected"


def _guardrail_sentences(
    tx: LedgerTransaction, parts: Parts, record: OpportunityRecord, now: datetime
) -> tuple[str, ...]:
    """As they were at the decision; as they are now while nobody has decided."""
    if record.status in UNDECIDED:
        return tuple(guardrail_decision(tx, parts, record, now=now).sentences)
    return record.guardrail_reasons


def _days(tx: LedgerTransaction, record: OpportunityRecord) -> list[CostDay]:
    """The resource's days on the bill, a month before the merge and five weeks after it."""
    merged = record.merged_at.date() if record.merged_at else None
    middle = merged or record.last_seen_at.date()
    found = record.opportunity
    start, end = middle - timedelta(days=MAX_DAYS_BEFORE), middle + timedelta(days=MOST_DAYS_AFTER)
    category = COST_CATEGORY.get(found.kind, BILLED)
    rows = history.costs(
        tx.connection, start=start, end=end, resource_key=found.resource.key, category=category
    )
    return [CostDay(row.day, row.effective_cost) for row in rows]
