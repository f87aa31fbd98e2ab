"""What is due, and who does it: a ticker on every replica, units claimed in the database.

APScheduler only ticks; it keeps no jobs. Two schedulers on one job store fire everything twice,
a claim by `INSERT … ON CONFLICT DO NOTHING` does not.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from bot.heartbeat import kept
from bot.timetable import (
    DueDigest,
    Timetable,
    cycle_unit,
    newest_digest,
    newest_monthly_digest,
)
from finops.domain.errors import FinOpsError
from finops.domain.intents import IntentKind
from finops.finops_engine import FinOpsEngine
from finops.ledger import history
from finops.report_generator import Edition

log = logging.getLogger(__name__)

INSTALLED_AT = "installed_at"
RETRY_AFTER = timedelta(minutes=10)
# After a crash another replica takes over so late; what still goes on renews its lease in time.
LEASE = timedelta(minutes=5)
# Reading waits for servers; recording takes turns in the ledger anyway.
CYCLES_AT_ONCE = 4


class Ticker:
    """Ticks every so often, does what is due, and hands long work to the outbox.

    `timetable` is asked at each tick: people change it while the bot runs.
    """

    def __init__(
        self,
        engine: FinOpsEngine,
        timetable: Callable[[], Timetable],
        *,
        owner: str,
        every_seconds: float = 60.0,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._timetable = timetable
        self._owner = owner
        self._also = also
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=every_seconds,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            # One works, the other sees that and goes: with 1 a long tick would be a warning a tick.
            max_instances=2,
            misfire_grace_time=3600,
        )

    def start(self) -> None:
        """Start ticking; the first tick is at once."""
        self._scheduler.start()

    def ask_to_stop(self) -> None:
        """Begin no further tick or step; returns at once."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop ticking and wait for the tick under way."""
        self.ask_to_stop()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def tick(self) -> None:
        """Do everything that is due now; one failure never stops the rest."""
        if not self._lock.acquire(blocking=False):
            return  # a tick is under way; the next one sees what this one would have
        try:
            for step in (
                self._note_installation,
                self._engine.ledger.take_up_notes,
                self._engine.watch_pull_requests,
                self._engine.update_dashboards,
                self._engine.wake_and_expire,
                self._pause_ignored_teams,
                self._engine.sample_usage,
                self._read_bill,
                self._first_bills,
                self._run_cycles,
                self._allocate_bills,
                self._read_past,
                self._engine.offer_plans,
                self._engine.tell_owners,
                self._forget,
                self._offer_digests,
                self._also,
            ):
                self._try(step)
        finally:
            self._lock.release()

    def _try(self, step: Callable[[], object]) -> None:
        if self._stopping.is_set():
            return
        try:
            step()
        except FinOpsError as error:
            log.warning("%s: %s", getattr(step, "__name__", step), error)
        except Exception:  # a bug in one step must not stop digests or merges
            log.exception("%s failed", getattr(step, "__name__", step))

    def _note_installation(self) -> None:
        with self._engine.ledger.reading() as tx:
            if history.setting(tx.connection, INSTALLED_AT) is not None:
                return
        now = self._engine.now()
        with self._engine.ledger.transaction() as tx:
            history.put_setting(
                tx.connection, INSTALLED_AT, now.isoformat(), by=self._owner, now=now
            )

    def _read_bill(self) -> None:
        self._claimed("bill", self._engine.now().date().isoformat(), self._engine.read_bill)

    def _allocate_bills(self) -> None:
        self._claimed(
            "allocation", self._engine.now().date().isoformat(), self._engine.allocate_bills
        )

    def _read_past(self) -> None:
        """A piece a tick: a year of a large bill takes hours, and digests do not wait for it."""
        if self._engine.has_unread_bill:
            return
        for piece in self._engine.past_of_bills():
            self._claimed("bill past", piece.unit, partial(self._engine.read_past, piece))

    def _first_bills(self) -> None:
        """A bill that nobody has read is read before the first cycle, which is priced by it."""
        if self._engine.has_unread_bill:
            day = self._engine.now().date().isoformat()
            self._claimed("first bill", day, self._engine.read_new_bills)

    def _pause_ignored_teams(self) -> None:
        day = self._engine.now().date().isoformat()
        self._claimed("pause", day, self._engine.pause_ignored_teams)

    def _forget(self) -> None:
        self._claimed("forget", self._engine.now().date().isoformat(), self._engine.forget)

    def _run_cycles(self) -> None:
        """Clusters side by side: they wait for servers, and one that hangs holds up no other."""
        now, clusters = self._engine.now(), self._engine.clusters
        if not clusters:
            return
        with ThreadPoolExecutor(min(len(clusters), CYCLES_AT_ONCE), "cycle") as pool:
            asked = [pool.submit(self._cycle, cluster, now) for cluster in clusters]
        for one in asked:
            one.result()  # a bug in one is reported after all are done

    def _cycle(self, cluster: str, now: datetime) -> None:
        unit = cycle_unit(cluster, now, self._timetable().cycle_every_hours)
        self._claimed("cycle", unit, partial(self._engine.scan, cluster))

    def _offer_digests(self) -> None:
        with self._engine.ledger.reading() as tx:
            installed = history.setting(tx.connection, INSTALLED_AT)
        if installed is None:
            return
        since = datetime.fromisoformat(installed)
        for channel, edition in self._engine.directory.digest_channels:
            for due in self._due(channel):
                if due.due >= since:  # the time before the bot came has nothing to tell
                    self._offer_digest(channel, Edition(edition), due)

    def _due(self, channel: str) -> list[DueDigest]:
        now, timetable = self._engine.now(), self._timetable()
        weekly = [newest_digest(now, timetable, channel=channel)]
        monthly = [newest_monthly_digest(now, timetable, channel=channel)]
        return [
            *(weekly if timetable.weekly_digest else []),
            *(monthly if timetable.monthly_digest else []),
        ]

    def _offer_digest(self, channel: str, edition: Edition, due: DueDigest) -> None:
        # The common edition's unit is as it always was: an update sends no second one.
        name = "" if edition is Edition.LEADERS else f"{edition.value}/"
        unit = f"{channel}/{name}{due.unit}"
        enqueue = partial(self._enqueue_digest, channel, edition, due, unit.replace("/", ":"))
        self._claimed("digest", unit, enqueue)

    def _enqueue_digest(self, channel: str, edition: Edition, due: DueDigest, key: str) -> None:
        period = due.period
        days = period and {
            "first_day": period.start.isoformat(),
            "end_day": period.end.isoformat(),
        }
        with self._engine.ledger.transaction() as tx:
            tx.enqueue(
                kind=IntentKind.POST_DIGEST,
                subject=f"digest/{channel}",
                idempotency_key=f"digest:{key}",
                payload={
                    "channel": channel,
                    "kind": due.kind.value,
                    "edition": edition.value,
                    "unit": due.unit,
                    "period_end": due.due.isoformat(),
                    **(days or {}),
                },
            )

    def _claimed(self, work: str, unit: str, do: Callable[[], object]) -> None:
        ledger = self._engine.ledger
        wall = datetime.now(UTC)
        claim = ledger.claim(
            work=work, unit=unit, owner=self._owner, now=wall, lease_seconds=LEASE.total_seconds()
        )
        if claim is None:
            return
        try:
            with kept(
                lambda: ledger.renew_claim(claim, until=datetime.now(UTC) + LEASE),
                every_seconds=LEASE.total_seconds() / 3,
            ):
                do()
        except FinOpsError as error:
            log.warning("%s %s failed and is tried again: %s", work, unit, error)
            ledger.release_claim(claim, retry_at=datetime.now(UTC) + RETRY_AFTER, error=str(error))
        except BaseException:
            ledger.release_claim(claim, retry_at=datetime.now(UTC) + RETRY_AFTER, error="crashed")
            raise
        else:
            ledger.finish_claim(claim, now=datetime.now(UTC))
