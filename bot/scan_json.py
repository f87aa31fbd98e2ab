"""The shape of `finops scan --json`. Stable: keys are added, never renamed or removed.

{"clusters": [{"cluster", "taken_at", "seconds", "is_recorded", "new", "revised",
               "opportunities": [{"id", "kind", "status", "team", "what", "summary",
                                  "resource": {"key", "kind", "namespace", "name", "container"},
                                  "changes": [{"setting", "current", "proposed"}],
                                  "saving": {"cashable_usd_per_month", "freed_usd_per_month"},
                                  "confidence", "risk", "effort", "restart_needed",
                                  "rollback_possible", "caveats": [str]}],
               "skipped": {"count", "reasons": [{"detector", "reason", "count", "example"}]},
               "gaps": [{"source", "sentence", "hides": [str]}],
               "absent_namespaces": [str],
               "joint": null | {"nodes_before", "nodes_after", "leaving": [str],
                                "saving": {"cashable_usd_per_month", "freed_usd_per_month"}}}],
 "failed": [{"cluster", "sentence"}],
 "saving": {"cashable_usd_per_month", "freed_usd_per_month"}}

Money is text with cents, as in reports; the two kinds of saving are never added. Where another
display currency than dollars is set, each `…_usd_…` has a neighbour in it, and `currency` its rate.
`joint` is what
all proposals are worth when they are done together: requests empty nodes only in company. With
`--all`, `skipped` also has `each`: [{"detector", "resource", "team", "reason"}].
"""

from collections.abc import Sequence
from typing import Any

from bot.scanning import NotScanned, Result, Scanned
from bot.skip_groups import skip_groups
from finops.domain.money import Saving, to_cents
from finops.domain.opportunity import Opportunity
from finops.pr_body import action_words
from finops.rightsizing.packing.joint import JointSaving


def as_json(results: Sequence[Result], *, everything: bool) -> dict[str, Any]:
    """All results as one object."""
    scanned = [result for result in results if isinstance(result, Scanned)]
    worth = sum((each.saving for result in scanned for each in result.opportunities), Saving())
    return {
        "clusters": [_cluster(result, everything=everything) for result in scanned],
        "failed": [
            {"cluster": result.cluster, "sentence": result.sentence}
            for result in results
            if isinstance(result, NotScanned)
        ],
        "saving": _saving(worth),
    }


def _cluster(result: Scanned, *, everything: bool) -> dict[str, Any]:
    return {
        "cluster": result.cluster,
        "taken_at": result.taken_at.isoformat(),
        "seconds": round(result.seconds, 3),
        "is_recorded": result.is_recorded,
        "new": result.new,
        "revised": result.revised,
        "opportunities": [_opportunity(each) for each in result.opportunities],
        "skipped": _skipped(result, everything=everything),
        "gaps": [
            {"source": gap.source, "sentence": gap.sentence, "hides": sorted(gap.hides)}
            for gap in result.gaps
        ],
        "absent_namespaces": list(result.absent_namespaces),
        "joint": _joint(result.joint),
    }


def _joint(joint: JointSaving | None) -> dict[str, Any] | None:
    if joint is None:
        return None
    return {
        "nodes_before": joint.nodes_before,
        "nodes_after": joint.nodes_after,
        "leaving": list(joint.leaving),
        "saving": _saving(joint.total),
    }


def _opportunity(each: Opportunity) -> dict[str, Any]:
    resource = each.resource
    return {
        "id": each.id,
        "kind": each.kind.value,
        "status": each.status.value,
        "team": each.team,
        "what": action_words(each),
        "summary": each.summary,
        "resource": {
            "key": resource.key,
            "kind": resource.kind,
            "namespace": resource.namespace,
            "name": resource.name,
            "container": resource.container,
        },
        "changes": [
            {
                "setting": c.setting.value,
                "current": c.current,
                "proposed": c.proposed,
                "holder": c.holder,
            }
            for c in each.changes
        ],
        "saving": _saving(each.saving),
        "cost_usd_per_month": str(to_cents(each.cost_usd_per_month)),
        "confidence": each.confidence,
        "risk": each.risk,
        "effort": each.effort.value,
        "restart_needed": each.restart_needed,
        "rollback_possible": each.rollback_possible,
        "caveats": list(each.caveats),
    }


def _skipped(result: Scanned, *, everything: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "count": len(result.skipped),
        "reasons": [
            {
                "detector": group.detector,
                "reason": group.reason,
                "count": group.count,
                "example": group.example,
            }
            for group in skip_groups(result.skipped)
        ],
    }
    if everything:
        found["each"] = [
            {
                "detector": skip.detector,
                "resource": skip.resource_key,
                "team": skip.team,
                "reason": skip.reason,
            }
            for skip in result.skipped
        ]
    return found


def _saving(saving: Saving) -> dict[str, str]:
    return {
        "cashable_usd_per_month": str(to_cents(saving.cashable_usd_per_month)),
        "freed_usd_per_month": str(to_cents(saving.freed_usd_per_month)),
    }
