"""The ack of a click, on its way at the moment it is given, while its handler goes on.

Bolt looks every 10 ms whether a listener has acknowledged: with fifty clicks at once that looking
alone keeps Python busy (measured: an ack of 13 ms takes 4). Here the listener sleeps until the ack.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from slack_bolt import Ack, BoltResponse

from finops.ledger.turnstile import Waiting, serving

# Slack has given up by then; whoever is late is logged by Bolt.
MOST_SECONDS = 3.0


class Answer:
    """Bolt's `ack`, and the moment it was given. Safe to use from many threads."""

    def __init__(self, ack: Ack) -> None:
        self._ack = ack
        self._given = threading.Event()
        self._waiting = Waiting()
        self._is_late = False

    def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        """Acknowledge, as Bolt's `ack` does."""
        response = self._ack(*args, **kwargs)
        self._given.set()
        self._waiting.answered()
        return response

    @property
    def response(self) -> BoltResponse | None:
        """What was acknowledged; None before."""
        return self._ack.response

    def of(
        self, work: Callable[[], None], threads: Executor, *, failed: Callable[[Exception], object]
    ) -> None:
        """Run `work` on a thread and return when it has acknowledged or ended.

        What it raises before its ack is raised here, for Bolt's error handler to answer; what it
        raises later goes to `failed`, since the answer is on its way.
        """

        def run() -> None:
            try:
                with serving(self._waiting):
                    work()
            except Exception as error:
                if self.response is None and not self._is_late:
                    raise
                failed(error)
            finally:
                self._given.set()

        running = threads.submit(run)
        if not self._given.wait(MOST_SECONDS):
            self._is_late = True
        elif self.response is None:
            running.result()
