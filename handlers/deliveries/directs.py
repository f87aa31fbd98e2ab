"""Direct messages: what is new for an owner, and one sentence for a person."""

from typing import Any

from finops.domain.errors import InvalidInput
from finops.domain.opportunity import OpportunityRecord
from finops.finops_engine import FinOpsEngine
from finops.ledger.outbox import Intent
from handlers.blocks.controls import DECIDABLE
from handlers.blocks.direct import owner_message, person_message
from handlers.blocks.elements import Block
from handlers.deliveries.outlet import Outlet, Post
from handlers.ids import Recognised


class DirectDeliveries:
    """TELL_OWNER and TELL_PERSON."""

    def __init__(self, outlet: Outlet, engine: FinOpsEngine, instance: str) -> None:
        self._outlet = outlet
        self._engine = engine
        self._instance = instance

    def tell_owner(self, intent: Intent) -> None:
        """One message about everything new; what was decided meanwhile is left out.

        Who has stopped them since it was written gets none either.
        """
        user = str(intent.payload["user"])
        if not self._engine.preferences(user).wants_messages:
            return
        ids = intent.payload.get("opportunities")
        found = [self._record(str(one)) for one in (ids if isinstance(ids, list) else [])]
        waiting = [r for r in found if r is not None and r.status in DECIDABLE]
        if waiting:
            currency = self._engine.currency
            streak = self._engine.streak(user)
            self._send(intent, *owner_message(waiting, streak=streak, currency=currency))

    def tell_person(self, intent: Intent) -> None:
        """One sentence."""
        sentence = str(intent.payload.get("sentence", ""))
        self._send(intent, *person_message(self._engine.currency.beside(sentence)))

    def _record(self, opportunity_id: str) -> OpportunityRecord | None:
        try:
            return self._engine.ledger.get(opportunity_id)
        except InvalidInput:
            return None

    def _send(self, intent: Intent, text: str, blocks: list[Block]) -> None:
        post = Post(
            channel=self._outlet.direct_channel(str(intent.payload["user"])),
            text=text,
            blocks=blocks,
            metadata=self._metadata(intent),
        )
        self._outlet.post_once(post, is_retry=intent.attempts > 1)

    def _metadata(self, intent: Intent) -> dict[str, Any]:
        key = f"{self._instance}/{intent.id}"
        return {"event_type": Recognised.DIRECT.value, "event_payload": {"key": key}}
