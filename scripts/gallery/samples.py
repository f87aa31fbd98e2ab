"""Data for the gallery: typical, the longest that is legal, and nothing at all."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from finops.domain.basis import RequestBasis
from finops.domain.changes import Change, Setting
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import (
    Effort,
    Evidence,
    Opportunity,
    OpportunityRecord,
    Resource,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)
from finops.domain.quantities import GIB, MIB
from finops.domain.usage import UsageSummary
from finops.finops_engine import CycleInfo, SavingsSummary
from finops.guardrails import GuardrailVerdict, PolicyReason
from finops.savings_ledger import Breakdown

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
INSTANCE = "gallery"
# Kubernetes' longest names: 63 letters each.
LONG = "recommendation-engine-with-a-very-long-name-of-sixty-three-char"
LONGEST_TEAM = "Team that owns the recommendation engine and everything around it"

_DETAILS: dict[WasteKind, dict[str, Any]] = {
    WasteKind.OVER_REQUESTED_CPU: {
        "changes": (Change(Setting.CPU_REQUEST, 600, 290),),
        "saving": Saving(freed_usd_per_month=Decimal("42.14")),
        "confidence": 0.962,
        "risk": 0.31,
    },
    WasteKind.OVER_REQUESTED_MEMORY: {
        "changes": (
            Change(Setting.MEMORY_REQUEST, 8 * GIB, 4200 * MIB),
            Change(Setting.MEMORY_LIMIT, 12 * GIB, 6300 * MIB),
        ),
        "saving": Saving(freed_usd_per_month=Decimal("35.51")),
        "confidence": 0.83,
        "risk": 0.55,
    },
    WasteKind.UNDER_REQUESTED_MEMORY: {
        "changes": (
            Change(Setting.MEMORY_REQUEST, GIB, 1229 * MIB),
            Change(Setting.MEMORY_LIMIT, 2 * GIB, 2560 * MIB),
        ),
        "saving": Saving(),
        "cost_usd_per_month": Decimal("1.86"),
        "confidence": 0.91,
        "risk": 0.1,
    },
    WasteKind.IDLE_NODE: {
        "changes": (Change(Setting.DESIRED_SIZE, 12, 9),),
        "saving": Saving(cashable_usd_per_month=Decimal(420)),
        "confidence": 0.981,
        "risk": 0.3,
    },
    WasteKind.ORPHAN_VOLUME: {
        "changes": (Change(Setting.PRESENT, 1, 0),),
        "saving": Saving(cashable_usd_per_month=Decimal(80)),
        "confidence": 0.984,
        "risk": 0.45,
    },
}
_ROLLBACK = {
    WasteKind.IDLE_NODE: "Revert the pull request: the group grows back within minutes.",
    WasteKind.ORPHAN_VOLUME: "Restore the snapshot that is taken first, and attach it again.",
}


def cpu_basis() -> RequestBasis:
    """28 days of a service with a weekly rhythm and one busy day."""
    peaks = tuple(
        round(180 + 45 * math.sin(day * 2 * math.pi / 7) + (70 if day == 19 else 0), 1)
        for day in range(28)
    )
    shares = {0.5: 120.0, 0.9: 190.0, 0.95: 210.0, 0.97: 222.0, 0.98: 230.0, 0.99: 246.0}
    usage = UsageSummary(
        window_days=28, samples=8064, mean=118, maximum=301, percentiles=shares,
        daily_peaks=peaks, source="Prometheus",
    )  # fmt: skip
    return RequestBasis(
        usage=usage, usd_per_unit=Decimal("0.031611") * 6 * 730, beside=0, least_effective=0,
        least=225, most=599,
        opening="shop/frontend (server) asks for 600m CPU on 6 replicas and used at most 301m in "
        "28 days",
    )  # fmt: skip


def opportunity(
    kind: WasteKind = WasteKind.OVER_REQUESTED_CPU, *, name: str = "frontend", **changed: Any
) -> Opportunity:
    """A typical waste of that kind."""
    is_container = kind.name.endswith(("CPU", "MEMORY"))
    resource = {
        WasteKind.IDLE_NODE: Resource(cluster="shop-prod", kind="NodeGroup", name="general"),
        WasteKind.ORPHAN_VOLUME: Resource(
            cluster="shop-prod", kind="Volume", name="vol-0a1b2c3d4e5f67890",
            cloud_tags={"Name": "legacy-orders-db"},
        ),
    }.get(kind) or Resource(
        cluster="shop-prod", kind="Deployment", name=name, namespace="shop", container="server"
    )  # fmt: skip
    fingerprint = fingerprint_of(kind, resource)
    values: dict[str, Any] = {
        "id": opportunity_id(fingerprint),
        "fingerprint": fingerprint,
        "kind": kind,
        "resource": resource,
        "effort": Effort.LOW,
        "restart_needed": is_container,
        "rollback_possible": True,
        "summary": f"{resource.label} asks for 600m CPU on 6 replicas and used at most 301m in 28 "
        "days; 290m frees room worth $42.14/month.",
        "rollback": _ROLLBACK.get(
            kind,
            "Revert the pull request: the request returns to 600m with one rolling restart.",
        ),
        "detected_at": NOW - timedelta(hours=2),
        "evidence": (
            Evidence("CPU request", "600m × 6", "apps/shop/frontend.yaml"),
            Evidence("CPU maximum", "301m", "Prometheus"),
            Evidence("history", "28 days, 8,064 samples", "Prometheus"),
            Evidence("proposal", "290m = 1.05 · q99^0.9 · maximum^0.1", "rightsizing"),
            Evidence("price", "$0.0316 per core-hour", "the bill of October"),
            Evidence("owner", "shop, by team=shop on the Deployment", "owners"),
        ),
        "caveats": ("The CPU limit stays at 1200m.",),
        "team": "shop",
        "blast_replicas": 6 if is_container else 1,
    }
    if kind is WasteKind.OVER_REQUESTED_CPU:
        values["basis"] = cpu_basis()
    return Opportunity(**(values | _DETAILS[kind] | changed))


def longest(status: Status = Status.NOTIFIED, **changed: Any) -> OpportunityRecord:
    """Everything as long as Kubernetes, AWS and people make it."""
    resource = Resource(
        cluster=f"production-eu-central-1-{LONG}"[:80], kind="StatefulSet", name=LONG,
        namespace=LONG, container=LONG,
    )  # fmt: skip
    words = "The pod disruption budget lets one of ninety-nine pods go at a time. " * 5
    made = opportunity(
        WasteKind.OVER_REQUESTED_MEMORY,
        resource=resource,
        team=LONGEST_TEAM,
        saving=Saving(Decimal("123456.78"), Decimal("98765.43")),
        rollback=words,
        caveats=(words,) * 8,
        evidence=tuple(Evidence(LONG, LONG * 2, LONG) for _ in range(12)),
        summary=words,
        blast_replicas=1234,
        revision=17,
        effort=Effort.HIGH,
        status=status,
        **changed,
    )
    return record(made, decided_by="U0AARON0001", decided_at=NOW, status_reason=words)


def record(made: Opportunity, **history: Any) -> OpportunityRecord:
    """A record of it."""
    return OpportunityRecord(opportunity=made, status_changed_at=NOW, last_seen_at=NOW, **history)


def decided() -> list[OpportunityRecord]:
    """One in each state that a card can have after its question."""
    by = {"decided_by": "U0AARON0001", "decided_at": NOW}
    opened = by | {
        "pull_request_number": 7,
        "pull_request_url": "https://github.com/acme/platform/pull/7",
    }
    verified = opened | {
        "merged_at": NOW, "implemented_at": NOW, "verified_at": NOW,
        "realised": Saving(Decimal("397.10")),
        "verdict": {"verdict": "realised", "low_usd_per_month": "361",
                    "high_usd_per_month": "431"},
    }  # fmt: skip
    states: list[tuple[Status, WasteKind, dict[str, Any]]] = [
        (Status.APPROVED, WasteKind.OVER_REQUESTED_CPU, by),
        (Status.PULL_REQUEST_OPEN, WasteKind.OVER_REQUESTED_MEMORY, opened),
        (Status.MERGED, WasteKind.IDLE_NODE, opened | {"merged_at": NOW}),
        (Status.IMPLEMENTED, WasteKind.UNDER_REQUESTED_MEMORY, opened | {"implemented_at": NOW}),
        (Status.VERIFIED, WasteKind.IDLE_NODE, verified),
        (
            Status.DENIED,
            WasteKind.OVER_REQUESTED_CPU,
            by | {"status_reason": "We need this headroom: the sale on 5 December."},
        ),
        (
            Status.SNOOZED,
            WasteKind.ORPHAN_VOLUME,
            by | {"snoozed_until": NOW + timedelta(days=7), "status_reason": "After the audit."},
        ),
        (Status.EXPIRED, WasteKind.OVER_REQUESTED_MEMORY, {}),
        (
            Status.OBSOLETE,
            WasteKind.ORPHAN_VOLUME,
            {"status_reason": "The resource is gone from the estate."},
        ),
    ]
    return [record(opportunity(kind, status=status), **more) for status, kind, more in states]


def several(count: int, status: Status = Status.NOTIFIED) -> list[OpportunityRecord]:
    """Different ones of a team, as a plan or an inbox has them."""
    names = (
        "frontend", "checkout", "cart", "catalog", "search-index", "recommendations",
        "email-worker", "payments-gateway", "image-resizer", "session-store", "ads", "currency",
    )  # fmt: skip
    found = []
    for number, name in enumerate(names[:count]):
        usd = Decimal(96 - 7 * number) + Decimal("0.40")
        now = 1200 - 60 * number
        made = opportunity(
            name=name,
            changes=(Change(Setting.CPU_REQUEST, now, now // 2 - 10),),
            saving=Saving(freed_usd_per_month=usd),
            confidence=0.97 - number * 0.02,
            blast_replicas=2 + number % 5,
            status=status,
            basis=None,
        )
        found.append(record(made))
    return found


def guardrails(*verdicts: GuardrailVerdict) -> tuple[PolicyReason, ...]:
    """What policies say."""
    sentences = {
        GuardrailVerdict.DENY: "Team shop has made 8 of 8 changes today; wait until tomorrow "
        "(UTC), or let an administrator raise max_changes_per_day.",
        GuardrailVerdict.REQUIRE_APPROVAL: "The tag environment=production asks for an approver.",
        GuardrailVerdict.ALLOW: "The confidence of 96 % is over the limit of 60 %.",
    }
    return tuple(PolicyReason(f"policy_{v}", v, sentences[v]) for v in verdicts)


def summary(count: int = 4, name: str = "") -> SavingsSummary:
    """Savings of so many teams."""
    teams = ["platform", "shop", "payments", "data", *(f"team-{n}" for n in range(40))][:count]
    rows = tuple(
        Breakdown(
            name or team,
            3,
            Saving(Decimal(80 - n), Decimal(140 + 9 * n)),
            Saving(Decimal(60 + n), Decimal(22)),
            Saving(Decimal(397 - 20 * n) if n < 3 else Decimal(0), Decimal(35)),
        )
        for n, team in enumerate(teams)
    )
    return SavingsSummary(
        sum((r.offered + r.in_flight for r in rows), Saving()),
        sum((r.in_flight for r in rows), Saving()),
        sum((r.realised for r in rows), Saving()),
        rows, (), (),
    )  # fmt: skip


EMPTY_SUMMARY = SavingsSummary(Saving(), Saving(), Saving(), (), (), ())


def cycles(*, gaps: int = 0) -> list[CycleInfo]:
    """How fresh two clusters are."""
    said = ("Prometheus at http://prometheus.monitoring:9090 did not answer within 30 s.",) * gaps
    return [
        CycleInfo("shop-prod", NOW, 19, 214, said),
        CycleInfo("data-prod", NOW - timedelta(hours=3), 4, 88, ()),
    ]


def edited(made: Opportunity) -> Opportunity:
    """The same as a person set it."""
    from finops.rightsizing.edited import with_value

    return replace(with_value(made, 340, by="U0OLIVIA001"), revision=2)
