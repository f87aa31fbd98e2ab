"""The messages of all conversations, in Slack's own JSON shape, and the ephemeral ones."""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """A message only one person sees: never in history, gone for good when deleted."""

    user_id: str
    channel_id: str
    message: Message


class Messages:
    """Messages by channel, oldest first. Callers on the event loop only."""

    def __init__(self) -> None:
        self._by_channel: dict[str, list[Message]] = defaultdict(list)
        self.ephemerals: list[Ephemeral] = []

    def add(self, channel_id: str, message: Message) -> Message:
        """Keep a message; its `ts` is its key within the channel."""
        self._by_channel[channel_id].append(message)
        self._count_reply(channel_id, message)
        return message

    def find(self, channel_id: str, ts: str) -> Message | None:
        """The message itself, not a copy."""
        return next((m for m in self._by_channel[channel_id] if m["ts"] == ts), None)

    def remove(self, channel_id: str, ts: str) -> None:
        """Forget a message, and its reply in the counts of its thread."""
        kept = [m for m in self._by_channel[channel_id] if m["ts"] != ts]
        gone = self.find(channel_id, ts)
        self._by_channel[channel_id] = kept
        if gone is not None:
            self._count_reply(channel_id, gone)

    def top_level(self, channel_id: str) -> list[Message]:
        """What the channel itself shows: no replies but those broadcast. Copies."""
        shown = [m for m in self._by_channel[channel_id] if _is_top_level(m)]
        return deepcopy(shown)

    def thread(self, channel_id: str, ts: str) -> list[Message]:
        """The parent and its replies. Copies."""
        found = [m for m in self._by_channel[channel_id] if ts in (m["ts"], m.get("thread_ts"))]
        return deepcopy(found)

    def everything(self, channel_id: str) -> list[Message]:
        """All messages of a channel, replies among them. Copies."""
        return deepcopy(self._by_channel[channel_id])

    def find_ephemeral(self, channel_id: str, ts: str) -> Ephemeral | None:
        """The ephemeral message with this timestamp."""
        here = (e for e in self.ephemerals if e.channel_id == channel_id)
        return next((e for e in here if e.message["ts"] == ts), None)

    def _count_reply(self, channel_id: str, reply: Message) -> None:
        root = reply.get("thread_ts")
        parent = self.find(channel_id, root) if root and root != reply["ts"] else None
        if parent is None:
            return
        replies = [m for m in self.thread(channel_id, str(root)) if m["ts"] != root]
        users = list(dict.fromkeys(m["user"] for m in replies))
        parent.update(
            thread_ts=root,
            reply_count=len(replies),
            reply_users=users,
            reply_users_count=len(users),
            latest_reply=replies[-1]["ts"] if replies else None,
        )


def thread_of(message: Message) -> str | None:
    """The thread a reply stands in; None for anything in the channel itself, parents included."""
    root = message.get("thread_ts")
    return None if root in (None, message["ts"]) else str(root)


def _is_top_level(message: Message) -> bool:
    root = message.get("thread_ts")
    return root in (None, message["ts"]) or message.get("subtype") == "thread_broadcast"
