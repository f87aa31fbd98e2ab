"""Approve, deny, snooze: one transaction each, committed before anybody is answered.

Inside it: is it still what the person saw, may this person, do the guardrails agree, is the
conditional UPDATE ours. A refusal changes nothing but leaves an audit row.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from finops.domain.errors import AlreadyDecided, InvalidInput, NotPermitted, Refused
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor, Approvers, Directory
from finops.engine import announce
from finops.engine.guarding import guardrail_decision
from finops.engine.parts import Parts
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.guardrails import GuardrailVerdict
from finops.ledger import history
from finops.savings_ledger import LedgerTransaction

# The actor of an approval without a click.
POLICY = "policy"
MAX_REASON_CHARACTERS = 2_000
MAX_SNOOZE_DAYS = 92


def approve(parts: Parts, opportunity_id: str, *, revision: int, actor: Actor) -> OpportunityRecord:
    """Approve exactly the revision that was shown; the worker opens the pull request."""

    def decide(tx: LedgerTransaction, known: OpportunityRecord, now: datetime) -> None:
        require_approver(parts.directory, known, actor, "approve")
        _approve(tx, parts, known, now=now, actor=actor)

    return _decide(parts, opportunity_id, revision=revision, actor=actor, decide=decide)


def approve_by_policy(
    tx: LedgerTransaction, parts: Parts, known: OpportunityRecord, *, now: datetime
) -> None:
    """Approve without a click, in the transaction that found `auto_approve` and no objection."""
    _approve(tx, parts, known, now=now, actor=Actor(POLICY))
    announce.changed(tx, tx.get(known.id), actor=POLICY, sentence="")


def deny(
    parts: Parts, opportunity_id: str, *, revision: int, actor: Actor, reason: str
) -> OpportunityRecord:
    """Decline with a reason; the same proposal is not offered again."""
    words = _checked_reason(reason, is_required=True)

    def decide(tx: LedgerTransaction, known: OpportunityRecord, now: datetime) -> None:
        _require_owner_or_approver(parts.directory, known, actor, "deny")
        _move(
            tx, known, Status.DENIED, now=now, actor=actor, reason=words,
            decided_by=actor.id, decided_at=now,
        )  # fmt: skip

    return _decide(parts, opportunity_id, revision=revision, actor=actor, decide=decide)


def snooze(
    parts: Parts, opportunity_id: str, *, revision: int, actor: Actor, days: int, reason: str
) -> OpportunityRecord:
    """Put it aside for `days`; it comes back by itself."""
    words = _checked_reason(reason, is_required=False)
    if not 1 <= days <= MAX_SNOOZE_DAYS:
        raise InvalidInput(f"Snooze for 1 to {MAX_SNOOZE_DAYS} days, not {days}.")

    def decide(tx: LedgerTransaction, known: OpportunityRecord, now: datetime) -> None:
        _require_owner_or_approver(parts.directory, known, actor, "snooze")
        _move(
            tx, known, Status.SNOOZED, now=now, actor=actor, reason=words,
            decided_by=actor.id, decided_at=now, snoozed_until=now + timedelta(days=days),
        )  # fmt: skip

    return _decide(parts, opportunity_id, revision=revision, actor=actor, decide=decide)


def _approve(
    tx: LedgerTransaction,
    parts: Parts,
    known: OpportunityRecord,
    *,
    now: datetime,
    actor: Actor,
) -> None:
    decision = guardrail_decision(tx, parts, known, now=now)
    needs_person = actor.id == POLICY and not decision.is_automatic
    if decision.verdict is GuardrailVerdict.DENY or needs_person:
        raise Refused(" ".join(decision.sentences))
    _move(
        tx, known, Status.APPROVED, now=now, actor=actor, reason="",
        decided_by=actor.id, decided_at=now, guardrail_reasons=list(decision.sentences),
    )  # fmt: skip
    announce.ask_for_pull_request(tx, known)


def person_key(user: str) -> str:
    """The setting that keeps what a person is called."""
    return f"person:{user}"


def known_people(connection: Connection) -> dict[str, str]:
    """What the people are called who ever decided something, by their id."""
    return {
        who: str(name) for who, name in history.settings_below(connection, person_key("")).items()
    }


def remember_name(tx: LedgerTransaction, actor: Actor, *, now: datetime) -> None:
    """Keep what a person is called, for pull requests and evidence."""
    if actor.name:
        history.put_setting(tx.connection, person_key(actor.id), actor.name, by=actor.id, now=now)


def require_approver(
    directory: Directory, known: OpportunityRecord, actor: Actor, verb: str
) -> None:
    """Raise NotPermitted, naming who may, unless this person is an approver of the team."""
    team = known.opportunity.team
    _require(directory.approvers_of(team), actor, team=team, verb=verb)


def _require_owner_or_approver(
    directory: Directory, known: OpportunityRecord, actor: Actor, verb: str
) -> None:
    team = known.opportunity.team
    approvers = directory.approvers_of(team)
    users = tuple(dict.fromkeys((*directory.team(team).owners, *approvers.users)))
    _require(Approvers(users, approvers.user_groups), actor, team=team, verb=verb)


def _require(approvers: Approvers, actor: Actor, *, team: str, verb: str) -> None:
    if not approvers:
        raise NotPermitted(
            f"Nobody may {verb} for team {team} yet: a platform engineer sets approvers in the "
            "configuration file."
        )
    if not actor.is_among(approvers):
        who = ", ".join((*approvers.users, *approvers.user_groups))
        raise NotPermitted(
            f"You may not {verb} this for team {team}; these may: {who}.",
            users=approvers.users,
            user_groups=approvers.user_groups,
        )


def _decide(
    parts: Parts,
    opportunity_id: str,
    *,
    revision: int,
    actor: Actor,
    decide: Callable[[LedgerTransaction, OpportunityRecord, datetime], None],
) -> OpportunityRecord:
    now = parts.now()
    with (
        audited_refusals(parts, opportunity_id, actor=actor, revision=revision),
        parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
    ):
        known = _standing(tx, tx.get(opportunity_id), revision, now)
        decide(tx, known, now)
        after = tx.get(opportunity_id)
        announce.changed(tx, after, actor=actor.id, sentence=after.status_reason)
        remember_name(tx, actor, now=now)
        return after


def _move(
    tx: LedgerTransaction,
    known: OpportunityRecord,
    target: Status,
    *,
    now: datetime,
    actor: Actor,
    reason: str,
    **columns: object,
) -> None:
    if not tx.move(known, target, now=now, actor=actor.id, reason=reason, **columns):
        raise Refused("Somebody decided this at the same moment; the card shows the outcome.")


def _standing(
    tx: LedgerTransaction, known: OpportunityRecord, revision: int, now: datetime
) -> OpportunityRecord:
    """The record as the person saw it: notified, in this revision; raises Refused otherwise."""
    if known.opportunity.revision != revision:
        raise Refused(
            f"The proposal has changed since this card was shown (revision {revision}, now "
            f"{known.opportunity.revision}); decide on the current card."
        )
    if known.status is Status.NOTIFIED:
        return known
    if known.status is Status.DETECTED:
        # Only a card has its buttons: it stands, and the worker has not come to say so.
        tx.move(known, Status.NOTIFIED, now=now, actor="engine")
        return tx.get(known.id)
    by = f" by {known.decided_by}" if known.decided_by else ""
    when = f" on {known.status_changed_at:%Y-%m-%d at %H:%M} UTC"
    raise AlreadyDecided(
        f"This is already {known.status.words}{by}{when}; nothing was changed.",
        decided_by=known.decided_by,
    )


def _checked_reason(reason: str, *, is_required: bool) -> str:
    # PostgreSQL refuses NUL, and half a surrogate pair has no bytes that could be hashed.
    text = reason.replace("\0", " ").encode("utf-8", "replace").decode()
    words = " ".join(text.split())
    if is_required and not words:
        raise InvalidInput("Give a reason: it is what keeps this proposal from coming back.")
    if len(words) > MAX_REASON_CHARACTERS:
        raise InvalidInput(f"Give the reason in at most {MAX_REASON_CHARACTERS} characters.")
    return words
