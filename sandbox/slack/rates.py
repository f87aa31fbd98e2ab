"""Slack's rate limits: a tier for each method, and about one message a second in a channel.

Tiers after `rate_limit_tiers.json` of Slack's Java SDK: so many calls a minute for each method and
workspace, which a short burst may use up at once. Who asks for more gets 429 and `Retry-After`.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
CALLS_A_MINUTE = {
    "apps.connections.open": TIER_1,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
# Socket Mode may come back after a lost network; Slack lets more than one a minute burst.
BURSTS = {"apps.connections.open": 30}
# "Generally one message a second in a channel; short bursts are tolerated without a guarantee."
MESSAGES_A_SECOND, MESSAGE_BURST = 1.0, 3


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimits:
    """Token buckets. `None` in the place of one means a workspace without limits."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def retry_after(self, method: str, arguments: dict[str, Any]) -> int | None:
        """Whole seconds to wait, or None when the call may go, which is then counted."""
        if method == "chat.postMessage":
            lane = f"{method} {arguments.get('channel')}"
            return self._take(lane, MESSAGES_A_SECOND, MESSAGE_BURST)
        tier = CALLS_A_MINUTE.get(method)
        if tier is None:
            return None
        return self._take(method, tier / 60, BURSTS.get(method, tier))

    def _take(self, lane: str, per_second: float, most: int) -> int | None:
        now = self._monotonic()
        with self._lock:
            bucket = self._buckets.setdefault(lane, _Bucket(float(most), now))
            bucket.tokens = min(most, bucket.tokens + (now - bucket.at) * per_second)
            bucket.at = now
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return None
            return max(1, math.ceil((1 - bucket.tokens) / per_second))
