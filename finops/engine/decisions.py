"""Deny, snooze, edit: one transaction each, committed before anybody is answered.

Inside it: is it still what the person saw, may this person, is the conditional UPDATE ours. A
refusal changes nothing but leaves an audit row. `approving` does the same for approvals.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import Status
from finops.domain.mutes import DenyReason
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.people import Actor
from finops.domain.retelling import EDITED
from finops.engine import announce
from finops.engine.moving import Which, id_of, look_first, move, somebody_was_first, standing
from finops.engine.parts import Parts
from finops.engine.pausing import note_answer
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.engine.rights import remember_name, require_owner_or_approver
from finops.rightsizing.edited import with_value
from finops.savings_ledger import LedgerTransaction

MAX_REASON_CHARACTERS = 2_000
MAX_SNOOZE_DAYS = 92


def deny(
    parts: Parts,
    which: Which,
    *,
    revision: int,
    actor: Actor,
    reason: str,
    reason_class: DenyReason = DenyReason.OTHER,
) -> OpportunityRecord:
    """Decline with a reason; the same proposal is not offered again.

    The class stands in front of the words, in the ledger and in the audit log; another one than
    `OTHER` needs no words.
    """
    is_other = reason_class is DenyReason.OTHER
    words = checked_reason(reason, is_required=is_other)
    if not is_other:
        words = f"{reason_class.words}: {words}" if words else f"{reason_class.words}."

    def decide(tx: LedgerTransaction, known: OpportunityRecord, now: datetime) -> OpportunityRecord:
        return move(
            tx, known, Status.DENIED, now=now, actor=actor, reason=words,
            decided_by=actor.id, decided_at=now,
        )  # fmt: skip

    return _decide(parts, which, revision=revision, actor=actor, verb="deny", decide=decide)


def snooze(
    parts: Parts,
    which: Which,
    *,
    revision: int,
    actor: Actor,
    days: int,
    reason: str,
) -> OpportunityRecord:
    """Put it aside for `days`; it comes back by itself."""
    words = checked_reason(reason, is_required=False)
    if not 1 <= days <= MAX_SNOOZE_DAYS:
        raise InvalidInput(f"Snooze for 1 to {MAX_SNOOZE_DAYS} days, not {days}.")

    def decide(tx: LedgerTransaction, known: OpportunityRecord, now: datetime) -> OpportunityRecord:
        return move(
            tx, known, Status.SNOOZED, now=now, actor=actor, reason=words,
            decided_by=actor.id, decided_at=now, snoozed_until=now + timedelta(days=days),
        )  # fmt: skip

    return _decide(parts, which, revision=revision, actor=actor, verb="snooze", decide=decide)


def edit(
    parts: Parts, which: Which, *, revision: int, actor: Actor, value: int
) -> OpportunityRecord:
    """Set another value, priced and judged anew, as a new revision that waits like the old one.

    Raises OutOfBounds for a value below what history or a rule forbids.
    """

    def decide(tx: LedgerTransaction, known: OpportunityRecord, now: datetime) -> OpportunityRecord:
        edited = with_value(known.opportunity, value, by=actor.id)
        if not tx.edit(known, edited, now=now, actor=actor.id):
            raise somebody_was_first()
        return tx.get(known.id)

    return _decide(parts, which, revision=revision, actor=actor, verb="edit", decide=decide)


def try_value(parts: Parts, known: OpportunityRecord, value: int) -> Opportunity:
    """What the proposal would be with that value; nothing is written."""
    return with_value(known.opportunity, value, by=known.opportunity.edited_by or "somebody")


def _decide(
    parts: Parts,
    which: Which,
    *,
    revision: int,
    actor: Actor,
    verb: str,
    decide: Callable[[LedgerTransaction, OpportunityRecord, datetime], OpportunityRecord],
) -> OpportunityRecord:
    def may(known: OpportunityRecord) -> None:
        require_owner_or_approver(parts.directory, known.opportunity.team, actor, verb)

    now = parts.now()
    with audited_refusals(parts, id_of(which), actor=actor, revision=revision):
        known = look_first(parts, which, revision)
        may(known)
        team = known.opportunity.team
        with parts.ledger.transaction(of=f"team/{team}", patience_seconds=PATIENCE_SECONDS) as tx:
            known = standing(tx, tx.get(known.id), revision, now)
            may(known)
            after = decide(tx, known, now)
            is_edit = verb == "edit"
            sentence = after.opportunity.summary if is_edit else after.status_reason
            event = EDITED if is_edit else ""
            announce.changed(tx, after, actor=actor.id, sentence=sentence, event=event)
            remember_name(tx, actor, now=now)
            note_answer(tx, after.opportunity.team, now=now)
            return after


def checked_reason(reason: str, *, is_required: bool) -> str:
    """The reason on one line, storable; raises InvalidInput when it is missing or too long."""
    # PostgreSQL refuses NUL, and half a surrogate pair has no bytes that could be hashed.
    text = reason.replace("\0", " ").encode("utf-8", "replace").decode()
    words = " ".join(text.split())
    if is_required and not words:
        raise InvalidInput("Give a reason: it is what keeps this proposal from coming back.")
    if len(words) > MAX_REASON_CHARACTERS:
        raise InvalidInput(f"Give the reason in at most {MAX_REASON_CHARACTERS} characters.")
    return words
