"""All that changes in a sandbox workspace, in memory. Only the event loop thread touches it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.slack.clock import Clock
from sandbox.slack.files import Files
from sandbox.slack.messages import Messages, thread_of
from sandbox.slack.tickets import (
    RESPONSE_URL_SECONDS,
    TRIGGER_SECONDS,
    ResponseUrl,
    Tickets,
    Trigger,
)
from sandbox.slack.views import Views
from sandbox.slack.workspace import Channel, User, Workspace, slack_id

Inputs = dict[str, dict[str, Any]]
"""What a person has chosen but not sent: block_id → action_id → element state."""


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation: a channel, or the direct messages of one person with the bot."""

    id: str
    channel: Channel | None
    dm_user: User | None

    @property
    def name(self) -> str:
        """Its name in interaction payloads."""
        return self.channel.name if self.channel else "directmessage"


class SlackState:
    """The workspace, everything said in it, and who wants to know when that changes."""

    def __init__(self, workspace: Workspace, clock: Clock, file_ready_seconds: float) -> None:
        self.workspace = workspace
        self.clock = clock
        self.messages = Messages()
        self.views = Views()
        self.files = Files(file_ready_seconds)
        self.tickets = Tickets()
        self.joined = {c.id for c in workspace.channels if c.bot_is_member}
        self.base_url = ""
        self.version = 0
        self._inputs: dict[tuple[str, str], Inputs] = {}
        self._listeners: list[Callable[[], None]] = []
        self._numbers = 0

    def new_id(self, prefix: str) -> str:
        """A fresh id with the given first letter."""
        self._numbers += 1
        return slack_id(prefix, self.workspace.team_id, str(self._numbers))

    def changed(self) -> None:
        """Tell every listener that something on the page looks different now."""
        self.version += 1
        for listener in list(self._listeners):
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on each change, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def place(self, channel_id: str) -> Place | None:
        """The conversation with this id, or with this channel name."""
        space = self.workspace
        channel = space.channel(channel_id) or space.channel_named(channel_id)
        dm_user = space.dm_user(channel_id)
        if channel is None and dm_user is None:
            return None
        return Place(channel.id if channel else channel_id, channel, dm_user)

    def new_trigger(self, user_id: str, view_id: str | None = None) -> str:
        """A trigger id that lets the app open a view for this person within three seconds."""
        key = f"{self.new_id('1')[2:]}.{self.workspace.team_id}.{self.new_id('X')[1:].lower()}"
        expires_at = self.clock.monotonic() + TRIGGER_SECONDS
        self.tickets.add_trigger(key, Trigger(user_id, expires_at, view_id))
        return key

    def new_response_url(
        self, user_id: str, channel_id: str, message: dict[str, Any] | None = None
    ) -> str:
        """A URL the app may post to for half an hour, five times."""
        key = f"{self.workspace.team_id}/{self.new_id('R')}"
        ticket = ResponseUrl(
            user_id,
            channel_id,
            self.clock.monotonic() + RESPONSE_URL_SECONDS,
            message_ts=message["ts"] if message else None,
            thread_ts=thread_of(message) if message else None,
        )
        self.tickets.add_response_url(key, ticket)
        return f"{self.base_url}response/{key}"

    def inputs(self, user_id: str, container: str) -> Inputs:
        """What this person has chosen in this message or view, to read and to add to."""
        return self._inputs.setdefault((user_id, container), {})
