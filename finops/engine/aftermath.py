"""After the merge: seen in the estate, then judged by the bill; and what time alone changes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from finops.domain.estate import Snapshot
from finops.domain.lifecycle import Status
from finops.domain.observe import is_in_place
from finops.domain.opportunity import OpportunityRecord, WasteKind
from finops.domain.verdict import SavingVerdict, Verdict
from finops.engine import announce
from finops.engine.parts import Parts
from finops.ledger import history
from finops.savings_ledger import LedgerTransaction
from finops.verification.verdicts import judge

COST_CATEGORY = {
    WasteKind.OVER_REQUESTED_CPU: "allocated_cpu",
    WasteKind.OVER_REQUESTED_MEMORY: "allocated_memory",
    WasteKind.IDLE_NODE: "billed",
    WasteKind.ORPHAN_VOLUME: "billed",
}
# As long before as after, but a month at most: older days are another estate.
MAX_DAYS_BEFORE = 28


def mark_implemented(tx: LedgerTransaction, snapshot: Snapshot, *, now: datetime) -> None:
    """Move merged opportunities on when the snapshot shows their values."""
    for record in tx.find(statuses=[Status.MERGED], cluster=snapshot.cluster):
        if not is_in_place(snapshot, record.opportunity):
            continue
        sentence = "Deployed: the estate shows the proposed value."
        if tx.move(
            record, Status.IMPLEMENTED, now=now, actor="engine", reason=sentence, implemented_at=now
        ):
            announce.changed(tx, tx.get(record.id), now=now, actor="engine", sentence=sentence)


def verify(parts: Parts, snapshot: Snapshot) -> int:
    """Judge what has been implemented long enough; returns how many got a verdict."""
    now = parts.now()
    count = 0
    for record in parts.ledger.find(statuses=[Status.IMPLEMENTED], cluster=snapshot.cluster):
        with parts.ledger.transaction() as tx:
            count += _verify_one(tx, parts, snapshot, tx.get(record.id), now=now)
    return count


def read_bill(parts: Parts) -> int:
    """Read the bill's newest days again, since corrections come late; returns the rows read."""
    if parts.bill is None:
        return 0
    now = parts.now()
    rows = list(parts.bill.daily_costs(start=now.date() - timedelta(days=35), end=now.date()))
    with parts.ledger.transaction() as tx:
        history.save_costs(tx.connection, rows, now=now)
    return len(rows)


def wake_and_expire(parts: Parts) -> int:
    """Bring snoozed cards back when their time is up; expire cards nobody answered."""
    now = parts.now()
    expired_before = now - timedelta(days=parts.pace.expire_after_days)
    with parts.ledger.transaction() as tx:
        woken = [
            record
            for record in tx.find(statuses=[Status.SNOOZED])
            if record.snoozed_until is not None and record.snoozed_until <= now
        ]
        expired = [
            record
            for record in tx.find(statuses=[Status.NOTIFIED])
            if record.status_changed_at <= expired_before
        ]
        for record in woken:
            _turn(tx, record, Status.NOTIFIED, "The snooze is over.", now=now)
        for record in expired:
            days = parts.pace.expire_after_days
            _turn(tx, record, Status.EXPIRED, f"Nobody decided for {days} days.", now=now)
        announce.offer_cards(tx, parts, now=now)
    return len(woken) + len(expired)


def _turn(
    tx: LedgerTransaction, record: OpportunityRecord, target: Status, why: str, *, now: datetime
) -> None:
    columns: dict[str, Any] = {"snoozed_until": None, "decided_by": "", "decided_at": None}
    if tx.move(record, target, now=now, actor="engine", reason=why, **columns):
        announce.changed(tx, tx.get(record.id), now=now, actor="engine", sentence=why)


def _verify_one(
    tx: LedgerTransaction,
    parts: Parts,
    snapshot: Snapshot,
    record: OpportunityRecord,
    *,
    now: datetime,
) -> bool:
    if record.status is not Status.IMPLEMENTED or record.implemented_at is None:
        return False
    age = now - record.implemented_at
    if age < timedelta(days=parts.pace.verify_after_days):
        return False
    verdict = _judge(tx, record, snapshot, now=now)
    is_late = age >= timedelta(days=parts.pace.give_up_verifying_after_days)
    if verdict.verdict is Verdict.UNPROVEN and not is_late:
        return False
    saved = verdict.realised if verdict.verdict in (Verdict.REALISED, Verdict.PARTIAL) else None
    moved = tx.move(
        record,
        Status.VERIFIED,
        now=now,
        actor="engine",
        reason=verdict.sentence,
        verified_at=now,
        verdict=_verdict_json(verdict),
        realised_cashable_usd_per_month=saved.cashable_usd_per_month if saved else Decimal(0),
        realised_freed_usd_per_month=saved.freed_usd_per_month if saved else Decimal(0),
    )
    announce.changed(tx, tx.get(record.id), now=now, actor="engine", sentence=verdict.sentence)
    return moved


def _judge(
    tx: LedgerTransaction, record: OpportunityRecord, snapshot: Snapshot, *, now: datetime
) -> SavingVerdict:
    opportunity = record.opportunity
    merged = (record.merged_at or record.status_changed_at).date()
    implemented = (record.implemented_at or record.status_changed_at).date()
    before = _daily(tx, record, merged - timedelta(days=MAX_DAYS_BEFORE), merged)
    # The day of the change itself is half old, half new.
    after = _daily(tx, record, implemented + timedelta(days=1), now.date())
    return judge(
        opportunity.saving,
        before,
        after,
        setting_still_in_place=is_in_place(snapshot, opportunity),
        is_cashable=opportunity.saving.cashable_usd_per_month > 0,
    )


def _daily(
    tx: LedgerTransaction, record: OpportunityRecord, start: date, end: date
) -> Sequence[Decimal]:
    rows = history.costs(
        tx.connection,
        start=start,
        end=end,
        resource_key=record.opportunity.resource.key,
        category=COST_CATEGORY[record.opportunity.kind],
    )
    by_day = {row.day: row.effective_cost for row in rows}
    days = _covered_days(tx, start, end)
    # A day the bill covers without a line for this resource cost nothing: a deleted volume.
    return [by_day.get(day, Decimal(0)) for day in days]


def _covered_days(tx: LedgerTransaction, start: date, end: date) -> list[date]:
    return sorted({row.day for row in history.costs(tx.connection, start=start, end=end)})


def _verdict_json(verdict: SavingVerdict) -> dict[str, object]:
    values = asdict(verdict)
    values["realised"] = {name: str(value) for name, value in values["realised"].items()}
    return {name: str(v) if isinstance(v, Decimal) else v for name, v in values.items()}
