"""Approving: the right person, the guardrails at the click, and as many people as they ask for."""

from datetime import datetime

from finops.domain.errors import Refused
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor
from finops.engine import announce
from finops.engine.guarding import guardrail_decision
from finops.engine.moving import Which, id_of, look_first, move, standing
from finops.engine.parts import Parts
from finops.engine.pausing import note_answer
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.engine.rights import remember_name, require_approver
from finops.guardrails import GuardrailDecision, GuardrailVerdict
from finops.ledger import approvals
from finops.savings_ledger import LedgerTransaction

# The actor of an approval without a click.
POLICY = "policy"


def approve(parts: Parts, which: Which, *, revision: int, actor: Actor) -> OpportunityRecord:
    """Approve exactly the revision that was shown; the worker opens the pull request.

    Where more people must agree, it waits for them and stays *notified*.
    """
    now = parts.now()
    with audited_refusals(parts, id_of(which), actor=actor, revision=revision):
        known = look_first(parts, which, revision)
        require_approver(parts.directory, known, actor, "approve")
        with parts.ledger.reading() as tx:
            _allowed(guardrail_decision(tx, parts, known, now=now))
        # All of it is asked again under the lock, for which who is refused anyhow need not wait.
        team = known.opportunity.team
        with parts.ledger.transaction(of=f"team/{team}", patience_seconds=PATIENCE_SECONDS) as tx:
            known = tx.get(known.id)
            if known.opportunity.team != team:  # whose daily limits nobody has locked
                raise Refused(
                    f"It was given to team {known.opportunity.team} at the same moment; decide on "
                    "its card there."
                )
            return approve_in(tx, parts, known, revision=revision, actor=actor, now=now)


def approve_in(
    tx: LedgerTransaction,
    parts: Parts,
    known: OpportunityRecord,
    *,
    revision: int,
    actor: Actor,
    now: datetime,
) -> OpportunityRecord:
    """The same inside a transaction, in which a plan approves several."""
    known = standing(tx, known, revision, now)
    require_approver(parts.directory, known, actor, "approve")
    decision = _allowed(guardrail_decision(tx, parts, known, now=now))
    after, sentence = _agree(tx, known, decision, actor=actor, now=now)
    announce.changed(
        tx, after, actor=actor.id, sentence=sentence, event="approved" if sentence else ""
    )
    remember_name(tx, actor, now=now)
    note_answer(tx, after.opportunity.team, now=now)
    return after


def approve_by_policy(
    tx: LedgerTransaction, parts: Parts, known: OpportunityRecord, *, now: datetime
) -> None:
    """Approve without a click, in the transaction that found `auto_approve` and no objection."""
    decision = guardrail_decision(tx, parts, known, now=now)
    if not decision.is_automatic:
        raise Refused(" ".join(decision.sentences))
    after = _finish(tx, known, decision, actor=Actor(POLICY), now=now)
    announce.changed(tx, after, actor=POLICY, sentence="")


def _allowed(decision: GuardrailDecision) -> GuardrailDecision:
    if decision.verdict is GuardrailVerdict.DENY:
        raise Refused(" ".join(decision.sentences))
    return decision


def _agree(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    decision: GuardrailDecision,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[OpportunityRecord, str]:
    """Count this person's approval; the last one that is needed approves.

    The record afterwards, and a sentence about what is still missing.
    """
    revision, needed = known.opportunity.revision, decision.approvals_needed
    is_new = approvals.add(tx.connection, known.id, revision=revision, approver=actor.id, now=now)
    so_far = 1
    if needed > 1:
        so_far = len(approvals.given(tx.connection, [known.id]).get(known.id, ()))
    if so_far >= needed:
        return _finish(tx, known, decision, actor=actor, now=now), ""
    if not is_new:
        raise Refused(
            f"You have approved this already; {needed - so_far} more of {needed} must agree, and "
            "they must be other people."
        )
    tx.audit(
        at=now,
        actor=actor.id,
        action="agreed",
        subject=known.id,
        detail={"revision": revision, "approvals": so_far, "needed": needed},
    )
    return known, f"{so_far} of {needed} approvals; {needed - so_far} more must agree."


def _finish(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    decision: GuardrailDecision,
    *,
    actor: Actor,
    now: datetime,
) -> OpportunityRecord:
    after = move(
        tx, known, Status.APPROVED, now=now, actor=actor, reason="",
        decided_by=actor.id, decided_at=now, guardrail_reasons=list(decision.sentences),
    )  # fmt: skip
    announce.ask_for_pull_request(tx, known)
    return after
