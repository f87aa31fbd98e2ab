"""Writing intents: what people are told about an opportunity, decided in the same transaction."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Directory
from finops.engine.parts import Parts
from finops.ledger import history, outbox
from finops.savings_ledger import LedgerTransaction


def changed(
    tx: LedgerTransaction, record: OpportunityRecord, *, now: datetime, actor: str, sentence: str
) -> None:
    """Have the card shown anew and a line written into its thread."""
    stamp = f"{record.id}:r{record.opportunity.revision}:{record.status}:{now.isoformat()}"
    refresh(tx, record, now=now)
    tx.enqueue(
        kind=IntentKind.POST_NOTE,
        subject=record.id,
        idempotency_key=f"note:{stamp}",
        payload={"event": record.status, "actor": actor, "sentence": sentence},
    )


def refresh(tx: LedgerTransaction, record: OpportunityRecord, *, now: datetime) -> None:
    """Have the card shown anew, without a word."""
    stamp = f"{record.id}:r{record.opportunity.revision}:{record.status}:{now.isoformat()}"
    tx.enqueue(kind=IntentKind.UPDATE_CARD, subject=record.id, idempotency_key=f"update:{stamp}")


def tell_person(
    tx: LedgerTransaction, *, user: str, sentence: str, about: str, now: datetime
) -> None:
    """Send one direct message; people that are not chat users (policies, workers) get none."""
    if not user or user in ("policy", "worker", "engine"):
        return
    tx.enqueue(
        kind=IntentKind.TELL_PERSON,
        subject=f"person/{user}",
        idempotency_key=f"tell:{user}:{about}:{now.isoformat()}",
        payload={"user": user, "sentence": sentence},
    )


def offer_cards(tx: LedgerTransaction, parts: Parts, *, now: datetime) -> int:
    """Offer the largest waiting opportunities of each channel, within its daily budget.

    The rest stays detected, is in every list and the digest, and comes on the following days.
    """
    key = f"cards_offered:{now.date().isoformat()}"
    offered: Counter[str] = Counter(history.setting(tx.connection, key) or {})
    before = sum(offered.values())
    chosen: list[OpportunityRecord] = []
    for record in tx.find(statuses=[Status.DETECTED]):
        channel = parts.directory.channel_of(record.opportunity.team)
        is_shown = bool(history.messages(tx.connection, subject=record.id, purpose="card"))
        if _is_offered(tx, record) or not (
            is_shown or offered[channel] < parts.pace.cards_per_channel_per_day
        ):
            continue
        offered[channel] += not is_shown
        chosen.append(record)
    # A channel opens at its end: the largest saving comes last.
    for record in reversed(chosen):
        tx.enqueue(kind=IntentKind.POST_CARD, subject=record.id, idempotency_key=_card_key(record))
    history.put_setting(tx.connection, key, dict(offered), by="engine", now=now)
    return sum(offered.values()) - before


def _card_key(record: OpportunityRecord) -> str:
    return f"card:{record.id}:r{record.opportunity.revision}"


def _is_offered(tx: LedgerTransaction, record: OpportunityRecord) -> bool:
    return outbox.is_written(tx.connection, idempotency_key=_card_key(record))


def tell_owners(tx: LedgerTransaction, directory: Directory, *, now: datetime) -> None:
    """One message a day to each owner about what is new in their teams since the last one."""
    for user in _owners(directory):
        key = f"owner_told:{user}"
        told = history.setting(tx.connection, key)
        since = datetime.fromisoformat(told) if told else None
        if since is not None and since.date() == now.date():
            continue
        fresh = [
            record.id
            for team in directory.teams
            if user in team.owners
            for record in tx.find(statuses=[Status.DETECTED, Status.NOTIFIED], team=team.name)
            if since is None or record.opportunity.detected_at > since
        ]
        if fresh:
            _tell_owner(tx, user, fresh, now)
            history.put_setting(tx.connection, key, now.isoformat(), by="engine", now=now)


def _tell_owner(tx: LedgerTransaction, user: str, fresh: Iterable[str], now: datetime) -> None:
    tx.enqueue(
        kind=IntentKind.TELL_OWNER,
        subject=f"owner/{user}",
        idempotency_key=f"owner:{user}:{now.date().isoformat()}",
        payload={"user": user, "opportunities": list(fresh)},
    )


def _owners(directory: Directory) -> list[str]:
    return sorted({user for team in directory.teams for user in team.owners})
