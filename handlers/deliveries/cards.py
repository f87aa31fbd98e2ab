"""Cards and the notes in their threads. What they show comes from the ledger, not the intent."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from finops.domain.errors import WillNeverWork
from finops.domain.lifecycle import CLOSED
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Contact
from finops.domain.retelling import said_in
from finops.engine.rights import known_people
from finops.finops_engine import FinOpsEngine
from finops.ledger.history import Message
from finops.ledger.outbox import Intent
from finops.reports.usage_chart import has_usage_chart
from handlers.blocks.card import Around, Card, card
from handlers.blocks.controls import DECIDABLE
from handlers.blocks.direct import note
from handlers.deliveries.failures import MESSAGE_IS_LOST, SlackSaidNo
from handlers.deliveries.outlet import Outlet, Post
from handlers.deliveries.usage_pictures import draw
from handlers.ids import Recognised
from handlers.kept_pictures import SMALL, WIDE, kept_picture

PURPOSE = "card"

T = TypeVar("T")

_log = logging.getLogger(__name__)


class CardDeliveries:
    """POST_CARD, UPDATE_CARD and POST_NOTE."""

    def __init__(self, outlet: Outlet, engine: FinOpsEngine, instance: str) -> None:
        self._outlet = outlet
        self._engine = engine
        self._instance = instance

    def post_card(self, intent: Intent) -> None:
        """Put the question before its team; a card that stands already is shown anew instead."""
        record = self._engine.ledger.get(intent.subject)
        standing = self._standing(record)
        if not standing and record.status in CLOSED:
            return
        draw(self._outlet, self._engine, record, (SMALL, WIDE))
        shown = self._render(record)
        for message in standing:
            self._show(record, message, shown)
        channel, channels = self._channel(record), {m.channel for m in self._standing(record)}
        # A resource that moved to another team is asked about there, not only in its old channel.
        if not channels or (channel and channel not in channels):
            self._post(record, shown, is_retry=intent.attempts > 1)

    def update_card(self, intent: Intent) -> None:
        """Make every card of this opportunity look as the ledger says; equal ones are left."""
        record = self._engine.ledger.get(intent.subject)
        standing = self._standing(record)
        if standing:
            draw(self._outlet, self._engine, record, (SMALL, WIDE))
        shown = self._render(record)
        for message in standing:
            if message.render_hash != shown.render_hash:
                self._show(record, message, shown)

    def post_note(self, intent: Intent) -> None:
        """A line in the card's thread; without a card there is no thread to write to."""
        record = self._engine.ledger.get(intent.subject)
        here = str(intent.payload.get("channel") or self._channel(record))
        standing = sorted(self._standing(record), key=lambda message: message.channel != here)
        event, sentence = (str(intent.payload.get(name, "")) for name in ("event", "sentence"))
        words, blocks = note(
            actor=str(intent.payload.get("actor", "")),
            event=event,
            sentence=said_in(record, sentence, self._engine.currency, action=event),
            people=self._engine.ledger.read(known_people),
        )
        for message in standing[:1]:
            post = Post(
                channel=message.channel,
                thread=message.message_id,
                text=words,
                blocks=blocks,
                metadata=self._note_metadata(intent),
            )
            self._post_note(post, is_retry=intent.attempts > 1)

    def _post_note(self, post: Post, *, is_retry: bool) -> None:
        try:
            self._outlet.post_once(post, is_retry=is_retry)
        except SlackSaidNo as error:
            if error.error not in MESSAGE_IS_LOST:
                raise
            _log.info("the card of a note was deleted in %s", post.channel)

    def _channel(self, record: OpportunityRecord) -> str:
        contact = self._contact(record)
        return self._outlet.direct_channel(contact.person) if contact.person else contact.channel

    def _contact(self, record: OpportunityRecord) -> Contact:
        return self._engine.directory.contact_of(record.opportunity.team)

    def _standing(self, record: OpportunityRecord) -> Sequence[Message]:
        return self._engine.ledger.messages(subject=record.id, purpose=PURPOSE)

    def _render(self, record: OpportunityRecord, *, with_picture: bool = True) -> Card:
        waits = record.status in DECIDABLE
        decision = self._engine.check(record.id) if waits else None
        pictured = waits and with_picture and has_usage_chart(record.opportunity)
        around = Around(
            guardrails=decision.reasons if decision else (),
            approvals=self._engine.approvals([record.id]).get(record.id, ()),
            approvals_needed=decision.approvals_needed if decision else 1,
            user_group=self._contact(record).user_group,
            teams=self._assignable(record),
            thumbnail=kept_picture(self._engine, record, SMALL) if pictured else None,
            candidates=self._engine.source_candidates(record),
            can_revert=self._engine.can_revert(record),
        )
        return card(record, instance=self._instance, around=around, currency=self._engine.currency)

    def _assignable(self, record: OpportunityRecord) -> Sequence[str]:
        """The teams to choose from, for what none of them owns."""
        directory = self._engine.directory
        if directory.knows(record.opportunity.team):
            return ()
        return [team.name for team in directory.teams]

    def _show(self, record: OpportunityRecord, message: Message, shown: Card) -> None:
        try:
            shown = self._shown_at_all(
                record,
                shown,
                lambda c: self._outlet.update(_as_post(c, message.channel), ts=message.message_id),
            )[1]
        except SlackSaidNo as error:
            if error.error not in MESSAGE_IS_LOST:
                raise
            # Somebody deleted the card; the question is still open, so its team is asked again.
            if message.channel == self._channel(record):
                self._post(record, shown, is_retry=False)
            return
        self._remember(record, message.channel, message.message_id, shown)

    def _post(self, record: OpportunityRecord, shown: Card, *, is_retry: bool) -> None:
        channel = self._channel(record)
        if not channel:
            raise WillNeverWork(
                f"Team {record.opportunity.team} has no channel and there is no triage channel; "
                "set one by /finops settings."
            )
        ts, shown = self._shown_at_all(
            record,
            shown,
            lambda c: self._outlet.post_once(_as_post(c, channel), is_retry=is_retry),
        )
        self._remember(record, channel, ts, shown)

    def _shown_at_all(
        self, record: OpportunityRecord, shown: Card, send: Callable[[Card], T]
    ) -> tuple[T, Card]:
        """Send the card, without its picture where Slack does not take that."""
        try:
            return send(shown), shown
        except SlackSaidNo as error:
            plain = self._render(record, with_picture=False)
            if error.error != "invalid_blocks" or plain == shown:
                raise
            _log.warning("Slack refused the picture of %s: %s", record.id, error)
            return send(plain), plain

    def _remember(self, record: OpportunityRecord, channel: str, ts: str, shown: Card) -> None:
        self._engine.card_posted(
            record.id, channel=channel, message_id=ts, render_hash=shown.render_hash
        )

    def _note_metadata(self, intent: Intent) -> dict[str, object]:
        key = f"{self._instance}/{intent.id}"
        return {"event_type": Recognised.NOTE.value, "event_payload": {"key": key}}


def _as_post(shown: Card, channel: str) -> Post:
    return Post(channel=channel, text=shown.text, blocks=shown.blocks, metadata=shown.metadata)
