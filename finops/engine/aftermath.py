"""After the merge: seen in the estate, then judged by the bill; and what time alone changes."""

from datetime import datetime, timedelta
from decimal import Decimal

from finops.domain.errors import FinOpsError
from finops.domain.estate import Snapshot
from finops.domain.lifecycle import Status
from finops.domain.observe import Observation
from finops.domain.opportunity import OpportunityRecord
from finops.domain.verdict import SavingVerdict, Verdict
from finops.engine import announce
from finops.engine.closing import GONE, batches, close, turn
from finops.engine.parts import Parts
from finops.engine.proving import judge_by_bill, verdict_json
from finops.ledger import history

DEPLOYED = "Deployed: the estate shows the proposed value."
TAKEN_BACK = "The setting was taken back after it had been verified, so the saving is gone."
# The bill is read again this far back: corrections come late.
BILL_DAYS = 35
BILL_BATCH = 2_000


def mark_implemented(parts: Parts, snapshot: Snapshot, observation: Observation) -> None:
    """Move merged opportunities on when the snapshot shows their values, or lacks the resource."""
    now = parts.now()
    merged = parts.ledger.find(statuses=[Status.MERGED], cluster=snapshot.cluster)
    there = [r for r in merged if observation.is_in_place(r.opportunity)]
    moves = [(record, Status.IMPLEMENTED, DEPLOYED) for record in there]
    turn(parts, moves, now=now, implemented_at=now)
    gone = [r for r in merged if r not in there and observation.is_gone(r.opportunity)]
    close(parts, [(record, GONE) for record in gone], now=now)


def verify(parts: Parts, snapshot: Snapshot) -> int:
    """Judge what has been implemented long enough; returns how many got a verdict."""
    now = parts.now()
    observation = Observation(snapshot)
    oldest = now - timedelta(days=parts.pace.verify_after_days)
    known = parts.ledger.find(statuses=[Status.IMPLEMENTED], cluster=snapshot.cluster)
    due = [r for r in known if r.implemented_at is not None and r.implemented_at <= oldest]
    return sum(_verify_one(parts, record, observation, now=now) for record in due)


def recheck_verified(parts: Parts, snapshot: Snapshot, observation: Observation) -> None:
    """Take back what was verified and is no longer so: it must not be counted, nor counted twice.

    What cannot be seen in this snapshot stays as it is.
    """
    now = parts.now()
    for record in parts.ledger.find(statuses=[Status.VERIFIED], cluster=snapshot.cluster):
        opportunity = record.opportunity
        is_seen = observation.is_known(opportunity.resource)
        if not record.realised or not is_seen or observation.is_in_place(opportunity):
            continue
        verdict = dict(record.verdict) | {
            "verdict": Verdict.REVERSED.value,
            "sentence": TAKEN_BACK,
            "realised": {"cashable_usd_per_month": "0", "freed_usd_per_month": "0"},
        }
        turn(
            parts,
            [(record, Status.VERIFIED, TAKEN_BACK)],
            now=now,
            verdict=verdict,
            realised_cashable_usd_per_month=Decimal(0),
            realised_freed_usd_per_month=Decimal(0),
        )


def read_bill(parts: Parts) -> int:
    """Read the bill's newest days again, since corrections come late; returns the rows read."""
    if parts.bill is None:
        return 0
    now = parts.now()
    start = now.date() - timedelta(days=BILL_DAYS)
    rows = list(parts.bill.daily_costs(start=start, end=now.date()))
    # In pieces, because reading half a bill twice is harmless and a click must not wait for it.
    for batch in batches(rows, BILL_BATCH):
        with parts.ledger.bookkeeping() as connection:
            history.save_costs(connection, batch, now=now)
    return len(rows)


def wake_and_expire(parts: Parts) -> int:
    """Bring snoozed cards back when their time is up; expire cards nobody answered."""
    now = parts.now()
    days = parts.pace.expire_after_days
    snoozed = parts.ledger.find(statuses=[Status.SNOOZED])
    woken = [r for r in snoozed if r.snoozed_until is not None and r.snoozed_until <= now]
    expired = parts.ledger.find(
        statuses=[Status.NOTIFIED], unchanged_since=now - timedelta(days=days)
    )
    moves = [(record, Status.NOTIFIED, "The snooze is over.") for record in woken]
    moves += [(r, Status.EXPIRED, f"Nobody decided for {days} days.") for r in expired]
    done = turn(parts, moves, now=now, snoozed_until=None, decided_by="", decided_at=None)
    announce.offer_cards(parts, now=now)
    return done


def _verify_one(
    parts: Parts, record: OpportunityRecord, observation: Observation, *, now: datetime
) -> bool:
    opportunity = record.opportunity
    if observation.is_gone(opportunity) and not observation.is_in_place(opportunity):
        return bool(close(parts, [(record, GONE)], now=now))
    with parts.ledger.reading() as tx:
        verdict = judge_by_bill(tx, record, observation, now=now)
    is_late = now - (record.implemented_at or now) >= timedelta(
        days=parts.pace.give_up_verifying_after_days
    )
    waits_for_bill = not opportunity.kind.is_for_reliability
    if verdict.verdict is Verdict.UNPROVEN and waits_for_bill and not is_late:
        return False
    return _note_verdict(parts, record, verdict, now=now)


def _note_verdict(
    parts: Parts, record: OpportunityRecord, verdict: SavingVerdict, *, now: datetime
) -> bool:
    proved = verdict.verdict in (Verdict.REALISED, Verdict.PARTIAL)
    saved = verdict.realised
    done = turn(
        parts,
        [(record, Status.VERIFIED, verdict.sentence)],
        now=now,
        verified_at=now,
        verdict=verdict_json(verdict),
        realised_cashable_usd_per_month=saved.cashable_usd_per_month if proved else Decimal(0),
        realised_freed_usd_per_month=saved.freed_usd_per_month if proved else Decimal(0),
    )
    return bool(done)


def sample_usage(parts: Parts) -> int:
    """Sample each cluster that has a sampler; one that does not answer stops no other."""
    failed: list[FinOpsError] = []
    for sampler in parts.samplers.values():
        try:
            sampler.sample(now=parts.now())
        except FinOpsError as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return len(parts.samplers)
