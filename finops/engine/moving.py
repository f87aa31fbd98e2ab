"""Is it still what the person saw, and is the conditional UPDATE ours."""

from datetime import datetime

from finops.domain.errors import AlreadyDecided, Refused
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor
from finops.engine.parts import Parts
from finops.savings_ledger import LedgerTransaction

# An opportunity by its id, or as the caller has just read it: most clicks have to read it anyhow.
# Under the ledger's lock it is read again.
Which = str | OpportunityRecord


def move(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    target: Status,
    *,
    now: datetime,
    actor: Actor,
    reason: str,
    **columns: object,
) -> OpportunityRecord:
    """The record after the move; raises Refused when somebody was first."""
    after = tx.move(known, target, now=now, actor=actor.id, reason=reason, **columns)
    if after is None:
        raise somebody_was_first()
    return after


def somebody_was_first() -> Refused:
    """What the second of two clicks at the same moment reads."""
    return Refused("Somebody decided this at the same moment; the card shows the outcome.")


def standing(
    tx: LedgerTransaction, known: OpportunityRecord, revision: int, now: datetime
) -> OpportunityRecord:
    """The record as the person saw it: notified, in this revision; raises Refused otherwise."""
    require_standing(known, revision)
    if known.status is Status.NOTIFIED:
        return known
    # Only a card has its buttons: it stands, and the worker has not come to say so.
    return tx.move(known, Status.NOTIFIED, now=now, actor="engine") or tx.get(known.id)


def look_first(parts: Parts, which: Which, revision: int) -> OpportunityRecord:
    """Refuse without the ledger's lock what comes too late: most clicks on a busy card do."""
    known = parts.ledger.get(which) if isinstance(which, str) else which
    require_standing(known, revision)
    return known


def id_of(which: Which) -> str:
    """Its id."""
    return which if isinstance(which, str) else which.id


def require_standing(known: OpportunityRecord, revision: int) -> None:
    """Raise Refused unless it waits for a decision, in the revision that the person saw."""
    require_revision(known, revision)
    if known.status in (Status.NOTIFIED, Status.DETECTED):
        return
    by = f" by {known.decided_by}" if known.decided_by else ""
    when = f" on {known.status_changed_at:%Y-%m-%d at %H:%M} UTC"
    raise AlreadyDecided(
        f"This is already {known.status.words}{by}{when}; nothing was changed.",
        decided_by=known.decided_by,
    )


def require_revision(known: OpportunityRecord, revision: int) -> None:
    """Raise Refused unless the proposal is the one that was shown."""
    if known.opportunity.revision != revision:
        raise Refused(
            f"The proposal has changed since this was shown (revision {revision}, now "
            f"{known.opportunity.revision}); decide on the current card."
        )
