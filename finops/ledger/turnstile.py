"""Whose turn it is, among the threads of one process: who has waited longest goes first.

`threading.Lock` and SQLite's busy handler both let whoever asks at the right moment in, which is
the cycle that has just let go, and never the click that sleeps between two looks. A click asks the
ledger several times; it keeps its place from the moment it came, or each of fifty at once would
be overtaken by newer ones again and again.
"""

import heapq
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from finops.domain.errors import TryAgainLater

# Slack takes an answer for three seconds: whoever reads and has no place by then is told so.
LONGEST_WAIT_SECONDS = 2.0


@dataclass(slots=True)
class Waiting:
    """Somebody who waits for an answer, and since when (`time.monotonic`, seconds)."""

    since: float = field(default_factory=time.monotonic)
    # Who reads within a transaction has a place already, and would wait for itself.
    is_inside: bool = False

    def answered(self) -> None:
        """What is still done for them comes after those who have no answer yet."""
        self.since = time.monotonic()


_FOR: ContextVar[Waiting | None] = ContextVar("finops_waiting", default=None)


@contextmanager
def serving(waiting: Waiting) -> Iterator[None]:
    """Everything this thread asks of a ledger in the block is for them."""
    token = _FOR.set(waiting)
    try:
        yield
    finally:
        _FOR.reset(token)


class Turnstile:
    """A lock with one place or several, handed to the one who has waited longest."""

    def __init__(self, places: int = 1) -> None:
        self._guard = threading.Lock()
        self._free = places
        self._order = 0
        self._queue: list[tuple[float, int, threading.Event]] = []

    @contextmanager
    def turn(self, patience_seconds: float, *, of_seconds: float | None = None) -> Iterator[None]:
        """Wait for a turn and hold it; raises TryAgainLater when patience ends first.

        `of_seconds` is the whole patience, where some of it was needed in another line.
        """
        if not self._enter(patience_seconds):
            waited = patience_seconds if of_seconds is None else of_seconds
            raise TryAgainLater(f"The ledger was busy for {waited:g} s.", after_seconds=1)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, patience_seconds: float) -> bool:
        waiting = _FOR.get()
        with self._guard:
            if self._free:
                self._free -= 1
                return True
            mine = threading.Event()
            self._order += 1
            place = (waiting.since if waiting else time.monotonic(), self._order, mine)
            heapq.heappush(self._queue, place)
        if mine.wait(patience_seconds):
            return True
        with self._guard:
            if mine.is_set():
                return True  # it came in the last moment
            self._queue.remove(place)
            heapq.heapify(self._queue)
            return False

    def _leave(self) -> None:
        with self._guard:
            if self._queue:
                heapq.heappop(self._queue)[2].set()  # the place stays taken, by the next one
            else:
                self._free += 1


class Lines:
    """The two lines of those who wait for an answer: `places` at once, not all of them writers.

    A writer may have to wait for another replica's lock; a reader never does. Work that nobody
    waits for, such as a cycle, stands in no line.
    """

    def __init__(self, places: int) -> None:
        self._everybody = Turnstile(places)
        self._writers = Turnstile(places - 1)

    @contextmanager
    def place(self, patience_seconds: float, *, writes: bool) -> Iterator[None]:
        """Wait for a place and hold it; raises TryAgainLater when patience ends first."""
        waiting = _FOR.get()
        if waiting is None or waiting.is_inside:
            yield
            return
        patience = min(patience_seconds, LONGEST_WAIT_SECONDS)
        deadline = time.monotonic() + patience
        with ExitStack() as held:
            if writes:
                held.enter_context(self._writers.turn(patience))
            left = max(deadline - time.monotonic(), 0)
            held.enter_context(self._everybody.turn(left, of_seconds=patience))
            waiting.is_inside = True
            try:
                yield
            finally:
                waiting.is_inside = False
