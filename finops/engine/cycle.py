"""A cycle: snapshot → detect → record → notify, in short transactions.

Findings are written in batches, so that a click never waits for a large estate to be recorded.
A cycle that dies half-way has lost nothing: the next one records the rest and doubles nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from finops.domain.estate import Gap, Snapshot
from finops.domain.lifecycle import WAITING, Status
from finops.domain.observe import is_in_place, is_known
from finops.domain.opportunity import Opportunity, OpportunityRecord, Skipped
from finops.engine import announce
from finops.engine.aftermath import COST_CATEGORY, mark_implemented
from finops.engine.parts import Parts
from finops.ledger import history
from finops.savings_ledger import LedgerTransaction, Outcome

BATCH = 50


@dataclass(frozen=True, slots=True)
class CycleResult:
    """What one cycle did."""

    cluster: str
    taken_at: datetime
    records: tuple[OpportunityRecord, ...]
    skipped: tuple[Skipped, ...]
    gaps: tuple[Gap, ...]
    new: int
    revised: int


def run_cycle(parts: Parts, snapshot: Snapshot) -> CycleResult:
    """Detect, record, retire, and offer the cards that the day's budget allows."""
    now = parts.now()
    detection = parts.detection.detect(snapshot)
    outcomes: list[tuple[OpportunityRecord, Outcome]] = []
    for batch in _batches(detection.opportunities, BATCH):
        with parts.ledger.transaction() as tx:
            outcomes.extend(_record(tx, parts, snapshot, found, now=now) for found in batch)
    with parts.ledger.transaction() as tx:
        _close_cycle(tx, parts, snapshot, detection.skipped, found=len(outcomes))
    return CycleResult(
        cluster=snapshot.cluster,
        taken_at=snapshot.taken_at,
        records=tuple(record for record, _ in outcomes),
        skipped=tuple(detection.skipped),
        gaps=snapshot.gaps,
        new=sum(outcome is Outcome.NEW for _, outcome in outcomes),
        revised=sum(outcome is Outcome.REVISED for _, outcome in outcomes),
    )


def _record(
    tx: LedgerTransaction, parts: Parts, snapshot: Snapshot, found: Opportunity, *, now: datetime
) -> tuple[OpportunityRecord, Outcome]:
    result = tx.record(found, seen_at=now)
    record = result.record
    if result.outcome is not Outcome.UNCHANGED:
        revision = record.opportunity.revision
        tx.audit(
            at=now,
            actor="engine",
            action=result.outcome,
            subject=record.id,
            detail={"revision": revision, "saving": str(record.opportunity.saving)},
        )
        costs = history.costs(
            tx.connection,
            start=now.date() - timedelta(days=30),
            end=now.date(),
            resource_key=record.opportunity.resource.key,
            category=COST_CATEGORY[record.opportunity.kind],
        )
        baseline = parts.costs.baseline_of(record.opportunity, snapshot, costs)
        history.save_baseline(tx.connection, baseline, now=now)
    return record, result.outcome


def _close_cycle(
    tx: LedgerTransaction,
    parts: Parts,
    snapshot: Snapshot,
    skipped: Sequence[Skipped],
    *,
    found: int,
) -> None:
    now = parts.now()
    _retire(tx, parts, snapshot, skipped, now=now)
    mark_implemented(tx, snapshot, now=now)
    announce.offer_cards(tx, parts, now=now)
    announce.tell_owners(tx, parts.directory, now=now)
    history.save_cycle(
        tx.connection,
        cluster=snapshot.cluster,
        taken_at=snapshot.taken_at,
        found=found,
        skipped=skipped,
        gaps=[{"source": gap.source, "sentence": gap.sentence} for gap in snapshot.gaps],
    )
    history.put_setting(
        tx.connection,
        f"team_workloads:{snapshot.cluster}",
        _workloads_by_team(snapshot),
        by="engine",
        now=now,
    )


def _retire(
    tx: LedgerTransaction,
    parts: Parts,
    snapshot: Snapshot,
    skipped: Sequence[Skipped],
    *,
    now: datetime,
) -> None:
    """Close what is no longer true: applied elsewhere, resource gone, or not found any more."""
    reasons = {(skip.detector, skip.resource_key): skip.reason for skip in skipped}
    open_before_merge = [*WAITING, Status.DENIED, Status.EXPIRED, Status.APPROVED]
    for record in tx.find(statuses=open_before_merge, cluster=snapshot.cluster):
        if record.last_seen_at >= now:
            continue
        reason = _why_obsolete(record, snapshot, reasons, now=now, parts=parts)
        if reason and tx.move(record, Status.OBSOLETE, now=now, actor="engine", reason=reason):
            announce.changed(tx, tx.get(record.id), now=now, actor="engine", sentence=reason)


def _why_obsolete(
    record: OpportunityRecord,
    snapshot: Snapshot,
    reasons: dict[tuple[str, str], str],
    *,
    now: datetime,
    parts: Parts,
) -> str:
    opportunity = record.opportunity
    if is_in_place(snapshot, opportunity):
        return "Applied elsewhere: the estate already shows the proposed value."
    # A source that read only part of the estate may have missed the resource.
    if not snapshot.may_hide_resources and not is_known(snapshot, opportunity.resource):
        return "The resource is gone from the estate."
    if now - record.last_seen_at < timedelta(days=parts.pace.forget_after_days):
        return ""
    why = reasons.get((opportunity.kind.value, opportunity.resource.key), "no cycle found it again")
    return f"Not found again since {record.last_seen_at:%Y-%m-%d}: {why}"


def _workloads_by_team(snapshot: Snapshot) -> dict[str, int]:
    teams = [workload.team for workload in snapshot.workloads]
    return {team: teams.count(team) for team in sorted(set(teams))}


def _batches(found: Sequence[Opportunity], size: int) -> Iterator[list[Opportunity]]:
    rest = iter(found)
    while batch := list(islice(rest, size)):
        yield batch
