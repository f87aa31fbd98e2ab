"""Names that try to break a message, in every place where a name can stand."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import Evidence, OpportunityRecord
from finops.finops_engine import SavingsSummary
from finops.guardrails import GuardrailVerdict, PolicyReason
from finops.ledger.audit import AuditEntry
from finops.reports.report import (
    Line,
    Period,
    PeriodKind,
    Recommendation,
    SavingsReport,
    Tally,
)
from finops.savings_ledger import Breakdown
from tests.handlers.builders import NOW, record

HOSTILE = [
    "<!channel> <@U0PRIYA0001> </script>",
    "x" * 5000,
    "&<>" * 2000,
    '"\\' * 3000,
    "```rm -rf```` *bold* _it_ ~gone~",
    "\u202egnp.exe\u202c שלום مرحبا",
    "\x00\x07\ud800\u2028",
    "line\nline\n> quoted",
    "",
    " ",
    "👩‍👩‍👧‍👦" * 900,
]
names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=400))


def hostile(name: str, status: Status = Status.NOTIFIED) -> OpportunityRecord:
    """A record in which everything that comes from outside is `name`."""
    plain = record(status)
    resource = replace(
        plain.opportunity.resource, cluster=name, namespace=name, name=name, container=name
    )
    found = replace(
        plain.opportunity,
        resource=resource,
        team=name,
        summary=name,
        rollback=name,
        caveats=(name,) * 30,
        evidence=tuple(Evidence(name, name, name) for _ in range(40)),
        saving=Saving(Decimal("123456789.99"), Decimal("123456789.99")),
        revision=999_999,
        blast_replicas=10**9,
    )
    return replace(
        plain,
        opportunity=found,
        decided_by=name,
        status_reason=name,
        pull_request_url=name,
        verdict={"verdict": name, "low_usd_per_month": name, "high_usd_per_month": name},
    )


def objections(name: str, times: int = 12) -> tuple[PolicyReason, ...]:
    return tuple(PolicyReason(name, GuardrailVerdict.DENY, name) for _ in range(times))


def entries(name: str, times: int = 30) -> list[AuditEntry]:
    return [AuditEntry(i, NOW, name, name, "op", {"reason": name}, "") for i in range(times)]


def breakdown(name: str) -> Breakdown:
    saving = Saving(Decimal("1234.5"), Decimal("999999"))
    return Breakdown(name, 3, saving, saving, saving)


def summary(name: str, times: int = 30) -> SavingsSummary:
    rows = tuple(breakdown(f"{name} {i}") for i in range(times))
    saving = Saving(Decimal("1234.5"), Decimal("99"))
    return SavingsSummary(saving, saving, saving, rows, rows, rows)


def report(name: str, times: int = 30) -> SavingsReport:
    saving = Saving(Decimal("1234.5"), Decimal("99"))
    tally = Tally(name, saving, saving, saving, 1, 2, 3)
    line = Line("op-1", name, name, "idle node", "verified", saving, name)
    return SavingsReport(
        period=Period(PeriodKind.WEEKLY, NOW.date() - timedelta(days=7), NOW.date()),
        headline=name,
        totals=tally,
        verified_in_period=saving,
        by_team=(tally,) * times,
        reversed=(line,) * times,
        recommendations=(Recommendation(name, NOW.date(), name, saving),) * times,
    )
