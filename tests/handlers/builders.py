"""Opportunities, records and an engine for the tests of everything that speaks Slack."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from finops.domain.changes import Change, Setting
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.mutes import DenyReason
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
from finops.domain.people import Approvers, Directory, Team
from finops.domain.plans import Plan, PlanItem
from finops.finops_engine import FinOpsEngine
from finops.guardrails import GuardrailVerdict, PolicyReason
from finops.ledger import plans
from finops.savings_ledger import SavingsLedger
from handlers.ids import ActionId, BlockId

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
INSTANCE = "test"

# The people and places of `sandbox.slack.example_workspace`.
DANA, PRIYA, LIAM, MEI, OMAR = (
    "U0DANA00001",
    "U0PRIYA0001",
    "U0LIAM00001",
    "U0MEI000001",
    "U0OMAR00001",
)
GENERAL, PAYMENTS, FINOPS = "C0GENERAL01", "C0PAYMENTS1", "C0FINOPS001"
APPROVERS = "S0APPROVERS"

_CHANGES = {
    WasteKind.OVER_REQUESTED_CPU: (Change(Setting.CPU_REQUEST, 480, 120),),
    WasteKind.OVER_REQUESTED_MEMORY: (
        Change(Setting.MEMORY_REQUEST, 2 * 1024**3, 768 * 1024**2),
        Change(Setting.MEMORY_LIMIT, 2 * 1024**3, 1024**3),
    ),
    WasteKind.UNDER_REQUESTED_CPU: (Change(Setting.CPU_REQUEST, 480, 900),),
    WasteKind.UNDER_REQUESTED_MEMORY: (
        Change(Setting.MEMORY_REQUEST, 1024**3, 1229 * 1024**2),
        Change(Setting.MEMORY_LIMIT, 2 * 1024**3, 2560 * 1024**2),
    ),
    WasteKind.IDLE_NODE: (Change(Setting.DESIRED_SIZE, 5, 4),),
    WasteKind.ORPHAN_VOLUME: (Change(Setting.PRESENT, 1, 0),),
}
_SAVINGS = {
    WasteKind.OVER_REQUESTED_CPU: Saving(freed_usd_per_month=Decimal("41.00")),
    WasteKind.OVER_REQUESTED_MEMORY: Saving(freed_usd_per_month=Decimal("17.42")),
    WasteKind.IDLE_NODE: Saving(Decimal("73.00"), Decimal("0")),
    WasteKind.ORPHAN_VOLUME: Saving(cashable_usd_per_month=Decimal("8.00")),
}
_RESOURCES = {
    WasteKind.IDLE_NODE: ("NodeGroup", "workers", "", ""),
    WasteKind.ORPHAN_VOLUME: ("Volume", "vol-0a1b2c3d4e5f", "", ""),
}


_EVIDENCE = (
    Evidence("CPU request", "480m × 3", "apps/shop/frontend.yaml"),
    Evidence("CPU maximum", "96m", "Prometheus"),
    Evidence("history", "14 days, 40,320 samples", "Prometheus"),
    Evidence("price", "$0.0316 per core-hour", "bundled price list"),
)


def _resource(kind: WasteKind, name: str) -> Resource:
    what, called, namespace, container = _RESOURCES.get(
        kind, ("Deployment", name, "shop", "server")
    )
    return Resource(
        cluster="prod-eu", kind=what, name=called, namespace=namespace, container=container
    )


def opportunity(
    kind: WasteKind = WasteKind.OVER_REQUESTED_CPU, *, name: str = "frontend", **changed: Any
) -> Opportunity:
    """A typical waste of that kind, owned by the payments team."""
    resource = _resource(kind, name)
    fingerprint = fingerprint_of(kind, resource)
    is_container = kind not in _RESOURCES
    made = Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=kind,
        resource=resource,
        changes=_CHANGES[kind],
        saving=_SAVINGS.get(kind, Saving()),
        cost_usd_per_month=Decimal("1.86" if kind.is_for_reliability else 0),
        confidence=0.95,
        risk=0.1,
        effort=Effort.LOW,
        restart_needed=is_container,
        rollback_possible=True,
        summary=f"{resource.label} asks for more than it used in 14 days.",
        rollback="Revert the pull request: the request returns with one rolling restart.",
        detected_at=NOW - timedelta(hours=2),
        evidence=_EVIDENCE,
        caveats=("The CPU limit stays as it is (1).",),
        team="payments",
        blast_replicas=3,
    )
    return replace(made, **changed)


def record(
    status: Status = Status.NOTIFIED,
    *,
    kind: WasteKind = WasteKind.OVER_REQUESTED_CPU,
    **changed: Any,
) -> OpportunityRecord:
    """A record in that state, with everything that state brings along."""
    own = {k: changed.pop(k) for k in list(changed) if k in Opportunity.__dataclass_fields__}
    found = opportunity(kind, status=status, **own)
    return OpportunityRecord(
        opportunity=found,
        status_changed_at=NOW,
        last_seen_at=NOW,
        **{**_HISTORY.get(status, {}), **changed},
    )


_DECIDED: dict[str, Any] = {"decided_by": PRIYA, "decided_at": NOW}
_OPENED = _DECIDED | {
    "repository": "acme/platform",
    "pull_request_number": 7,
    "pull_request_url": "https://github.com/acme/platform/pull/7",
}
_MERGED = _OPENED | {"merged_at": NOW}
_IMPLEMENTED = _MERGED | {"implemented_at": NOW}
_HISTORY: dict[Status, dict[str, Any]] = {
    Status.APPROVED: _DECIDED,
    Status.DENIED: _DECIDED | {"status_reason": "December needs the headroom."},
    Status.SNOOZED: _DECIDED | {"snoozed_until": NOW + timedelta(days=7)},
    Status.PULL_REQUEST_OPEN: _OPENED,
    Status.MERGED: _MERGED,
    Status.IMPLEMENTED: _IMPLEMENTED,
    Status.VERIFIED: _IMPLEMENTED
    | {
        "verified_at": NOW,
        "realised": Saving(Decimal("38.20"), Decimal(0)),
        "verdict": {
            "verdict": "realised",
            "low_usd_per_month": "30.10",
            "high_usd_per_month": "45.00",
            "sentence": "The bill fell by $38.20/month.",
        },
    },
    Status.OBSOLETE: {"status_reason": "Applied elsewhere."},
}


def reasons(*sentences: str) -> tuple[PolicyReason, ...]:
    """Guardrails that object with these sentences, and one that does not."""
    against = GuardrailVerdict.REQUIRE_APPROVAL
    return (
        PolicyReason("risk", GuardrailVerdict.ALLOW, "The risk is low."),
        *(PolicyReason(f"policy_{i}", against, s) for i, s in enumerate(sentences)),
    )


DIRECTORY = Directory(
    teams=(
        Team(
            name="payments",
            channel=PAYMENTS,
            owners=(DANA,),
            approvers=Approvers(user_groups=(APPROVERS,)),
        ),
        Team(name="web", channel=GENERAL, approvers=Approvers(users=(MEI,))),
    ),
    triage_channel=FINOPS,
    leadership_channel=FINOPS,
)


def engine(folder: Path, directory: Directory = DIRECTORY) -> FinOpsEngine:
    """A real engine on a SQLite file, at a fixed time."""
    ledger = SavingsLedger(f"sqlite:///{folder / 'ledger.db'}")
    return FinOpsEngine(ledger, directory=directory, now=lambda: NOW)


def recorded(bot: FinOpsEngine, found: Opportunity) -> OpportunityRecord:
    """Write a finding into the ledger, as a cycle does."""
    with bot.ledger.transaction() as tx:
        return tx.record(found, seen_at=NOW).record


def put_plan(bot: FinOpsEngine, plan: str, *ids: str) -> None:
    """Write the payments team's plan of the week with these items, and have it posted."""
    items = tuple(PlanItem(one, 1.0) for one in ids)
    made = Plan(id=plan, team="payments", week="2026-W48", items=items, created_at=NOW)
    with bot.ledger.transaction() as tx:
        plans.create(tx.connection, made)
        tx.enqueue(kind="post_plan", subject=plan, idempotency_key="plan")


# The outbox counts in wall-clock time, which is before any later year.
LATER = datetime(2099, 1, 1, tzinfo=UTC)


def ask(bot: FinOpsEngine, kind: str, subject: str, **payload: object) -> None:
    """Write an intent, as the engine does in its transactions."""
    with bot.ledger.transaction() as tx:
        tx.enqueue(
            kind=kind,
            subject=subject,
            idempotency_key=f"{kind}:{subject}:{payload}",
            payload=payload,
        )


def known(engine: FinOpsEngine) -> OpportunityRecord:
    """The one record there is."""
    [record] = engine.ledger.find()
    return record


def denial(words: str, why: DenyReason = DenyReason.OTHER) -> dict[str, dict[str, str]]:
    """What a person fills into the form of a denial."""
    return {
        BlockId.REASON_CLASS.value: {ActionId.REASON_CLASS.value: why.value},
        BlockId.REASON.value: {ActionId.REASON.value: words},
    }


def row_of(card: dict[str, Any]) -> list[dict[str, Any]]:
    """The elements of a card's row of buttons."""
    row = next(block for block in card["blocks"] if block["type"] == "actions")
    elements: list[dict[str, Any]] = row["elements"]
    return elements
