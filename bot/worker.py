"""The worker: delivers intents from the outbox at least once, with leases and growing pauses.

One of the two places where any exception is caught: an effect that fails must not stop the others.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from finops.domain.errors import OutsideWorldFailed, Refused, TryAgainLater
from finops.domain.intents import IntentKind
from finops.ledger.outbox import Intent
from finops.savings_ledger import SavingsLedger

log = logging.getLogger(__name__)

Deliver = Callable[[Intent], None]
# A pull request may wait 30 s for a rate limit and make ten calls of up to 15 s.
LEASE_SECONDS = 240.0
# About a day and a half with pauses that double from 5 s to 4 h.
MAX_ATTEMPTS = 20
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 4 * 3600.0
IDLE_SECONDS = 0.3


def pause_seconds(attempts: int) -> float:
    """How long to wait after the n-th failure: 5 s, 10 s, 20 s … 4 h.

    >>> [pause_seconds(n) for n in (1, 2, 3, 20)]
    [5.0, 10.0, 20.0, 14400.0]
    """
    return float(min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS))


class Worker:
    """Threads that lease one intent at a time and deliver it."""

    def __init__(
        self,
        ledger: SavingsLedger,
        deliveries: Mapping[IntentKind, Deliver],
        *,
        name: str,
        threads: int = 4,
    ) -> None:
        self._ledger = ledger
        self._deliveries = deliveries
        self._name = name
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(f"{name}/{n}",), name=f"worker-{n}")
            for n in range(threads)
        ]

    def start(self) -> None:
        """Start delivering."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is being delivered and stop."""
        self._stop.set()
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
            try:
                busy = self.run_once(owner=owner)
            except Exception:
                log.exception("the outbox could not be read; trying again")
                busy = False
                self._stop.wait(5)
            if not busy:
                self._stop.wait(IDLE_SECONDS)

    def _deliver(self, intent: Intent) -> None:
        try:
            self._deliveries[IntentKind(intent.kind)](intent)
        except TryAgainLater as error:
            self._postpone(intent, str(error), after_seconds=error.after_seconds)
        except (Refused, OutsideWorldFailed) as error:
            log.warning("intent %s (%s) will never work: %s", intent.id, intent.kind, error)
            self._ledger.bury_intent(intent.id, now=_wall(), error=str(error))
        except Exception as error:
            log.exception("intent %s (%s) failed", intent.id, intent.kind)
            self._postpone(intent, repr(error), after_seconds=pause_seconds(intent.attempts))
        else:
            self._ledger.finish_intent(intent.id, now=_wall())

    def _postpone(self, intent: Intent, error: str, *, after_seconds: float) -> None:
        if intent.attempts >= MAX_ATTEMPTS:
            self._ledger.bury_intent(intent.id, now=_wall(), error=error)
            return
        log.info("intent %s (%s) waits %.0f s: %s", intent.id, intent.kind, after_seconds, error)
        until = _wall() + timedelta(seconds=after_seconds)
        self._ledger.postpone_intent(intent.id, until=until, error=error)


def _wall() -> datetime:
    return datetime.now(UTC)
