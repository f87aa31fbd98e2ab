"""The plan of the week: posted once to its team, and shown anew as it is decided."""

import hashlib
import json
import logging

from finops.domain.errors import WillNeverWork
from finops.engine.planning import PlanView
from finops.finops_engine import FinOpsEngine
from finops.ledger.history import Message
from finops.ledger.outbox import Intent
from handlers.blocks.plan import plan_message
from handlers.deliveries.failures import MESSAGE_IS_LOST, SlackSaidNo
from handlers.deliveries.outlet import Outlet, Post
from handlers.deliveries.usage_pictures import draw
from handlers.ids import Recognised
from handlers.kept_pictures import WIDE

PURPOSE = "plan"

_log = logging.getLogger(__name__)


class PlanDeliveries:
    """POST_PLAN, UPDATE_PLAN and DRAW_PICTURES."""

    def __init__(self, outlet: Outlet, engine: FinOpsEngine, instance: str) -> None:
        self._outlet = outlet
        self._engine = engine
        self._instance = instance

    def post_plan(self, intent: Intent) -> None:
        """Put it before its team; from then on its items wait for a decision."""
        view = self._engine.plan(intent.subject)
        if view is None or self._engine.ledger.messages(subject=intent.subject, purpose=PURPOSE):
            return
        channel = self._channel(view)
        if not channel:
            raise WillNeverWork(
                f"Team {view.plan.team} has no channel; set one by /finops settings."
            )
        post = self._post(view, channel)
        ts = self._outlet.post_once(post, is_retry=intent.attempts > 1)
        self._remember(view, channel, ts, post)
        self._engine.plan_posted(view.plan.id)

    def draw_pictures(self, intent: Intent) -> None:
        """Upload what Why shows of each; beside the plan's own messages, which wait for none."""
        view = self._engine.plan(str(intent.payload["plan"]))
        for record in view.records if view else ():
            draw(self._outlet, self._engine, record, (WIDE,))

    def update_plan(self, intent: Intent) -> None:
        """Make it look as the ledger says; an equal one is left."""
        view = self._engine.plan(intent.subject)
        if view is None:
            return
        standing = self._engine.ledger.messages(subject=intent.subject, purpose=PURPOSE)
        for message in standing:
            post = self._post(view, message.channel)
            if message.render_hash == _hash(post):
                continue
            try:
                self._outlet.update(post, ts=message.message_id)
            except SlackSaidNo as error:
                if error.error not in MESSAGE_IS_LOST:
                    raise
                _log.info("the plan %s was deleted in %s", view.plan.id, message.channel)
                continue
            self._remember(view, message.channel, message.message_id, post)
        if standing and view.plan.is_newest:
            self._engine.plan_posted(view.plan.id)

    def _channel(self, view: PlanView) -> str:
        contact = self._engine.directory.contact_of(view.plan.team)
        return self._outlet.direct_channel(contact.person) if contact.person else contact.channel

    def _post(self, view: PlanView, channel: str) -> Post:
        words, blocks = plan_message(view, instance=self._instance, currency=self._engine.currency)
        payload = {"instance": self._instance, "plan": view.plan.id}
        metadata = {"event_type": Recognised.PLAN.value, "event_payload": payload}
        return Post(channel=channel, text=words, blocks=blocks, metadata=metadata)

    def _remember(self, view: PlanView, channel: str, ts: str, post: Post) -> None:
        message = Message(view.plan.id, PURPOSE, channel, ts, _hash(post))
        self._engine.ledger.save_message(message, now=self._engine.now())


def _hash(post: Post) -> str:
    content = json.dumps([post.text, post.blocks], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
