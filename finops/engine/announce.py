"""Writing intents: what people are told about an opportunity, decided in the same transaction."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Directory
from finops.engine.parts import Parts
from finops.ledger import history, mutes, outbox
from finops.ledger.waiting import Uncarded, card_key, found, uncarded
from finops.savings_ledger import LedgerTransaction

# So few changes in one transaction that a click does not wait for them.
BATCH = 50


def changed(
    tx: LedgerTransaction, record: OpportunityRecord, *, actor: str, sentence: str, event: str = ""
) -> None:
    """Have the card shown anew and a line written into its thread; the change is audited.

    The line opens with the `event`, the new status unless another word is given.
    """
    refresh(tx, record)
    tx.enqueue(
        kind=IntentKind.POST_NOTE,
        subject=record.id,
        idempotency_key=f"note:{record.id}:{tx.audited}",
        payload={"event": event or record.status, "actor": actor, "sentence": sentence},
    )


def refresh(tx: LedgerTransaction, record: OpportunityRecord) -> None:
    """Have the card shown anew, without a word."""
    key = f"update:{record.id}:{tx.audited}"
    tx.enqueue(kind=IntentKind.UPDATE_CARD, subject=record.id, idempotency_key=key)


def tell_person(tx: LedgerTransaction, *, user: str, sentence: str, about: str) -> None:
    """Send one direct message; people that are not chat users (policies, workers) get none.

    `about` names the event, so that the same one told twice is one message.
    """
    if not user or user in ("policy", "worker", "engine"):
        return
    tx.enqueue(
        kind=IntentKind.TELL_PERSON,
        subject=f"person/{user}",
        idempotency_key=f"tell:{user}:{about}",
        payload={"user": user, "sentence": sentence},
    )


def ask_for_pull_request(tx: LedgerTransaction, known: OpportunityRecord) -> None:
    """Have the pull request of an approval opened.

    A subject of its own: what is approved does not wait for Slack, whose card and notes may hang
    on an outage or on a channel that the bot was taken out of.
    """
    revision = known.opportunity.revision
    tx.enqueue(
        kind=IntentKind.OPEN_PULL_REQUEST,
        subject=pull_request_subject(known.id),
        idempotency_key=f"pull_request:{known.id}:r{revision}:{tx.audited}",
        payload={"opportunity": known.id, "revision": revision},
    )


def pull_request_subject(opportunity_id: str) -> str:
    """The outbox subject of an opportunity's pull request."""
    return f"pull_request/{opportunity_id}"


def ask_for_cycle(tx: LedgerTransaction, *, why: str, now: datetime, by: str = "") -> bool:
    """Have a cycle run soon; False when one waits already, which will see the same estate."""
    if outbox.is_waiting(tx.connection, kind=IntentKind.RUN_CYCLE):
        return False
    return tx.enqueue(
        kind=IntentKind.RUN_CYCLE,
        subject="cycle",
        idempotency_key=f"cycle:{why}:{now.isoformat()}",
        payload={"requested_by": by},
    )


def offer_cards(parts: Parts, *, now: datetime) -> int:
    """Offer the largest waiting opportunities of each channel, within its daily budget.

    The rest stays detected, is in every list and the digest, and comes on the following days.
    Looks first without the ledger's lock, for mostly there is nothing to offer.
    """
    with parts.ledger.reading() as tx:
        if not _choose(tx, parts, now=now)[0]:
            return 0
    with parts.ledger.transaction() as tx:
        chosen, offered = _choose(tx, parts, now=now)
        # A channel opens at its end: the largest saving comes last.
        for each in reversed(chosen):
            _offer(tx, each)
        history.put_setting(tx.connection, _budget_key(now), dict(offered), by="engine", now=now)
    return sum(not each.is_shown for each in chosen)


def _choose(
    tx: LedgerTransaction, parts: Parts, *, now: datetime
) -> tuple[list[Uncarded], Counter[str]]:
    """What to offer now, at most a batch, and the budget used up by it."""
    offered: Counter[str] = Counter(history.setting(tx.connection, _budget_key(now)) or {})
    chosen: list[Uncarded] = []
    muted = [mute.scope for mute in mutes.active(tx.connection, now=now)]
    for each in uncarded(tx.connection, wall=tx.wall_clock()):
        if mutes.is_muted(muted, each):
            continue
        channel = parts.directory.contact_of(each.team).place
        if each.is_shown or offered[channel] < parts.pace.cards_per_channel_per_day:
            offered[channel] += not each.is_shown
            chosen.append(each)
        if len(chosen) == BATCH:
            break
    return chosen, offered


def _offer(tx: LedgerTransaction, each: Uncarded) -> None:
    key = card_key(each.id, each.revision)
    is_new = tx.enqueue(kind=IntentKind.POST_CARD, subject=each.id, idempotency_key=key)
    if not is_new:
        tx.revive(idempotency_key=key)


def move_card(tx: LedgerTransaction, record: OpportunityRecord) -> None:
    """Bring a card that stands to its new team at once; others wait for their channel's budget."""
    if not history.messages(tx.connection, subject=record.id, purpose="card"):
        return
    if record.status is not Status.DETECTED:
        refresh(tx, record)
        return
    key = card_key(record.id, record.opportunity.revision)
    tx.enqueue(kind=IntentKind.POST_CARD, subject=record.id, idempotency_key=key)


def _budget_key(now: datetime) -> str:
    return f"cards_offered:{now.date().isoformat()}"


def tell_owners(tx: LedgerTransaction, directory: Directory, *, now: datetime) -> None:
    """One message a day to each owner about what is new in their teams since the last one.

    What is new is kept by cluster: of two cycles at once the slower one may have looked earlier.
    """
    muted = [mute.scope for mute in mutes.active(tx.connection, now=now)]
    waiting = found(tx.connection, statuses=[Status.DETECTED, Status.NOTIFIED])
    everything = [each for each in waiting if not mutes.is_muted(muted, each)]
    newest: dict[str, str] = {}
    for each in everything:
        at = each.detected_at.isoformat()
        newest[each.cluster] = max(at, newest.get(each.cluster, at))
    for user in _owners(directory):
        key = f"owner_told:{user}"
        told = history.setting(tx.connection, key) or {"day": "", "seen": {}}
        if told["day"] == now.date().isoformat():
            continue
        teams = {team.name.lower() for team in directory.teams if user in team.owners}
        fresh = [
            each.id
            for each in everything
            if each.team.lower() in teams
            and each.detected_at.isoformat() > told["seen"].get(each.cluster, "")
        ]
        if fresh:
            _tell_owner(tx, user, fresh, now)
            kept = {"day": now.date().isoformat(), "seen": told["seen"] | newest}
            history.put_setting(tx.connection, key, kept, by="engine", now=now)


def _tell_owner(tx: LedgerTransaction, user: str, fresh: Iterable[str], now: datetime) -> None:
    tx.enqueue(
        kind=IntentKind.TELL_OWNER,
        subject=f"owner/{user}",
        idempotency_key=f"owner:{user}:{now.date().isoformat()}",
        payload={"user": user, "opportunities": list(fresh)},
    )


def _owners(directory: Directory) -> list[str]:
    return sorted({user for team in directory.teams for user in team.owners})
