"""What a person does in the workspace, and what Slack does with the app's answer."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.actions import action_of, find_element, remember
from sandbox.slack.chat_methods import keep_ephemeral
from sandbox.slack.delivery import Ack, Delivery, Envelope
from sandbox.slack.messages import Message, thread_of
from sandbox.slack.payloads import (
    event_payload,
    message_action_payload,
    slash_payload,
    suggestion_payload,
    view_action_payload,
)
from sandbox.slack.posting import bot_message, check_message_blocks, thread_root, with_ids
from sandbox.slack.refusals import Refused
from sandbox.slack.state import Place, SlackState
from sandbox.slack.workspace import User

EVENTS = frozenset({"app_home_opened", "app_mention", "message.im"})
"""The events an app subscribes to unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """A click (`selected` is None) or a choice: an option value, several, a date, a text."""

    action_id: str
    block_id: str | None = None
    selected: Any = None


@dataclass(frozen=True, slots=True)
class Container:
    """An external_select and what it stands in: `payload` has the container and its content."""

    action_id: str
    block_id: str
    payload: dict[str, Any] = field(default_factory=dict)


class Interactions:
    """Everything a person can do but forms, which are in `forms.py`."""

    def __init__(self, state: SlackState, delivery: Delivery, events: frozenset[str]) -> None:
        self.state = state
        self.delivery = delivery
        self._events = events

    def person(self, user_id: str) -> User:
        """The person who acts; KeyError if nobody has this id."""
        user = self.state.workspace.user(user_id)
        if user is None:
            raise KeyError(f"no user {user_id}")
        return user

    def place(self, channel_id: str) -> Place:
        """Where it happens; KeyError if there is no such conversation."""
        place = self.state.place(channel_id)
        if place is None:
            raise KeyError(f"no channel {channel_id}")
        return place

    async def slash(self, user_id: str, channel_id: str, command: str, text: str) -> Ack:
        """A slash command; the answer's text goes to the person, or to all if in_channel."""
        place = self.place(channel_id)
        payload = slash_payload(self.state, self.person(user_id), place, command=command, text=text)
        ack = await self.delivery.deliver(Envelope("slash_commands", payload))
        if ack.ok:
            self._show_answer(user_id, place, ack)
        else:
            self._tell(user_id, place.id, f'{command} failed with the error "{ack.error}"')
        return ack

    def _show_answer(self, user_id: str, place: Place, ack: Ack) -> None:
        answer = ack.payload or {}
        content: dict[str, Any] = {"text": str(answer.get("text") or "")}
        if answer.get("blocks"):
            try:
                check_message_blocks(self.state, answer["blocks"])
            except Refused as no:
                return self._tell(user_id, place.id, f'failed with the error "{no.error}"')
            content["blocks"] = with_ids(self.state, answer["blocks"])
        if not any(content.values()):
            return None
        if answer.get("response_type") == "in_channel":
            self.state.messages.add(place.id, bot_message(self.state, content))
            return self.state.changed()
        keep_ephemeral(self.state, user_id, place.id, content)
        return None

    async def act_on_message(
        self, user_id: str, place: Place, message: Message, what: Gesture
    ) -> Ack:
        """A click or a choice in a message (or in a stale copy of one)."""
        user = self.person(user_id)
        block, element = find_element(message.get("blocks") or [], what.action_id, what.block_id)
        action = action_of(block, element, what.selected, self.state.clock.ts())
        chosen = self.state.inputs(user_id, f"{place.id}/{message['ts']}")
        remember(chosen, block, element, what.selected)
        payload = message_action_payload(self.state, user, place, message, action=action)
        ack = await self.delivery.deliver(Envelope("interactive", payload))
        if not ack.ok:
            self._failed(user_id, place.id, ack, thread_of(message))
        self.state.changed()
        return ack

    async def act_on_view(self, user_id: str, view_id: str, what: Gesture) -> Ack:
        """A click or a choice in a modal or on the Home tab."""
        found = self.state.views.find_any(view_id)
        if found is None or found[0] != user_id:
            raise KeyError(f"{user_id} has no view {view_id}")
        view = found[1]
        block, element = find_element(view["blocks"], what.action_id, what.block_id)
        remember(self.state.inputs(user_id, view["id"]), block, element, what.selected)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Ack(None, 0.0)
        action = action_of(block, element, what.selected, self.state.clock.ts())
        payload = view_action_payload(self.state, self.person(user_id), view, action)
        ack = await self.delivery.deliver(Envelope("interactive", payload))
        if not ack.ok:
            self._failed(user_id, self.state.workspace.dm_id(user_id), ack, None)
        return ack

    async def suggest(self, user_id: str, where: Container, query: str) -> Ack:
        """What an external_select offers for what was typed so far."""
        user = self.person(user_id)
        what = {"action_id": where.action_id, "block_id": where.block_id, "value": query}
        payload = suggestion_payload(self.state, user, where.payload, what)
        return await self.delivery.deliver(Envelope("interactive", payload))

    async def open_home(self, user_id: str) -> Ack:
        """The person looks at the app's Home tab."""
        home = self.state.views.home(user_id)
        event = {
            "type": "app_home_opened",
            "user": user_id,
            "channel": self.state.workspace.dm_id(user_id),
            "tab": "home",
            "event_ts": self.state.clock.ts(),
        }
        return await self._event("app_home_opened", event | ({"view": home} if home else {}))

    async def say(
        self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None
    ) -> tuple[Message, Ack]:
        """A person writes a message; the app hears of it in a DM or when mentioned."""
        place = self.place(channel_id)
        message = {
            "type": "message",
            "user": self.person(user_id).id,
            "text": text,
            "ts": self.state.clock.ts(),
            "team": self.state.workspace.team_id,
        }
        root = thread_root(self.state, place.id, thread_ts or "")
        message |= {"thread_ts": root} if root else {}
        self.state.messages.add(place.id, message)
        self.state.changed()
        event = {**message, "channel": place.id, "event_ts": message["ts"]}
        ack = Ack(None, 0.0)
        if place.dm_user:
            ack = await self._event("message.im", {**event, "channel_type": "im"})
        elif f"<@{self.state.workspace.bot_user_id}" in text and place.id in self.state.joined:
            ack = await self._event("app_mention", {**event, "type": "app_mention"})
        return message, ack

    async def _event(self, name: str, event: dict[str, Any]) -> Ack:
        if name not in self._events:
            return Ack(None, 0.0)
        return await self.delivery.deliver(Envelope("events_api", event_payload(self.state, event)))

    def _failed(self, user_id: str, channel_id: str, ack: Ack, thread_ts: str | None) -> None:
        text = f'This action failed with the error "{ack.error}". Please try again.'
        self._tell(user_id, channel_id, text, thread_ts)

    def _tell(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> None:
        content: dict[str, Any] = {"text": text, "user": "USLACKBOT", "subtype": "slackbot"}
        content |= {"thread_ts": thread_ts} if thread_ts else {}
        keep_ephemeral(self.state, user_id, channel_id, content)
