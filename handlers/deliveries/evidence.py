"""The evidence page as a direct message: its picture on top, where files are taken."""

import logging
from typing import Any

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.finops_engine import FinOpsEngine
from finops.ledger.outbox import Intent
from finops.reports.evidence_chain import EvidenceChain
from finops.reports.evidence_page import evidence_html
from finops.reports.evidence_picture import evidence_picture
from handlers.blocks.digest import picture_block
from handlers.blocks.elements import Block
from handlers.blocks.evidence import evidence_message
from handlers.deliveries.failures import SlackSaidNo
from handlers.deliveries.outlet import Outlet, Post
from handlers.deliveries.pictures import upload
from handlers.deliveries.report_files import attach
from handlers.deliveries.uploads import Upload
from handlers.ids import Recognised

PICTURE_TRIES = 2
COMMENT = "The same to keep and to forward, with every fact and every day on the bill."

_log = logging.getLogger(__name__)


class EvidenceDeliveries:
    """SHOW_EVIDENCE."""

    def __init__(self, outlet: Outlet, engine: FinOpsEngine, instance: str) -> None:
        self._outlet = outlet
        self._engine = engine
        self._instance = instance

    def show_evidence(self, intent: Intent) -> None:
        """Send the chain with its picture, then the page in the thread."""
        chain = self._engine.evidence(str(intent.payload["opportunity"]))
        channel = self._outlet.direct_channel(str(intent.payload["user"]))
        named = chain.with_names()  # a picture and a page mention nobody
        drawn = evidence_picture(named)
        picture: list[Block] = []
        try:
            picture = [picture_block(upload(self._outlet, drawn))]
        except WillNeverWork as error:
            _log.warning("the evidence goes out without its picture: %s", error)
        except TryAgainLater:
            if intent.attempts < PICTURE_TRIES:
                raise
        thread = self._post(intent, chain, channel, picture)
        name = f"evidence-{chain.opportunity_id}.html"
        page = Upload(name, f"Evidence of {chain.opportunity_id}",
                      evidence_html(named, drawn).encode())  # fmt: skip
        attach(self._outlet, [page], channel=channel, thread=thread, tries=intent.attempts,
               comment=COMMENT)  # fmt: skip

    def _post(
        self, intent: Intent, chain: EvidenceChain, channel: str, picture: list[Block]
    ) -> str:
        words, blocks = evidence_message(chain, picture)
        post = Post(channel=channel, text=words, blocks=blocks, metadata=self._metadata(intent))
        try:
            return self._outlet.post_once(post, is_retry=intent.attempts > 1)
        except SlackSaidNo as error:
            if error.error != "invalid_blocks" or not picture:
                raise
            _log.warning("Slack refused the picture of the evidence: %s", error)
            return self._post(intent, chain, channel, [])

    def _metadata(self, intent: Intent) -> dict[str, Any]:
        key = f"{self._instance}/{intent.id}"
        return {"event_type": Recognised.DIRECT.value, "event_payload": {"key": key}}
