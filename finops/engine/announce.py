"""Writing intents: what people are told about an opportunity, decided in the same transaction."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.engine.parts import Parts
from finops.engine.pausing import paused_teams
from finops.engine.singles import deserves_a_card
from finops.ledger import history, mutes, outbox, plans
from finops.ledger.waiting import Uncarded, card_key, uncarded
from finops.savings_ledger import LedgerTransaction

_BUDGET = "messages_unasked"
# So few changes in one transaction that a click does not wait for them.
BATCH = 50


def changed(
    tx: LedgerTransaction, record: OpportunityRecord, *, actor: str, sentence: str, event: str = ""
) -> None:
    """Have the card shown anew and a line written into its thread; the change is audited.

    The line opens with the `event`, the new status unless another word is given.
    """
    refresh(tx, record)
    tx.announce(
        kind=IntentKind.POST_NOTE,
        subject=record.id,
        about=f"note:{record.id}",
        payload={"event": event or record.status, "actor": actor, "sentence": sentence},
    )


def refresh(tx: LedgerTransaction, record: OpportunityRecord) -> None:
    """Have the card shown anew, without a word."""
    tx.announce(kind=IntentKind.UPDATE_CARD, subject=record.id, about=f"update:{record.id}")
    refresh_plans(tx, record.id)


def refresh_plans(tx: LedgerTransaction, opportunity_id: str) -> None:
    """Have the plans in which it stands shown anew."""
    for plan in plans.holding(tx.connection, opportunity_id):
        refresh_plan(tx, plan)


def refresh_plan(tx: LedgerTransaction, plan: str) -> None:
    """Have one plan shown anew."""
    tx.announce(kind=IntentKind.UPDATE_PLAN, subject=plan, about=f"update:{plan}")


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
    tx.announce(
        kind=IntentKind.OPEN_PULL_REQUEST,
        subject=pull_request_subject(known.id),
        about=f"pull_request:{known.id}:r{revision}",
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
        history.put_setting(tx.connection, _BUDGET, dict(offered), by="engine", now=now)
    return sum(not each.is_shown for each in chosen)


def _choose(
    tx: LedgerTransaction, parts: Parts, *, now: datetime
) -> tuple[list[Uncarded], Counter[str]]:
    """What to offer now, at most a batch, and the budget used up by it."""
    days = _local_days(parts, now)
    offered = _offered_today(tx, days)
    chosen: list[Uncarded] = []
    muted = [mute.scope for mute in mutes.active(tx.connection, now=now)]
    paused = paused_teams(tx)
    for each in uncarded(tx.connection, wall=tx.wall_clock()):
        contact = parts.directory.contact_of(each.team)
        place = f"{contact.place} {days(each.team)}"
        if not contact.place:
            continue  # nobody can be asked yet; at the first tick after somebody can, they are
        if each.is_shown:
            chosen.append(each)
        elif (
            each.team.lower() not in paused
            and offered[place] < parts.pace.cards_per_channel_per_day
            and not mutes.is_muted(muted, each)
            and _is_asked_now(parts, each, now)
        ):
            offered[place] += 1
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


def count_message(tx: LedgerTransaction, parts: Parts, team: str, *, now: datetime) -> None:
    """Count an unasked message of another kind against the budget of a team's channel."""
    days = _local_days(parts, now)
    offered = _offered_today(tx, days)
    offered[f"{parts.directory.contact_of(team).place} {days(team)}"] += 1
    history.put_setting(tx.connection, _BUDGET, dict(offered), by="engine", now=now)


def _is_asked_now(parts: Parts, each: Uncarded, now: datetime) -> bool:
    """Urgent or large, and not in the quiet hours of its team."""
    zone = parts.directory.team(each.team).time_zone
    return not parts.pace.hours.is_quiet(now, zone=zone) and deserves_a_card(
        parts, team=each.team, kind=each.kind, usd_per_month=each.usd_per_month
    )


def _local_days(parts: Parts, now: datetime) -> Callable[[str], str]:
    """The day that a team has now."""
    hours, directory = parts.pace.hours, parts.directory

    def day(team: str) -> str:
        return hours.local_day(now, zone=directory.team(team).time_zone).isoformat()

    return day


def _offered_today(tx: LedgerTransaction, days: Callable[[str], str]) -> Counter[str]:
    """What was written unasked, by `channel day`; days that are over everywhere are left out."""
    kept = history.setting(tx.connection, _BUDGET) or {}
    oldest = (date.fromisoformat(days("")) - timedelta(days=1)).isoformat()
    return Counter({place: n for place, n in kept.items() if place[-10:] >= oldest})
