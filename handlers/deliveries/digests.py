"""The digest: charts uploaded first, then one message; without charts when Slack refuses them."""

import logging
from typing import Any

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.finops_engine import FinOpsEngine
from finops.ledger.history import Message
from finops.ledger.outbox import Intent
from finops.reports.report import PeriodKind, SavingsReport
from handlers.blocks.digest import Picture, digest
from handlers.deliveries.failures import SlackSaidNo
from handlers.deliveries.outlet import Outlet, Post
from handlers.deliveries.pictures import upload
from handlers.ids import Recognised

# A digest on time without pictures is worth more than one with pictures tomorrow.
PICTURE_TRIES = 2

_log = logging.getLogger(__name__)


class DigestDeliveries:
    """POST_DIGEST."""

    def __init__(self, outlet: Outlet, engine: FinOpsEngine, instance: str) -> None:
        self._outlet = outlet
        self._engine = engine
        self._instance = instance

    def post_digest(self, intent: Intent) -> None:
        """Post the digest of a channel and period once."""
        kind, channel = str(intent.payload["kind"]), str(intent.payload["channel"])
        purpose = f"{kind} {intent.payload['period_end']}"[:40]
        if self._engine.ledger.messages(subject=intent.subject, purpose=purpose):
            return
        report = self._report(kind)
        pictures = self._pictures(report, tries=intent.attempts)
        metadata = self._metadata(channel, purpose)
        ts = self._post(report, pictures, channel, metadata, is_retry=intent.attempts > 1)
        message = Message(intent.subject, purpose, channel, ts, "")
        self._engine.ledger.save_message(message, now=self._engine.now())

    def _report(self, kind: str) -> SavingsReport:
        if kind == PeriodKind.MONTHLY:
            return self._engine.generate_monthly_report()
        return self._engine.generate_weekly_report()

    def _pictures(self, report: SavingsReport, *, tries: int) -> list[Picture]:
        try:
            return [upload(self._outlet, c) for c in self._engine.digest_charts(report)[:2]]
        except WillNeverWork as error:
            _log.warning("the digest goes out without charts: %s", error)
        except TryAgainLater as error:
            if tries < PICTURE_TRIES:
                raise
            _log.warning("the digest goes out without charts after %d tries: %s", tries, error)
        return []

    def _post(
        self,
        report: SavingsReport,
        pictures: list[Picture],
        channel: str,
        metadata: dict[str, Any],
        *,
        is_retry: bool,
    ) -> str:
        text, blocks = digest(report, pictures)
        post = Post(channel=channel, text=text, blocks=blocks, metadata=metadata)
        try:
            return self._outlet.post_once(post, is_retry=is_retry)
        except SlackSaidNo as error:
            if error.error != "invalid_blocks" or not pictures:
                raise
            _log.warning("Slack refused the digest's charts: %s", error)
            return self._post(report, [], channel, metadata, is_retry=is_retry)

    def _metadata(self, channel: str, purpose: str) -> dict[str, Any]:
        key = f"{self._instance}/{channel}/{purpose}"
        return {"event_type": Recognised.DIGEST.value, "event_payload": {"key": key}}
