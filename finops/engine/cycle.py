"""A cycle: snapshot → detect → record → notify, in short transactions.

Findings are written in batches, so that a click never waits for a large estate to be recorded.
A cycle that dies half-way has lost nothing: the next one records the rest and doubles nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from finops.domain.estate import Gap, Snapshot
from finops.domain.lifecycle import WAITING, Status
from finops.domain.observe import Observation
from finops.domain.opportunity import Opportunity, OpportunityRecord, Skipped, judging_kind
from finops.engine import announce
from finops.engine.aftermath import mark_implemented, recheck_verified
from finops.engine.closing import GONE, batches, close
from finops.engine.cooling import cooled
from finops.engine.kept_edits import with_kept_edits
from finops.engine.owning import with_known_owners
from finops.engine.parts import Parts
from finops.engine.proving import COST_CATEGORY
from finops.engine.telling import tell_owners
from finops.ledger import history
from finops.savings_ledger import LedgerTransaction, Outcome

# A click waits for one batch of them at most: about 0.1 s on SQLite (measured).
BATCH = 25
# While a source is down nothing is found again; that is no reason to forget it all in a week.
UNSEEN_PATIENCE = 4


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
    """Find the owners, detect, record, retire, and offer the cards that the day's budget allows."""
    now = parts.now()
    snapshot = with_known_owners(parts, snapshot)
    detection = parts.detection.detect(snapshot)
    found, waiting = cooled(parts, detection.opportunities, cluster=snapshot.cluster, now=now)
    skips = (*detection.skipped, *waiting)
    found = with_kept_edits(parts, found, cluster=snapshot.cluster)
    outcomes: list[tuple[OpportunityRecord, Outcome]] = []
    for batch in batches(found, BATCH):
        with parts.ledger.transaction() as tx:
            outcomes.extend(_record(tx, parts, snapshot, each, now=now) for each in batch)
    observation = Observation(snapshot)
    _retire(parts, snapshot, observation, skips, now=now)
    mark_implemented(parts, snapshot, observation)
    recheck_verified(parts, snapshot, observation)
    _keep_facts(parts, snapshot, skips, found=len(outcomes))
    announce.offer_cards(parts, now=now)
    tell_owners(parts)
    return CycleResult(
        cluster=snapshot.cluster,
        taken_at=snapshot.taken_at,
        records=tuple(record for record, _ in outcomes),
        skipped=skips,
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
        announce.refresh_plans(tx, record.id)
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


def _keep_facts(
    parts: Parts, snapshot: Snapshot, skipped: Sequence[Skipped], *, found: int
) -> None:
    """What guardrails and people ask about the cycle; thousands of skips keep no click waiting."""
    with parts.ledger.bookkeeping() as connection:
        history.save_cycle(
            connection,
            cluster=snapshot.cluster,
            taken_at=snapshot.taken_at,
            found=found,
            skipped=skipped,
            gaps=[{"source": gap.source, "sentence": gap.sentence} for gap in snapshot.gaps],
        )
        history.put_setting(
            connection,
            f"team_workloads:{snapshot.cluster}",
            _workloads_by_team(snapshot),
            by="engine",
            now=parts.now(),
        )


def _retire(
    parts: Parts,
    snapshot: Snapshot,
    observation: Observation,
    skipped: Sequence[Skipped],
    *,
    now: datetime,
) -> None:
    """Close what is no longer true: applied elsewhere, resource gone, or not found any more."""
    reasons = {(skip.detector, skip.resource_key): skip.reason for skip in skipped}
    open_before_merge = [*WAITING, Status.DENIED, Status.EXPIRED, Status.APPROVED]
    known = parts.ledger.find(statuses=open_before_merge, cluster=snapshot.cluster)
    judged = [
        (record, _why_obsolete(record, observation, reasons, now=now, parts=parts))
        for record in known
        if record.last_seen_at < now
    ]
    close(parts, [(record, why) for record, why in judged if why], now=now)


def _why_obsolete(
    record: OpportunityRecord,
    observation: Observation,
    reasons: dict[tuple[str, str], str],
    *,
    now: datetime,
    parts: Parts,
) -> str:
    opportunity = record.opportunity
    if observation.is_in_place(opportunity):
        return "Applied elsewhere: the estate already shows the proposed value."
    # A source that read only part of the estate may have missed the resource.
    if observation.is_gone(opportunity):
        return GONE
    if record.status is Status.DENIED:
        return ""  # forgetting it would ask again what somebody has declined
    patience = timedelta(days=parts.pace.forget_after_days)
    if not observation.was_looked_at(opportunity):
        patience *= UNSEEN_PATIENCE
    if now - record.last_seen_at < patience:
        return ""
    why = reasons.get(_found_by(opportunity), "no cycle found it again")
    return f"Not found again since {record.last_seen_at:%Y-%m-%d}: {why}"


def _found_by(opportunity: Opportunity) -> tuple[str, str]:
    """The detector that would say why it is not found, and the resource."""
    return judging_kind(opportunity.kind).words, opportunity.resource.key


def _workloads_by_team(snapshot: Snapshot) -> dict[str, int]:
    return dict(sorted(Counter(workload.team for workload in snapshot.workloads).items()))
