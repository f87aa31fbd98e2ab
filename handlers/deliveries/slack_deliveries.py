"""Every intent that is shown in Slack, and what to do about channels the bot is not in."""

import logging
from collections.abc import Callable, Mapping

from slack_sdk import WebClient

from finops.domain.errors import OutsideWorldFailed, TryAgainLater
from finops.domain.intents import IntentKind
from finops.finops_engine import FinOpsEngine
from finops.ledger import outbox
from finops.ledger.outbox import Intent
from handlers.blocks.elements import section
from handlers.blocks.text import channel as channel_link
from handlers.deliveries.cards import CardDeliveries
from handlers.deliveries.digests import DigestDeliveries
from handlers.deliveries.directs import DirectDeliveries
from handlers.deliveries.evidence import EvidenceDeliveries
from handlers.deliveries.failures import MENDABLE, ChannelLost, SlackSaidNo
from handlers.deliveries.outlet import Outlet, Post
from handlers.deliveries.pacing import Lanes, Pacing, Unpaced
from handlers.deliveries.plans import PlanDeliveries
from handlers.ids import Recognised
from handlers.reference import checked_instance

LOST_CHANNEL_RETRY_SECONDS = 600
# A rotated token or a missing scope is mended by a person within hours; nothing may die meanwhile.
MENDABLE_RETRY_SECONDS = 900

_log = logging.getLogger(__name__)

Delivery = Callable[[Intent], None]


class SlackDeliveries:
    """Delivers at least once; raises TryAgainLater or WillNeverWork for the worker to keep.

    `lanes` keeps all replicas below Slack's rates; without it nothing waits.
    """

    def __init__(
        self,
        client: WebClient,
        engine: FinOpsEngine,
        instance: str,
        *,
        lanes: Lanes | None = None,
    ) -> None:
        self._outlet = Outlet(client, Pacing(lanes or Unpaced()))
        self._engine = engine
        self._instance = checked_instance(instance)

    def handlers(self) -> Mapping[IntentKind, Delivery]:
        """A function for each kind of intent that is Slack's."""
        cards = CardDeliveries(self._outlet, self._engine, self._instance)
        directs = DirectDeliveries(self._outlet, self._engine, self._instance)
        plans = PlanDeliveries(self._outlet, self._engine, self._instance)
        digests = DigestDeliveries(self._outlet, self._engine, self._instance)
        evidence = EvidenceDeliveries(self._outlet, self._engine, self._instance)
        deliveries = {
            IntentKind.POST_CARD: cards.post_card,
            IntentKind.UPDATE_CARD: self._newest_only(cards.update_card),
            IntentKind.POST_NOTE: cards.post_note,
            IntentKind.TELL_OWNER: directs.tell_owner,
            IntentKind.TELL_PERSON: directs.tell_person,
            IntentKind.POST_PLAN: plans.post_plan,
            IntentKind.UPDATE_PLAN: self._newest_only(plans.update_plan),
            IntentKind.DRAW_PICTURES: plans.draw_pictures,
            IntentKind.POST_DIGEST: digests.post_digest,
            IntentKind.SHOW_EVIDENCE: evidence.show_evidence,
        }
        return {kind: self._keeping(delivery) for kind, delivery in deliveries.items()}

    def _newest_only(self, delivery: Delivery) -> Delivery:
        """What is shown comes from the ledger, so of several updates that wait the last is enough.

        Slack takes 50 a minute of them from the whole app: a team that approves its plan has more.
        """

        def deliver(intent: Intent) -> None:
            kind, subject = intent.kind, intent.subject
            if not self._engine.ledger.read(
                lambda connection: outbox.is_waiting(connection, kind=kind, subject=subject)
            ):
                delivery(intent)

        return deliver

    def _keeping(self, delivery: Delivery) -> Delivery:
        """A lost channel is somebody's to mend, so its intents wait instead of dying."""

        def deliver(intent: Intent) -> None:
            try:
                with self._outlet.pacing.delivery(intent.turn):
                    delivery(intent)
            except ChannelLost as error:
                self._ask_for_invitation(error)
                raise TryAgainLater(str(error), after_seconds=LOST_CHANNEL_RETRY_SECONDS) from error
            except SlackSaidNo as error:
                if error.error not in MENDABLE:
                    raise
                raise TryAgainLater(str(error), after_seconds=MENDABLE_RETRY_SECONDS) from error

        return deliver

    def _ask_for_invitation(self, lost: ChannelLost) -> None:
        """Once a day for each channel, in the triage channel."""
        triage = self._engine.directory.triage_channel
        if not triage or triage == lost.channel:
            _log.error("cannot post to %s and no triage channel can be told: %s", triage, lost)
            return
        now = self._engine.now()
        claim = self._engine.ledger.claim(
            work="lost channel",
            unit=f"{lost.channel}/{now.date()}",
            owner=self._instance,
            now=now,
        )
        if claim is None:
            return
        try:
            self._outlet.post_once(self._invitation(lost, triage), is_retry=False)
        except OutsideWorldFailed as error:
            _log.warning("the triage channel could not be told about %s: %s", lost.channel, error)
            return
        self._engine.ledger.finish_claim(claim, now=now)

    def _invitation(self, lost: ChannelLost, triage: str) -> Post:
        why = {
            "is_archived": "it is archived; unarchive it, or name another by /finops settings.",
            "channel_not_found": "it is private or gone; write `/invite @finops-bot` in it, or "
            "name another by /finops settings.",
        }.get(lost.error, "I am not in it; write `/invite @finops-bot` there.")
        words = f"I cannot post to {channel_link(lost.channel)}: {why} Nothing is lost meanwhile."
        key = f"{self._instance}/{lost.channel}/{self._engine.now().date()}"
        metadata = {"event_type": Recognised.DIRECT.value, "event_payload": {"key": key}}
        return Post(channel=triage, text=words, blocks=[section(words)], metadata=metadata)
