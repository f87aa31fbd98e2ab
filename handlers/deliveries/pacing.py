"""Never above Slack's rates: whose turn it is, for every replica together.

Slack takes about one message a second in a channel (short bursts are tolerated without a promise)
and 50 `chat.update` a minute from the whole app (Tier 3). Who goes above is answered with 429, and
its users see the bot stop.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from finops.domain.errors import NotItsTurn
from finops.ledger.lanes import Rate

# More than a second, because the way to Slack is not always equally long (0.4 s on a busy machine).
MESSAGE = Rate(gap_seconds=1.5)
# At most 20 + 60 ÷ 2 = 50 in any minute; a team that approves its plan sees 20 cards move at once.
UPDATE = Rate(gap_seconds=2.0, burst=20)
UPDATES = "slack/chat.update"
# A thread of the worker sleeps so long itself; for a longer wait the intent is given back.
SHORT_SECONDS = 0.3


class Lanes(Protocol):
    """Turns that all replicas share: the ledger."""

    def take_turn(self, lane: str, rate: Rate) -> float:
        """Take the next turn; seconds until it comes."""
        ...

    def hold_lane(self, lane: str, rate: Rate, *, seconds: float) -> None:
        """Let nothing go for so long."""
        ...


class Pacing:
    """Waits for a turn before each message and update. Safe to use from many threads.

    A delivery that has sent nothing yet is given back with NotItsTurn when its turn is not near;
    one that has sent something waits here, because giving it back would send that again.
    """

    def __init__(self, lanes: Lanes, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._lanes = lanes
        self._sleep = sleep
        self._here = threading.local()

    @contextmanager
    def delivery(self, turn: str) -> Iterator[None]:
        """One delivery on this thread; `turn` is the lane in which its turn has come."""
        self._here.turn, self._here.has_sent = turn, False
        try:
            yield
        finally:
            self._here.turn, self._here.has_sent = "", True

    def before_message(self, channel: str) -> None:
        """Before a message is posted to a channel. Raises NotItsTurn."""
        self._wait(_messages(channel), MESSAGE)

    def before_update(self) -> None:
        """Before a message is updated. Raises NotItsTurn."""
        self._wait(UPDATES, UPDATE)

    def told_to_wait(self, method: str, channel: str, *, seconds: float) -> None:
        """Slack has answered with 429: everybody waits, not only who was told."""
        if method == "chat.postMessage":
            self._lanes.hold_lane(_messages(channel), MESSAGE, seconds=seconds)
        elif method == "chat.update":
            self._lanes.hold_lane(UPDATES, UPDATE, seconds=seconds)

    def _wait(self, lane: str, rate: Rate) -> None:
        if getattr(self._here, "turn", "") == lane:
            self._here.turn = ""
        else:
            self._take(lane, rate)
        if rate.burst == 1:  # who comes late to a turn must not meet the next one
            self._pause(self._lanes.take_turn(f"{lane}/sent", rate))
        self._here.has_sent = True

    def _take(self, lane: str, rate: Rate) -> None:
        wait = self._lanes.take_turn(lane, rate)
        if wait > SHORT_SECONDS and not getattr(self._here, "has_sent", True):
            raise NotItsTurn(f"{lane} is taken.", after_seconds=wait, lane=lane)
        self._pause(wait)

    def _pause(self, seconds: float) -> None:
        if seconds:
            self._sleep(seconds)


def _messages(channel: str) -> str:
    return f"slack/{channel}"


class Unpaced:
    """Turns that come at once: a workspace with nobody else and no limits."""

    def take_turn(self, lane: str, rate: Rate) -> float:
        """Now."""
        return 0.0

    def hold_lane(self, lane: str, rate: Rate, *, seconds: float) -> None:
        """Nothing."""
