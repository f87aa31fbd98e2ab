"""Opportunities to and from rows: queryable facts are columns, the rest of the proposal is JSON."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from finops.domain.basis import RequestBasis
from finops.domain.changes import Change, Setting
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import (
    Effort,
    Evidence,
    JointCash,
    Opportunity,
    OpportunityRecord,
    Resource,
    WasteKind,
)
from finops.domain.usage import UsageSummary


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
        "changes": _changes_to_json(opportunity.changes),
        "found_changes": _changes_to_json(opportunity.found_changes),
        "basis": _basis_to_json(opportunity.basis),
        "evidence": [[e.label, e.value, e.source] for e in opportunity.evidence],
        "caveats": list(opportunity.caveats),
        "summary": opportunity.summary,
        "rollback": opportunity.rollback,
        "tags": dict(opportunity.tags),
        "blast_replicas": opportunity.blast_replicas,
        "cost_usd_per_month": str(opportunity.cost_usd_per_month),
        "joint": _joint_to_json(opportunity.joint),
    }


def _joint_to_json(joint: JointCash | None) -> dict[str, Any] | None:
    if joint is None:
        return None
    return {
        "usd_per_month": str(joint.usd_per_month),
        "share_usd_per_month": str(joint.share_usd_per_month),
        "proposals": joint.proposals,
        "nodes": joint.nodes,
        "node_names": list(joint.node_names),
    }


def _joint_from_json(written: Mapping[str, Any] | None) -> JointCash | None:
    if not written:
        return None
    return JointCash(
        usd_per_month=Decimal(written["usd_per_month"]),
        share_usd_per_month=Decimal(written["share_usd_per_month"]),
        proposals=written["proposals"],
        nodes=written["nodes"],
        node_names=tuple(written["node_names"]),
    )


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
        "edited_by": opportunity.edited_by,
    }


def opportunity_from(row: Row[Any]) -> Opportunity:
    """An opportunity as it was written."""
    proposal: Mapping[str, Any] = row.proposal
    return Opportunity(
        id=row.id,
        fingerprint=row.fingerprint,
        kind=WasteKind(row.kind),
        resource=Resource(**proposal["resource"]),
        changes=_changes_from_json(proposal["changes"]),
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
        basis=_basis_from_json(proposal.get("basis")),
        edited_by=row.edited_by,
        found_changes=_changes_from_json(proposal.get("found_changes", [])),
        joint=_joint_from_json(proposal.get("joint")),
    )


def _changes_to_json(changes: Sequence[Change]) -> list[list[Any]]:
    """The holder stands last, and only where there is one: rows of before have none."""
    return [
        [c.setting.value, c.current, c.proposed, *([c.holder] if c.holder else [])] for c in changes
    ]


def _changes_from_json(changes: Sequence[Sequence[Any]]) -> tuple[Change, ...]:
    return tuple(Change(Setting(setting), *values) for setting, *values in changes)


def _basis_to_json(basis: RequestBasis | None) -> dict[str, Any] | None:
    if basis is None:
        return None
    usage = basis.usage
    # Four digits are more than a measurement is good for, and half of the bytes.
    return {
        "usage": {
            "window_days": usage.window_days,
            "samples": usage.samples,
            "mean": usage.mean,
            "maximum": usage.maximum,
            "percentiles": {str(share): value for share, value in usage.percentiles.items()},
            "daily_peaks": [float(f"{peak:.4g}") for peak in usage.daily_peaks],
            "source": usage.source,
        },
        "usd_per_unit": str(basis.usd_per_unit),
        "beside": basis.beside,
        "least_effective": basis.least_effective,
        "least": basis.least,
        "most": basis.most,
        "opening": basis.opening,
    }


def _basis_from_json(kept: Mapping[str, Any] | None) -> RequestBasis | None:
    if not kept:
        return None
    usage = dict(kept["usage"])
    usage["percentiles"] = {float(share): value for share, value in usage["percentiles"].items()}
    usage["daily_peaks"] = tuple(usage["daily_peaks"])
    numbers = {name: int(kept[name]) for name in ("beside", "least_effective", "least", "most")}
    return RequestBasis(
        usage=UsageSummary(**usage),
        usd_per_unit=Decimal(kept["usd_per_unit"]),
        opening=kept["opening"],
        **numbers,
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
