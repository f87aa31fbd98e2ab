"""Reports of records that are made from a seed, and one of names that want to do harm."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from finops.domain.lifecycle import IN_FLIGHT, Status
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord, WasteKind
from finops.engine.reporting import trend_of
from finops.report_generator import (
    AuditFacts,
    Context,
    PeriodKind,
    SavingsReport,
    build_report,
)
from finops.reports.bill_context import BillDay, bill_context
from finops.reports.report import period_before
from tests.finops.rule_examples import NOW, record

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|'/C calc'!A0",
    "#set page(fill: red) $x$ *b* \\u{41} @label",
    "</td></table><img src=x onerror=alert(1)>",
    "\u202egnp.exe",
    "x" * 253,
    "数据 🚀",
    "line\r\nbreak\tand\x00zero",
    "{{ 7 * 7 }}{% raw %}",
    "&amp;<b>",
    "",
)
WEEK = period_before(PeriodKind.WEEKLY, NOW.date())
_DECIDED = IN_FLIGHT | {Status.DENIED, Status.VERIFIED}
_KINDS = (
    WasteKind.OVER_REQUESTED_CPU,
    WasteKind.IDLE_NODE,
    WasteKind.ORPHAN_VOLUME,
    WasteKind.UNDER_REQUESTED_MEMORY,
)


def made_records(seed: int, count: int, names: Sequence[str] = ()) -> list[OpportunityRecord]:
    """Records of every status, kind and verdict; `names` stand wherever a name can stand."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    return [_made(chance, number, names) for number in range(count)]


def _made(chance: random.Random, number: int, names: Sequence[str]) -> OpportunityRecord:
    status, kind = chance.choice(list(Status)), chance.choice(_KINDS)
    name = f"{names[number % len(names)]}{number}" if names else f"w{number}"
    team = names[number % len(names)] if names else f"team-{number % 4}"
    amount = Decimal(chance.randrange(1, 90_000)) / 100
    saving = Saving(amount, Decimal(0)) if number % 2 else Saving(Decimal(0), amount)
    detected = NOW - timedelta(days=chance.randrange(1, 60))
    since = NOW - timedelta(days=chance.randrange(0, 20), minutes=7)
    is_raise = kind.is_for_reliability
    known = record(
        name, status, Saving() if is_raise else saving, team=team, status_changed_at=since
    )
    found = replace(
        known.opportunity,
        kind=kind,
        detected_at=detected,
        risk=chance.random(),
        confidence=chance.random(),
        cost_usd_per_month=amount if is_raise else Decimal(0),
        summary=name,
    )
    return _with_past(chance, replace(known, opportunity=found), name)


def _with_past(chance: random.Random, known: OpportunityRecord, name: str) -> OpportunityRecord:
    status, saving = known.status, known.opportunity.saving
    if status in _DECIDED:
        known = replace(
            known, decided_by=name or "U0APPROVER", decided_at=known.status_changed_at,
            repository=name, pull_request_number=7, pull_request_url=name, status_reason=name,
        )  # fmt: skip
    if status in (Status.IMPLEMENTED, Status.VERIFIED):
        known = replace(known, implemented_at=known.status_changed_at - timedelta(days=9))
    if status is not Status.VERIFIED:
        return known
    verdict = chance.choice(["realised", "partial", "unproven", "reversed"])
    share = {"realised": Decimal(1), "partial": Decimal("0.5")}.get(verdict, Decimal(0))
    realised = Saving(saving.cashable_usd_per_month * share, saving.freed_usd_per_month * share)
    return replace(
        known,
        realised=realised,
        verified_at=known.status_changed_at,
        verdict={
            "verdict": verdict,
            "sentence": name,
            "low_usd_per_month": "1.5",
            "high_usd_per_month": "2.5",
        },
    )


def report_of(records: Sequence[OpportunityRecord], *, has_bill: bool = True) -> SavingsReport:
    """The weekly report of these records, with the bill of 100 days."""
    days = [BillDay(NOW.date() - timedelta(days=back), Decimal(100 + back)) for back in range(100)]
    first = min((r.opportunity.detected_at.date() for r in records), default=WEEK.end)
    bill = bill_context(days, start=WEEK.start, end=WEEK.end, first_finding=first)
    return build_report(
        records,
        period=WEEK,
        bill_usd_per_month=bill.base_usd_per_month if has_bill else None,
        trend=trend_of(records, until=WEEK.end),
        context=Context(
            now=NOW,
            bill=bill if has_bill else None,
            audit=AuditFacts(12, "ab" * 32, is_intact=True),
            owners={"team-1": "U0OWNER00001", "team-2": "S0GROUP00001"},
        ),
    )
