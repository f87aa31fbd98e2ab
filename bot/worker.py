"""The worker: delivers intents from the outbox at least once, with leases and growing pauses.

One of the two places where any exception is caught: an effect that fails must not stop the others.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from bot.heartbeat import kept
from finops.domain.errors import (
    FinOpsError,
    NotItsTurn,
    OutsideWorldFailed,
    Refused,
    TryAgainLater,
    WillNeverWork,
)
from finops.domain.intents import IntentKind
from finops.ledger.outbox import Intent
from finops.savings_ledger import SavingsLedger

log = logging.getLogger(__name__)

Deliver = Callable[[Intent], None]
# After a crash another worker takes over so late; work that goes on renews its lease in time.
LEASE_SECONDS = 90.0
RENEW_SECONDS = 30.0
# About a day and a half with pauses that double from 5 s to 4 h.
MAX_ATTEMPTS = 20
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 4 * 3600.0
# An outage says of itself that it passes: look every quarter of an hour, for about two weeks.
LONGEST_OUTAGE_PAUSE_SECONDS = 900.0
MAX_OUTAGE_ATTEMPTS = 1_300
IDLE_SECONDS = 0.3
DATABASE_PAUSE_SECONDS = 5.0


def pause_seconds(attempts: int) -> float:
    """How long to wait after the n-th failure: 5 s, 10 s, 20 s … 4 h.

    >>> [pause_seconds(n) for n in (1, 2, 3, 20)]
    [5.0, 10.0, 20.0, 14400.0]
    """
    return float(min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS))


class Worker:
    """Threads that lease one intent at a time and deliver it; `give_way` is asked before each."""

    def __init__(
        self,
        ledger: SavingsLedger,
        deliveries: Mapping[IntentKind, Deliver],
        *,
        name: str,
        threads: int = 4,
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._deliveries = deliveries
        self._name = name
        self._give_way = give_way
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(f"{name}/{n}",), name=f"worker-{n}")
            for n in range(threads)
        ]

    def start(self) -> None:
        """Start delivering."""
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        """Begin nothing new; returns at once."""
        self._stop.set()

    def stop(self) -> None:
        """Finish what is being delivered and stop."""
        self.ask_to_stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=30)

    def run_once(self, *, owner: str | None = None) -> bool:
        """Deliver one due intent; False when there was none."""
        intents = self._ledger.lease_intents(
            owner=owner or self._name, now=_wall(), seconds=LEASE_SECONDS, limit=1
        )
        for intent in intents:
            self._deliver(intent)
        return bool(intents)

    def _run(self, owner: str) -> None:
        while not self._stop.is_set():
            pause = IDLE_SECONDS
            try:
                self._give_way()
                if self.run_once(owner=owner):
                    continue
            except FinOpsError as error:
                log.warning("the outbox could not be read; trying again: %s", error)
                pause = DATABASE_PAUSE_SECONDS
            except Exception:
                log.exception("the outbox could not be read; trying again")
                pause = DATABASE_PAUSE_SECONDS
            self._stop.wait(pause)

    def _deliver(self, intent: Intent) -> None:
        try:
            self._require_attempts_left(intent)
            with kept(lambda: self._renew(intent), every_seconds=RENEW_SECONDS):
                self._deliveries[IntentKind(intent.kind)](intent)
        except NotItsTurn as error:
            until = _wall() + timedelta(seconds=error.after_seconds)
            self._ledger.defer_intent(intent, until=until, turn=error.lane)
        except TryAgainLater as error:
            growing = min(pause_seconds(intent.attempts), LONGEST_OUTAGE_PAUSE_SECONDS)
            pause = max(error.after_seconds, growing)
            self._postpone(intent, str(error), pause, most_attempts=MAX_OUTAGE_ATTEMPTS)
        except (Refused, OutsideWorldFailed) as error:
            log.warning("intent %s (%s) will never work: %s", intent.id, intent.kind, error)
            self._ledger.bury_intent(intent, now=_wall(), error=str(error))
        except Exception as error:
            log.exception("intent %s (%s) failed", intent.id, intent.kind)
            pause = pause_seconds(intent.attempts)
            self._postpone(intent, repr(error), pause, most_attempts=MAX_ATTEMPTS)
        else:
            self._ledger.finish_intent(intent.id, now=_wall())

    def _require_attempts_left(self, intent: Intent) -> None:
        """An intent that ends its process each time is never postponed, only leased anew."""
        if intent.attempts > MAX_OUTAGE_ATTEMPTS:
            raise WillNeverWork(f"It was begun {intent.attempts} times and never ended.")

    def _renew(self, intent: Intent) -> None:
        self._ledger.renew_intent(intent, until=_wall() + timedelta(seconds=LEASE_SECONDS))

    def _postpone(self, intent: Intent, error: str, pause: float, *, most_attempts: int) -> None:
        if intent.attempts >= most_attempts:
            self._ledger.bury_intent(intent, now=_wall(), error=error)
            return
        log.info("intent %s (%s) waits %.0f s: %s", intent.id, intent.kind, pause, error)
        until = _wall() + timedelta(seconds=pause)
        self._ledger.postpone_intent(intent, until=until, error=error)


def _wall() -> datetime:
    return datetime.now(UTC)
