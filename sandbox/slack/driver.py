"""Hands and eyes for tests and `finops demo --once`: acts as any person, synchronously.

Every method may be called from any thread but the sandbox's own. What it returns is a copy.
"""

import time
from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.slack.delivery import Ack
from sandbox.slack.interactions import Container, Gesture
from sandbox.slack.messages import Message
from sandbox.slack.views import View

if TYPE_CHECKING:
    from sandbox.slack.server import SlackSandbox

T = TypeVar("T")


class Driver:
    """Does what people do in the workspace, and looks at what they see."""

    def __init__(self, sandbox: "SlackSandbox") -> None:
        self._sandbox = sandbox

    def slash(self, user_id: str, channel_id: str, command: str, text: str = "") -> Ack:
        """Type a slash command; `@name` and `#name` in the text are escaped as Slack does."""
        return self._sandbox.run(
            self._sandbox.interactions.slash(user_id, channel_id, command, text)
        )

    def say(
        self, user_id: str, channel_id: str, text: str, *, thread_ts: str | None = None
    ) -> Message:
        """Write a message; the app hears of it in its DM, or when mentioned."""
        doing = self._sandbox.interactions.say(user_id, channel_id, text, thread_ts)
        return deepcopy(self._sandbox.run(doing)[0])

    def click(  # noqa: PLR0913 - a click has a who, a where, a which and a how
        self,
        user_id: str,
        channel_id: str,
        ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        message: Message | None = None,
        selected: Any = None,
    ) -> Ack:
        """Click an element of a message; `message` is a stale copy still on somebody's screen.

        Anyone who sees a message can click. LookupError if there is no such element.
        """
        what = Gesture(action_id, block_id, selected)

        async def act() -> Ack:
            interactions = self._sandbox.interactions
            place = interactions.place(channel_id)
            shown = message or self._find(place.id, ts, user_id)
            return await interactions.act_on_message(user_id, place, shown, what)

        return self._sandbox.run(act())

    def select(  # noqa: PLR0917 - as `click`
        self,
        user_id: str,
        channel_id: str,
        ts: str,
        action_id: str,
        selected: Any,
        *,
        block_id: str | None = None,
    ) -> Ack:
        """Choose in a select, overflow, radio buttons, checkboxes (a list) or a date picker."""
        return self.click(user_id, channel_id, ts, action_id, block_id=block_id, selected=selected)

    def click_in_view(
        self,
        user_id: str,
        view_id: str,
        action_id: str,
        *,
        block_id: str | None = None,
        selected: Any = None,
    ) -> Ack:
        """Click or choose in a modal, or in the Home tab (its id is in `home(user_id)["id"]`)."""
        what = Gesture(action_id, block_id, selected)
        return self._sandbox.run(self._sandbox.interactions.act_on_view(user_id, view_id, what))

    def click_home(
        self, user_id: str, action_id: str, *, block_id: str | None = None, selected: Any = None
    ) -> Ack:
        """Click or choose in the Home tab."""
        home = self.home(user_id)
        if home is None:
            raise LookupError(f"{user_id} has no Home tab yet")
        return self.click_in_view(
            user_id, home["id"], action_id, block_id=block_id, selected=selected
        )

    def fill(self, user_id: str, view_id: str, values: dict[str, dict[str, Any]]) -> None:
        """Type and choose in a modal without submitting; later clicks in it carry the values."""
        self._look(lambda: self._sandbox.forms.fill(user_id, view_id, values))

    def submit(self, user_id: str, view_id: str, values: dict[str, dict[str, Any]]) -> Ack:
        """Fill in a modal and submit it; `ack.errors` has what is wrong, by block_id.

        Values are plain (text, option value, list of them, date) or states as Slack writes them.
        """
        return self._sandbox.run(self._sandbox.forms.submit(user_id, view_id, values))

    def close_view(self, user_id: str, view_id: str) -> Ack:
        """Dismiss a modal; the app hears of it if the view says `notify_on_close`."""
        return self._sandbox.run(self._sandbox.forms.close(user_id, view_id))

    def open_home(self, user_id: str) -> Ack:
        """Look at the app's Home tab (sends `app_home_opened`)."""
        return self._sandbox.run(self._sandbox.interactions.open_home(user_id))

    def suggest(self, user_id: str, action_id: str, block_id: str, query: str) -> Ack:
        """Type into an external_select; the options are in `ack.payload`."""
        where = Container(action_id, block_id)
        return self._sandbox.run(self._sandbox.interactions.suggest(user_id, where, query))

    def messages(self, channel_id: str) -> list[Message]:
        """What a channel shows, oldest first, without thread replies."""
        place = self._sandbox.interactions.place(channel_id)
        return self._look(lambda: self._sandbox.state.messages.top_level(place.id))

    def message(self, channel_id: str, ts: str) -> Message | None:
        """One message by its timestamp, replies among them."""
        return self._look(lambda: deepcopy(self._sandbox.state.messages.find(channel_id, ts)))

    def thread(self, channel_id: str, ts: str) -> list[Message]:
        """A message and its replies."""
        return self._look(lambda: self._sandbox.state.messages.thread(channel_id, ts))

    def ephemerals(self, user_id: str, channel_id: str | None = None) -> list[Message]:
        """What only this person sees, oldest first."""

        def mine() -> list[Message]:
            return [
                deepcopy(e.message)
                for e in self._sandbox.state.messages.ephemerals
                if e.user_id == user_id and channel_id in (None, e.channel_id)
            ]

        return self._look(mine)

    def open_views(self, user_id: str) -> list[View]:
        """The person's modals, the visible one last."""
        return self._look(lambda: self._sandbox.state.views.stack(user_id))

    def open_view(self, user_id: str) -> View | None:
        """The modal the person sees, if any."""
        stack = self.open_views(user_id)
        return stack[-1] if stack else None

    def dm(self, user_id: str) -> str:
        """The id of the person's direct messages with the bot."""
        return self._sandbox.workspace.dm_id(user_id)

    def home(self, user_id: str) -> View | None:
        """The Home tab the app has published for the person."""
        return self._look(lambda: self._sandbox.state.views.home(user_id))

    def wait_for(self, predicate: Callable[[], T | None], timeout: float = 5.0) -> T:
        """Ask until the answer is truthy, and return it; TimeoutError with the last answer."""
        deadline = time.monotonic() + timeout
        while not (answer := predicate()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"still {answer!r} after {timeout} s")
            time.sleep(0.01)
        return answer

    def wait_for_connections(self, number: int = 1, timeout: float = 10.0) -> None:
        """Wait until the app has this many Socket Mode connections."""
        self.wait_for(lambda: self._sandbox.connections >= number, timeout)

    def _find(self, channel_id: str, ts: str, user_id: str) -> Message:
        messages = self._sandbox.state.messages
        ephemeral = messages.find_ephemeral(channel_id, ts)
        if ephemeral and ephemeral.user_id == user_id:
            return ephemeral.message
        message = messages.find(channel_id, ts)
        if message is None:
            raise LookupError(f"no message {ts} in {channel_id}")
        return message

    def _look(self, at: Callable[[], T]) -> T:
        async def look() -> T:
            return at()

        return self._sandbox.run(look())
