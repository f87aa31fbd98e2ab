"""One thing a person did in Slack: the payload, and the ways to answer it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from handlers.access import user_of
from handlers.blocks.forms import notice_modal, with_notice

ANSWER_TIMEOUT_SECONDS = 5
FROM_HOME = "home"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Interaction:
    """A command, click, form or event. `client` fails fast; see `slack_client`."""

    ack: Callable[..., BoltResponse]
    body: Mapping[str, Any]
    client: WebClient

    @property
    def user(self) -> str:
        """Who did it."""
        return user_of(self.body)

    @property
    def text(self) -> str:
        """What stands behind a slash command."""
        return str(self.body.get("text") or "").strip()

    @property
    def trigger(self) -> str:
        """Opens one modal within three seconds."""
        return str(self.body.get("trigger_id", ""))

    @property
    def value(self) -> str:
        """What the clicked button or the chosen option carries."""
        action = self.body["actions"][0]
        chosen = action.get("selected_option") or action
        return str(chosen.get("value", ""))

    @property
    def block(self) -> str:
        """The block_id of what was clicked, or in which something is being searched."""
        action = (self.body.get("actions") or [self.body])[0]
        return str(action.get("block_id", ""))

    @property
    def view(self) -> Mapping[str, Any]:
        """The modal or Home tab it happened in; empty for messages."""
        view = self.body.get("view")
        return view if isinstance(view, dict) else {}

    @property
    def is_command(self) -> bool:
        """Whether it is a slash command."""
        return "command" in self.body

    @property
    def is_form(self) -> bool:
        """Whether a modal was submitted."""
        return self.body.get("type") == "view_submission"

    @property
    def is_search(self) -> bool:
        """Whether somebody types into a select that asks for its options."""
        return self.body.get("type") == "block_suggestion"

    @property
    def is_home(self) -> bool:
        """Whether it happened on the Home tab."""
        return self.view.get("type") == "home"

    @property
    def origin(self) -> str:
        """Where a form is opened from, so that the place can be shown anew afterwards."""
        return FROM_HOME if self.is_home else ""

    def open_view(self, view: dict[str, Any]) -> None:
        """Open a modal, on top of one that is open already. Before the ack: see `trigger`."""
        opened = self.client.views_open
        if self.view.get("type") == "modal":
            opened = self.client.views_push
        opened(trigger_id=self.trigger, view=view)

    def close_form(self) -> None:
        """Acknowledge a submitted form, and close what it was opened on as well."""
        is_pushed = self.view.get("root_view_id") not in (None, self.view.get("id"))
        if is_pushed:
            self.ack(response_action="clear")
        else:
            self.ack()

    @property
    def is_modal(self) -> bool:
        """Whether it was a click in a modal."""
        return self.view.get("type") == "modal" and not self.is_form

    def refuse(self, sentence: str) -> None:
        """Acknowledge, and tell the person why nothing happened, where they are looking.

        A command answers in its ack, a form keeps what was typed and shows the sentence on top, a
        click gets a message only the clicker sees.
        """
        if self.is_search:
            self.ack(options=[])  # there is no place for a sentence
        elif self.is_command:
            self.ack(text=sentence)
        elif self.is_form:
            self.ack(response_action="update", view=with_notice(dict(self.view), sentence))
        else:
            self.ack()
            self.tell(sentence)

    def tell(self, sentence: str) -> None:
        """Say something to this person only. After the ack: it calls Slack."""
        channel = self.body.get("channel")
        if isinstance(channel, dict) and self.body.get("response_url"):
            self._whisper(str(channel["id"]), sentence)
        elif self.trigger and self._open_notice(sentence):
            return
        else:
            self.client.chat_postMessage(channel=self.user, text=sentence)

    def replace_message(self, text: str, blocks: list[dict[str, Any]]) -> None:
        """Show something else in the place of the ephemeral message that was clicked."""
        WebhookClient(str(self.body["response_url"]), timeout=ANSWER_TIMEOUT_SECONDS).send(
            text=text, blocks=blocks, replace_original=True, response_type="ephemeral"
        )

    def answer(self, text: str, *choices: list[dict[str, Any]]) -> None:
        """Answer a command after its ack, to the asker alone, with the first blocks Slack takes.

        Where a workspace does not know a kind of block yet, it refuses the whole message; the last
        resort is the text.
        """
        sent = WebhookClient(str(self.body["response_url"]), timeout=ANSWER_TIMEOUT_SECONDS)
        for blocks in (*choices, None):
            answer = sent.send(text=text, blocks=blocks, response_type="ephemeral")
            if answer.status_code == 200:
                return
            _log.warning("Slack refused an answer: %s %s", answer.status_code, answer.body[:200])

    def _whisper(self, channel: str, sentence: str) -> None:
        """The bot may have left the channel its card stands in; the response_url still works."""
        container = self.body.get("container")
        thread = container.get("thread_ts") if isinstance(container, dict) else None
        try:
            self.client.chat_postEphemeral(
                channel=channel, user=self.user, text=sentence, thread_ts=thread
            )
        except (SlackClientError, OSError):
            WebhookClient(str(self.body["response_url"]), timeout=ANSWER_TIMEOUT_SECONDS).send(
                text=sentence, response_type="ephemeral", replace_original=False
            )

    def _open_notice(self, sentence: str) -> bool:
        try:
            self.open_view(notice_modal(sentence))
        except (SlackClientError, OSError):
            return False
        return True
