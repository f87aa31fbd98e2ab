"""Opportunities to and from rows: queryable facts are columns, the rest of the proposal is JSON."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import (
    Change,
    Effort,
    Evidence,
    Opportunity,
    OpportunityRecord,
    Resource,
    Setting,
    WasteKind,
)


def proposal_to_json(opportunity: Opportunity) -> dict[str, Any]:
    """The parts of an opportunity that only people and pull requests read."""
    resource = opportunity.resource
    return {
        "resource": {
            "cluster": resource.cluster,
            "kind": resource.kind,
            "name": resource.name,
            "namespace": resource.namespace,
            "container": resource.container,
            "cloud_tags": dict(resource.cloud_tags),
        },
        "changes": [[c.setting.value, c.current, c.proposed] for c in opportunity.changes],
        "evidence": [[e.label, e.value, e.source] for e in opportunity.evidence],
        "caveats": list(opportunity.caveats),
        "summary": opportunity.summary,
        "rollback": opportunity.rollback,
        "tags": dict(opportunity.tags),
        "blast_replicas": opportunity.blast_replicas,
        "cost_usd_per_month": str(opportunity.cost_usd_per_month),
    }


def columns_of(opportunity: Opportunity) -> dict[str, Any]:
    """The columns that a revision of an opportunity sets."""
    return {
        "kind": opportunity.kind.value,
        "cluster": opportunity.resource.cluster,
        "namespace": opportunity.resource.namespace,
        "team": opportunity.team,
        "resource_key": opportunity.resource.key,
        "proposal": proposal_to_json(opportunity),
        "cashable_usd_per_month": opportunity.saving.cashable_usd_per_month,
        "freed_usd_per_month": opportunity.saving.freed_usd_per_month,
        "confidence": opportunity.confidence,
        "risk": opportunity.risk,
        "effort": opportunity.effort.value,
        "restart_needed": opportunity.restart_needed,
        "rollback_possible": opportunity.rollback_possible,
    }


def opportunity_from(row: Row[Any]) -> Opportunity:
    """An opportunity as it was written."""
    proposal: Mapping[str, Any] = row.proposal
    return Opportunity(
        id=row.id,
        fingerprint=row.fingerprint,
        kind=WasteKind(row.kind),
        resource=Resource(**proposal["resource"]),
        changes=tuple(Change(Setting(s), current, new) for s, current, new in proposal["changes"]),
        saving=Saving(row.cashable_usd_per_month, row.freed_usd_per_month),
        confidence=row.confidence,
        risk=row.risk,
        effort=Effort(row.effort),
        restart_needed=row.restart_needed,
        rollback_possible=row.rollback_possible,
        summary=proposal["summary"],
        rollback=proposal["rollback"],
        detected_at=row.detected_at,
        evidence=tuple(Evidence(*fact) for fact in proposal["evidence"]),
        caveats=tuple(proposal["caveats"]),
        team=row.team,
        tags=proposal["tags"],
        blast_replicas=proposal["blast_replicas"],
        status=Status(row.status),
        revision=row.revision,
        generation=row.generation,
        cost_usd_per_month=Decimal(proposal.get("cost_usd_per_month", "0")),
    )


def record_from(row: Row[Any]) -> OpportunityRecord:
    """An opportunity with its history."""
    return OpportunityRecord(
        opportunity=opportunity_from(row),
        status_changed_at=row.status_changed_at,
        last_seen_at=row.last_seen_at,
        status_reason=row.status_reason,
        note=row.note,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        snoozed_until=row.snoozed_until,
        repository=row.repository,
        pull_request_number=row.pull_request_number,
        pull_request_url=row.pull_request_url,
        merged_at=row.merged_at,
        implemented_at=row.implemented_at,
        verified_at=row.verified_at,
        verdict=row.verdict,
        realised=Saving(
            row.realised_cashable_usd_per_month,
            row.realised_freed_usd_per_month,
        ),
        guardrail_reasons=tuple(row.guardrail_reasons),
    )
