"""Calls to Slack for the worker: every failure mapped, every post recognised on a second try."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from finops.domain.errors import TryAgainLater
from handlers.blocks.elements import Block
from handlers.deliveries.failures import RateLimited, SlackSaidNo, failure_of
from handlers.deliveries.pacing import Pacing
from handlers.slack_client import quick_client

TIMEOUT_SECONDS = 15
# A card that was posted and not remembered is among the newest messages of its channel.
PAGE = 200
MOST_PAGES = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message to post once. `metadata` is what it is recognised by."""

    channel: str
    text: str
    blocks: list[Block]
    metadata: dict[str, Any]
    thread: str = ""


class Outlet:
    """Posts and updates. Raises TryAgainLater, ChannelLost and SlackSaidNo, nothing else."""

    def __init__(self, client: WebClient, pacing: Pacing) -> None:
        self.pacing = pacing
        self._direct_channels: dict[str, str] = {}
        # Methods that the token's scopes do not cover; a new token needs a restart anyway.
        self._not_granted: dict[str, SlackSaidNo] = {}
        self.client = quick_client(client, timeout_seconds=TIMEOUT_SECONDS)

    def call(self, method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
        """One call of a method of `client`."""
        name = method.__name__.replace("_", ".", 1)
        try:
            return method(**arguments)
        except SlackApiError as error:
            channel = str(arguments.get("channel", ""))
            failure = failure_of(error, method=name, channel=channel)
            if isinstance(failure, RateLimited):
                self.pacing.told_to_wait(name, channel, seconds=failure.after_seconds)
            if isinstance(failure, SlackSaidNo) and failure.error == "missing_scope":
                self._not_granted[name] = failure
            raise failure from error
        except (SlackClientError, HTTPException, OSError) as error:
            raise TryAgainLater(f"Slack did not answer {name}: {error}") from error

    def require_granted(self, *methods: str) -> None:
        """Raise what Slack said when one of these methods needed a scope that was not granted.

        So that several calls that only make sense together are not begun in vain each time.
        """
        for method in methods:
            if method in self._not_granted:
                raise self._not_granted[method]

    def post_once(self, post: Post, *, is_retry: bool) -> str:
        """Post, unless an earlier try did and only its answer was lost. Returns the timestamp."""
        earlier = self._find(post) if is_retry else None
        if earlier is not None:
            return earlier
        self.pacing.before_message(post.channel)
        return str(self.call(self.client.chat_postMessage, **_arguments(post))["ts"])

    def update(self, post: Post, *, ts: str) -> None:
        """Show something else in a message of ours."""
        self.pacing.before_update()
        self.call(self.client.chat_update, ts=ts, **_arguments(post))

    def direct_channel(self, user: str) -> str:
        """The conversation with one person, which is always the same."""
        if user not in self._direct_channels:
            answer = self.call(self.client.conversations_open, users=user)
            self._direct_channels[user] = str(answer["channel"]["id"])
        return self._direct_channels[user]

    def _find(self, post: Post) -> str | None:
        try:
            return self._search(post)
        except SlackSaidNo as error:
            # Without the history scope a doubled message is possible; a lost one would be worse.
            _log.warning("cannot look for an earlier message in %s: %s", post.channel, error)
            return None

    def _search(self, post: Post) -> str | None:
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = self._page(post, cursor)
            for message in answer.get("messages") or []:
                if _is_same(message.get("metadata") or {}, post.metadata):
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        return None

    def _page(self, post: Post, cursor: str) -> SlackResponse:
        asked: dict[str, Any] = {"channel": post.channel, "limit": PAGE}
        asked |= {"include_all_metadata": True} | ({"cursor": cursor} if cursor else {})
        if post.thread:
            return self.call(self.client.conversations_replies, ts=post.thread, **asked)
        return self.call(self.client.conversations_history, **asked)


def _arguments(post: Post) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "channel": post.channel,
        "text": post.text,
        "blocks": post.blocks,
        "metadata": post.metadata,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return arguments | ({"thread_ts": post.thread} if post.thread else {})


def _is_same(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(found.get(name) == wanted[name] for name in ("event_type", "event_payload"))
