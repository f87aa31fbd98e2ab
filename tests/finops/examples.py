"""Opportunities and snapshots that tests start from; each test names only what matters to it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from finops.domain.changes import Change, Setting
from finops.domain.estate import UnitPrices
from finops.domain.money import Saving
from finops.domain.opportunity import (
    Effort,
    Evidence,
    Opportunity,
    Resource,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)

NOW = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
UNIT_PRICES = UnitPrices(Decimal("0.03"), Decimal("0.004"), "test rates")


def container(name: str = "frontend", *, cluster: str = "shop", namespace: str = "web") -> Resource:
    """A Deployment's container."""
    return Resource(
        cluster=cluster, kind="Deployment", name=name, namespace=namespace, container="server"
    )


def opportunity(name: str = "frontend", **different: Any) -> Opportunity:
    """An over-requested CPU of a Deployment, with whatever is different."""
    resource = different.pop("resource", container(name))
    kind = different.get("kind", WasteKind.OVER_REQUESTED_CPU)
    fingerprint = fingerprint_of(kind, resource)
    values: dict[str, Any] = {
        "id": opportunity_id(fingerprint),
        "fingerprint": fingerprint,
        "kind": kind,
        "resource": resource,
        "changes": (Change(Setting.CPU_REQUEST, 500, 200),),
        "saving": Saving(freed_usd_per_month=Decimal("41.50")),
        "confidence": 0.95,
        "risk": 0.2,
        "effort": Effort.LOW,
        "restart_needed": True,
        "rollback_possible": True,
        "summary": f"{name} asks for 500m CPU and uses 160m.",
        "rollback": "Revert the pull request.",
        "detected_at": NOW,
        "evidence": (Evidence("p97 of 14 days", "160m", "Prometheus"),),
        "caveats": ("Traffic doubles in December.",),
        "team": "web",
    }
    return Opportunity(**(values | different))
