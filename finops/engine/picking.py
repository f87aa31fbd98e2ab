"""Where several places may decide a value, a person picks one; the pick is remembered.

The approval stands meanwhile: what to change was agreed to, only the place is asked for. A pick
holds for the resource until it no longer names one of the places, and then it is asked anew.
"""

from finops.domain.errors import InvalidInput, Refused
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor
from finops.edits import AmbiguousSource, Candidate
from finops.engine import announce, places
from finops.engine.parts import Parts
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.engine.rights import remember_name, require_owner_or_approver
from finops.ledger import sources

ASKED = "Waits for a pick: several places may decide this value, and which one cannot be told."


def ask(parts: Parts, known: OpportunityRecord, question: AmbiguousSource) -> None:
    """Offer the places on the card and wait; no pull request is opened before."""
    now, why = parts.now(), question.reason or ASKED
    with parts.ledger.transaction() as tx:
        places.release(tx, known)
        sources.offer(tx.connection, known.opportunity.resource.key, question.candidates, now=now)
        if tx.annotate(tx.get(known.id), why, now=now, actor="worker"):
            announce.changed(tx, tx.get(known.id), actor="worker", sentence=why)


def candidates_of(parts: Parts, record: OpportunityRecord) -> tuple[Candidate, ...]:
    """What the card offers; nothing unless the approval waits for it."""
    if record.status is not Status.APPROVED:
        return ()
    key = record.opportunity.resource.key
    return parts.ledger.read(lambda connection: sources.open_candidates(connection, key))


def choose(parts: Parts, opportunity_id: str, *, choice: str, actor: Actor) -> OpportunityRecord:
    """Remember the pick and have the pull request opened, in one transaction.

    Raises NotPermitted unless the person owns or approves for the team, Refused when somebody was
    first or it no longer waits.
    """
    now = parts.now()
    with (
        audited_refusals(parts, opportunity_id, actor=actor, choice=choice[:500]),
        parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
    ):
        known = tx.get(opportunity_id)
        require_owner_or_approver(
            parts.directory, known.opportunity.team, actor, "pick the source of"
        )
        key = known.opportunity.resource.key
        offered = sources.open_candidates(tx.connection, key)
        if known.status is not Status.APPROVED or not offered:
            raise Refused("Nothing is to be picked here any more; the card shows how it stands.")
        place = next((each for each in offered if each.choice == choice), None)
        if place is None:
            raise InvalidInput("That place is not among those offered; pick one from the card.")
        sources.choose(tx.connection, key, choice, by=actor.id, now=now)
        tx.annotate(known, "", now=now, actor=actor.id)
        detail = {"choice": choice}
        tx.audit(at=now, actor=actor.id, action="source picked", subject=known.id, detail=detail)
        announce.ask_for_pull_request(tx, known)
        sentence = f"{place.path} decides the value; the pull request goes on."
        announce.changed(tx, tx.get(known.id), actor=actor.id, sentence=sentence)
        remember_name(tx, actor, now=now)
        return tx.get(known.id)
