"""How long a digest of a large company takes, and how much memory.

    python -m benchmarks.digest --teams 200 --opportunities 10000 --json

Fills a ledger (SQLite in a temporary folder) with opportunities of every status from a seed, with
their audit rows and a bill of 140 days, and then, in a process of its own, does what the worker
does for one digest: reads the ledger, builds the report, renders the message with native charts,
draws both charts, and makes the page, the paper and the CSV. `seconds` is that from the start of
the report to the last byte, `cpu_seconds` the same without waiting for a machine that others use
too; `peak_rss_mb` is the whole process, imports and all.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from finops.domain.changes import Change, Setting
from finops.domain.lifecycle import Status
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
from finops.domain.verdict import DailyCost
from finops.ledger import history, tables
from finops.ledger.codec import columns_of
from finops.report_generator import Edition
from finops.savings_ledger import SavingsLedger

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
BILL_DAYS, BILL_RESOURCES = 140, 40
_BATCH = 1_000
_KINDS = (WasteKind.OVER_REQUESTED_CPU, WasteKind.IDLE_NODE, WasteKind.ORPHAN_VOLUME)
_VERDICTS = ("realised", "realised", "realised", "partial", "unproven", "reversed")


def fill(url: str, *, teams: int, opportunities: int, seed: int) -> None:
    """Write the ledger of a large company."""
    ledger, chance = SavingsLedger(url), random.Random(seed)  # noqa: S311 - not for secrets
    rows = list(_rows(chance, teams, opportunities))
    for start in range(0, len(rows), _BATCH):
        with ledger.transaction() as tx:
            tx.connection.execute(tables.opportunities.insert(), rows[start : start + _BATCH])
    for start in range(0, len(rows), _BATCH):
        with ledger.transaction() as tx:
            for row in rows[start : start + _BATCH]:
                for action in ("new", "notified"):
                    tx.audit(at=row["detected_at"], actor="engine", action=action,
                             subject=row["id"], detail={})  # fmt: skip
    with ledger.transaction() as tx:
        history.save_costs(tx.connection, _bill(), now=NOW)
    ledger.close()


def measure(url: str, folder: Path) -> dict[str, Any]:
    """Make one digest with everything that goes with it."""
    from pypdfium2 import PdfDocument

    from finops.finops_engine import FinOpsEngine
    from finops.reports.csv_lines import csv_of
    from finops.reports.editions import document_of
    from finops.reports.html_page import html_of
    from finops.reports.pdf_paper import pdf_of
    from handlers.blocks.budget import characters
    from handlers.blocks.digest import digest
    from handlers.blocks.native_charts import native_charts

    engine = FinOpsEngine(SavingsLedger(url), now=lambda: NOW)
    begun, cpu = time.perf_counter(), time.process_time()
    report = engine.generate_weekly_report()
    _, blocks = digest(report, native_charts(report, Edition.LEADERS))
    document = document_of(report, Edition.LEADERS, engine.digest_charts(report))
    page, paper, lines = html_of(document), pdf_of(document), csv_of(report)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = _peak_rss_mb()
    for name, content in (("d.html", page.encode()), ("d.pdf", paper), ("d.csv", lines.encode())):
        (folder / name).write_bytes(content)
    pages = len(PdfDocument(paper))
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_rss_mb": round(peak, 1),
        "blocks": len(blocks),
        "characters": characters(blocks),
        "html_bytes": len(page.encode()),
        "pdf_pages": pages,
        "csv_bytes": len(lines.encode()),
        "lines": len(report.lines),
        "teams": len(report.by_team),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill a ledger, measure in a fresh process, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teams", type=int, default=200)
    parser.add_argument("--opportunities", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.measure:
        print(json.dumps(measure(chosen.measure, Path(chosen.measure.partition(":///")[2]).parent)))
        return 0
    with tempfile.TemporaryDirectory(prefix="finops-digest-") as folder:
        url = f"sqlite:///{folder}/ledger.db"
        fill(url, teams=chosen.teams, opportunities=chosen.opportunities, seed=chosen.seed)
        # A process of its own: filling the ledger would count as memory of the digest.
        command = [sys.executable, "-m", "benchmarks.digest", "--measure", url]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    if chosen.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:14} {value}" for name, value in figures.items()))
    return 0


def _rows(chance: random.Random, teams: int, count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        found = _opportunity(chance, number, f"team-{chance.randrange(teams):03}")
        status = chance.choice(list(Status))
        yield {
            "id": found.id,
            "fingerprint": found.fingerprint,
            "open_fingerprint": None if status is Status.VERIFIED else found.fingerprint,
            "generation": 1,
            "revision": 1,
            "status": status,
            "detected_at": found.detected_at,
            "last_seen_at": NOW,
            **_past(chance, status, found),
            **columns_of(found),
        }


def _opportunity(chance: random.Random, number: int, team: str) -> Opportunity:
    kind = chance.choice(_KINDS)
    resource = Resource(
        cluster=f"cluster-{number % 12}",
        kind="Deployment",
        name=f"workload-{number}",
        namespace=f"namespace-{number % 300}",
        container="server",
    )
    amount = Decimal(chance.randrange(100, 40_000)) / 100
    is_room = kind is WasteKind.OVER_REQUESTED_CPU
    fingerprint = fingerprint_of(kind, resource)
    return Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=kind,
        resource=resource,
        changes=(Change(Setting.CPU_REQUEST, 1000, 400),),
        saving=Saving(Decimal(0), amount) if is_room else Saving(amount, Decimal(0)),
        confidence=chance.uniform(0.8, 0.99),
        risk=chance.random(),
        effort=Effort.LOW,
        restart_needed=True,
        rollback_possible=True,
        summary=f"{resource.label} asks for more than twice what it used in 14 days.",
        rollback="Revert the pull request: the request returns with one rolling restart.",
        detected_at=NOW - timedelta(days=chance.randrange(1, 90)),
        evidence=tuple(Evidence(f"fact {i}", f"{i}00m of 1", "Prometheus") for i in range(8)),
        caveats=("The CPU limit stays as it is.",),
        team=team,
    )


def _past(chance: random.Random, status: Status, found: Opportunity) -> dict[str, Any]:
    """What the status brings along."""
    decided = found.detected_at + (NOW - found.detected_at) * chance.random()
    is_decided = status not in (Status.DETECTED, Status.NOTIFIED, Status.EXPIRED, Status.OBSOLETE)
    verdict = chance.choice(_VERDICTS)
    is_proved = status is Status.VERIFIED and verdict in ("realised", "partial")
    share = Decimal(1) if verdict == "realised" else Decimal("0.5")
    realised = found.saving if is_proved else Saving()
    later = {Status.IMPLEMENTED, Status.VERIFIED}
    return {
        "status_changed_at": decided,
        "status_reason": "",
        "decided_by": "U0APPROVER" if is_decided else "",
        "decided_at": decided if is_decided else None,
        "guardrail_reasons": [],
        "repository": "acme/platform" if is_decided else "",
        "pull_request_number": chance.randrange(9_999) if is_decided else None,
        "pull_request_url": "https://git.example/acme/platform/pull/1" if is_decided else "",
        "merged_at": decided if status in later else None,
        "implemented_at": decided if status in later else None,
        "verified_at": NOW - timedelta(days=chance.randrange(60))
        if status is Status.VERIFIED
        else None,
        "verdict": {"verdict": verdict, "sentence": "What the bill said of it."}
        if status is Status.VERIFIED
        else {},
        "realised_cashable_usd_per_month": realised.cashable_usd_per_month * share,
        "realised_freed_usd_per_month": realised.freed_usd_per_month * share,
    }


def _bill() -> Iterator[DailyCost]:
    for back in range(1, BILL_DAYS + 1):
        for number in range(BILL_RESOURCES):
            yield DailyCost(
                day=NOW.date() - timedelta(days=back),
                resource_key=f"cluster-1/NodeGroup/group-{number}",
                category="billed",
                effective_cost=Decimal(700 + number + back % 7),
            )


def _peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024) if sys.platform == "darwin" else peak / 1024


if __name__ == "__main__":
    sys.exit(main())
