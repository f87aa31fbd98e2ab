"""The digest: one message, with charts in the best way the workspace takes, then its files."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.finops_engine import FinOpsEngine
from finops.ledger.history import Message
from finops.ledger.outbox import Intent
from finops.report_generator import Edition, Period, PeriodKind, SavingsReport
from handlers.blocks.digest import digest, picture_block
from handlers.blocks.elements import Block
from handlers.blocks.native_charts import native_charts, takeaways
from handlers.deliveries.chart_styles import ChartStyle, ChartStyles
from handlers.deliveries.failures import SlackSaidNo
from handlers.deliveries.outlet import Outlet, Post
from handlers.deliveries.pictures import upload
from handlers.deliveries.report_files import attach, report_files
from handlers.ids import Recognised

# A digest on time without pictures is worth more than one with pictures tomorrow.
PICTURE_TRIES = 2
REFUSED = "invalid_blocks"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One delivery: the report, where it goes, and how often it was tried."""

    report: SavingsReport
    edition: Edition
    channel: str
    metadata: dict[str, Any]
    tries: int


class DigestDeliveries:
    """POST_DIGEST."""

    def __init__(self, outlet: Outlet, engine: FinOpsEngine, instance: str) -> None:
        self._outlet = outlet
        self._engine = engine
        self._instance = instance
        self._styles = ChartStyles(outlet, engine)

    def post_digest(self, intent: Intent) -> None:
        """Post the digest of a channel or person and period once, and then its files once."""
        payload = intent.payload
        edition = Edition(str(payload.get("edition") or Edition.LEADERS))
        purpose = _purpose(payload, edition)
        posted = self._standing(intent.subject, purpose)
        files_subject = f"{intent.subject}/files"
        if posted and self._standing(files_subject, purpose):
            return
        asked = _Asked(
            report=self._report(payload),
            edition=edition,
            channel=posted.channel if posted else self._channel(payload),
            metadata=self._metadata(intent.subject, purpose),
            tries=intent.attempts,
        )
        thread = posted.message_id if posted else self._post(asked)
        if not posted:
            self._remember(intent.subject, purpose, asked.channel, thread)
        files = report_files(asked.report, edition)
        attach(self._outlet, files, channel=asked.channel, thread=thread, tries=asked.tries)
        self._remember(files_subject, purpose, asked.channel, thread)

    def _report(self, payload: Mapping[str, object]) -> SavingsReport:
        if payload["kind"] == PeriodKind.MONTHLY:
            return self._engine.generate_monthly_report(_period(payload))
        return self._engine.generate_weekly_report()

    def _channel(self, payload: Mapping[str, object]) -> str:
        person = str(payload.get("user") or "")
        return self._outlet.direct_channel(person) if person else str(payload["channel"])

    def _post(self, asked: _Asked) -> str:
        """Post in the best way that works, and remember which that was."""
        styles = self._styles.to_try()
        for style in styles:
            charts = self._charts(asked, style)
            if charts is None:
                continue
            try:
                ts = self._post_with(asked, charts)
            except SlackSaidNo as error:
                if error.error != REFUSED or style is styles[-1]:
                    raise
                _log.warning("Slack refused the digest with %s charts: %s", style, error)
                continue
            if style is not styles[0]:
                self._styles.remember(style)
            return ts
        raise WillNeverWork("Slack took the digest in no form.")  # the table is always tried

    def _charts(self, asked: _Asked, style: ChartStyle) -> list[Block] | None:
        """The blocks of the charts; None when this way is closed."""
        if style is ChartStyle.NATIVE:
            return native_charts(asked.report, asked.edition)
        if style is ChartStyle.TABLE:
            return takeaways(asked.report, asked.edition)
        try:
            drawn = self._engine.digest_charts(asked.report, asked.edition)[:2]
            return [picture_block(upload(self._outlet, chart)) for chart in drawn]
        except WillNeverWork as error:
            _log.warning("the digest goes out without charts: %s", error)
        except TryAgainLater as error:
            if asked.tries < PICTURE_TRIES:
                raise
            _log.warning("the digest has no charts after %d tries: %s", asked.tries, error)
        return None

    def _post_with(self, asked: _Asked, charts: list[Block]) -> str:
        words, blocks = digest(asked.report, charts, asked.edition)
        post = Post(channel=asked.channel, text=words, blocks=blocks, metadata=asked.metadata)
        return self._outlet.post_once(post, is_retry=asked.tries > 1)

    def _standing(self, subject: str, purpose: str) -> Message | None:
        return next(iter(self._engine.ledger.messages(subject=subject, purpose=purpose)), None)

    def _remember(self, subject: str, purpose: str, channel: str, ts: str) -> None:
        message = Message(subject, purpose, channel, ts, "")
        self._engine.ledger.save_message(message, now=self._engine.now())

    def _metadata(self, subject: str, purpose: str) -> dict[str, Any]:
        key = f"{self._instance}/{subject.removeprefix('digest/')}/{purpose}"
        return {"event_type": Recognised.DIGEST.value, "event_payload": {"key": key}}


def _purpose(payload: Mapping[str, object], edition: Edition) -> str:
    """What tells one digest of a channel from the next; the column holds 40 characters."""
    words = [str(payload["kind"]), "" if edition is Edition.LEADERS else edition.value]
    return " ".join(filter(None, (*words, str(payload["period_end"]))))[:40]


def _period(payload: Mapping[str, object]) -> Period | None:
    """The period that was due; None for the days up to now."""
    start, end = payload.get("first_day"), payload.get("end_day")
    if not (isinstance(start, str) and isinstance(end, str)):
        return None
    return Period(PeriodKind.MONTHLY, date.fromisoformat(start), date.fromisoformat(end))
