"""Whose turn it is to write: first come, first served, among the threads of one process.

`threading.Lock` and SQLite's busy handler both let whoever asks at the right moment in, which is
the cycle that has just let go, and never the click that sleeps between two looks.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from finops.domain.errors import TryAgainLater


class Turnstile:
    """A lock that is handed to the one who has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._queue: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, patience_seconds: float) -> Iterator[None]:
        """Wait for a turn and hold it; raises TryAgainLater when patience ends first."""
        if not self._enter(patience_seconds):
            raise TryAgainLater(f"The ledger was busy for {patience_seconds:g} s.", after_seconds=1)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, patience_seconds: float) -> bool:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Event()
            self._queue.append(mine)
        if mine.wait(patience_seconds):
            return True
        with self._guard:
            if mine.is_set():
                return True  # it came in the last moment
            self._queue.remove(mine)
            return False

    def _leave(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()  # still taken, by the next one
            else:
                self._is_taken = False
