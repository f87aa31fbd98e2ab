"""What guardrails need to know: what was changed today, and how large the team is."""

from datetime import datetime, time
from decimal import Decimal

from finops.domain.opportunity import OpportunityRecord
from finops.engine.parts import Parts
from finops.guardrails import GuardrailContext, GuardrailDecision, workload_key
from finops.ledger import freezes, history, opportunities
from finops.savings_ledger import LedgerTransaction


def guardrail_decision(
    tx: LedgerTransaction, parts: Parts, known: OpportunityRecord, *, now: datetime
) -> GuardrailDecision:
    """Evaluate every policy for one opportunity as things stand now."""
    return parts.guardrails.evaluate(known.opportunity, guardrail_context(tx, known, now=now))


def guardrail_context(
    tx: LedgerTransaction, known: OpportunityRecord, *, now: datetime
) -> GuardrailContext:
    """Today's changes of the team, without this one; days are UTC days."""
    opportunity = known.opportunity
    midnight = datetime.combine(now.date(), time(), tzinfo=now.tzinfo)
    changed = [
        record
        for record in opportunities.changed_since(
            tx.connection, team=opportunity.team, since=midnight
        )
        if record.id != known.id
    ]
    sizes = history.setting(tx.connection, f"team_workloads:{opportunity.resource.cluster}")
    proposals = [record.opportunity for record in changed]
    return GuardrailContext(
        now=now,
        evidence_seen_at=known.last_seen_at,
        changes_today=len(changed),
        saving_today_usd=sum((p.saving.larger_usd_per_month for p in proposals), Decimal(0)),
        workloads_changed_today=frozenset(workload_key(p) for p in proposals),
        namespaces_today=frozenset(p.resource.namespace for p in proposals if p.resource.namespace),
        team_workloads=int((sizes or {}).get(opportunity.team, 0)),
        freezes=freezes.active(tx.connection, now=now),
    )
