"""People first: while somebody waits for an answer, the worker begins nothing new.

A click has three seconds; a card that is updated a second later hurts nobody. On one or two cores
both compete for Python, and planning a pull request takes as long as twenty clicks.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Under a storm of clicks the work behind them goes on, if slowly: what they did must be shown.
PATIENCE_SECONDS = 3.0


class PeopleFirst:
    """Counts who waits for an answer. Safe to use from many threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = 0

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Somebody waits until the end of the block."""
        with self._changed:
            self._waiting += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
                self._changed.notify_all()

    def give_way(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Return when nobody waits, or after `patience_seconds`."""
        deadline = time.monotonic() + patience_seconds
        with self._changed:
            while self._waiting and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
