"""A question stands before people: from now on it waits, unless a policy answers it."""

from datetime import datetime

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.engine import announce, approving
from finops.engine.guarding import guardrail_decision
from finops.engine.parts import Parts
from finops.savings_ledger import LedgerTransaction


def notify(tx: LedgerTransaction, parts: Parts, known: OpportunityRecord, *, now: datetime) -> None:
    """Move a detected one on to notified; anything else stays as it is."""
    if known.status is not Status.DETECTED:
        return
    decision = guardrail_decision(tx, parts, known, now=now)
    sentences = list(decision.sentences)
    tx.move(known, Status.NOTIFIED, now=now, actor="engine", guardrail_reasons=sentences)
    standing = tx.get(known.id)
    if decision.is_automatic:
        approving.approve_by_policy(tx, parts, standing, now=now)
    else:
        announce.refresh(tx, standing)
