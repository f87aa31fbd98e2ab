"""Where the app may post, what it may post, and how a posted message looks."""

from collections import Counter
from copy import deepcopy
from typing import Any

from sandbox.slack.arguments import Arguments
from sandbox.slack.block_rules import (
    MESSAGE_CHARACTERS,
    Problem,
    message_characters,
    problems,
)
from sandbox.slack.files import file_ids_in_blocks
from sandbox.slack.messages import Message
from sandbox.slack.refusals import Refused, refuse_problems
from sandbox.slack.state import Place, SlackState

MOST_TEXT = 40_000


def writable_place(state: SlackState, target: str) -> Place:
    """The conversation to post to: channel id or name, D id, or a U id for that person's DM."""
    user = state.workspace.user(target)
    if user is not None:
        if user.deleted or user.is_bot:
            raise Refused("channel_not_found")
        target = state.workspace.dm_id(user.id)
    place = state.place(target)
    if place is None or _is_hidden(state, place):
        raise Refused("channel_not_found")
    is_outside = place.channel is not None and place.id not in state.joined
    if is_outside and "chat:write.public" not in state.workspace.scopes:
        raise Refused("not_in_channel")
    return place


def _is_hidden(state: SlackState, place: Place) -> bool:
    return bool(place.channel and place.channel.is_private and place.id not in state.joined)


def checked_content(state: SlackState, args: Arguments) -> dict[str, Any]:
    """Text, blocks, attachments and metadata of a call, after Slack's checks."""
    blocks, text = args.blocks(), args.text("text")
    attachments = args.array("attachments")
    if not text and not blocks and not attachments:
        raise Refused("no_text")
    if len(text) > MOST_TEXT:
        raise Refused("msg_too_long")
    if blocks:
        check_message_blocks(state, blocks)
    content: dict[str, Any] = {"text": text}
    if blocks is not None:
        content["blocks"] = with_ids(state, blocks)
    if attachments:
        content["attachments"] = attachments
    metadata = args.object("metadata")
    if metadata is not None:
        content["metadata"] = _checked_metadata(metadata)
    return content


def check_message_blocks(state: SlackState, blocks: list[dict[str, Any]]) -> None:
    """Refuse blocks that Slack would refuse in a message."""
    found = problems(blocks, "message")
    if len(blocks) > 50:
        refuse_problems("invalid_blocks", found[:1])
    refuse_problems("invalid_blocks", found)
    if message_characters(blocks) > MESSAGE_CHARACTERS:
        raise Refused("msg_blocks_too_long")
    check_files(state, blocks, "invalid_blocks")


def check_files(state: SlackState, blocks: list[dict[str, Any]], error: str) -> None:
    """Refuse blocks that show a file which is unknown or not ready yet."""
    now = state.clock.monotonic()
    bad = [at for at, key in file_ids_in_blocks(blocks) if not state.files.is_ready(key, now)]
    refuse_problems(error, [Problem(at, "invalid slack file") for at in bad])


def _checked_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise Refused("invalid_metadata_format")
    return {"event_type": kind, "event_payload": payload}


def with_ids(state: SlackState, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A copy in which each block has a block_id and each element an action_id, as Slack adds."""
    named = deepcopy(blocks)
    taken = Counter(b.get("block_id") for b in named)
    for block in named:
        if not block.get("block_id"):
            block["block_id"] = _fresh(state, taken)
        for element in elements_of(block):
            if element.get("type") not in ("image", "mrkdwn", "plain_text"):
                element.setdefault("action_id", _fresh(state, taken))
    return named


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The interactive elements of a block, wherever they stand in it."""
    inner = [block.get("accessory"), block.get("element")]
    for name in ("elements", "actions"):
        inner.extend(block.get(name) or [] if block.get("type") != "rich_text" else [])
    nested = [e for child in block.get("child_blocks") or [] for e in elements_of(child)]
    known = [e for e in inner if isinstance(e, dict)]
    cards = [e for card in known if card.get("type") == "card" for e in card.get("actions") or []]
    plain = [e for e in known if e.get("type") != "card"]
    return [*plain, *cards, *nested]


def _fresh(state: SlackState, taken: Counter[Any]) -> str:
    fresh = state.new_id("b")[2:7]
    while fresh in taken:
        fresh = state.new_id("b")[2:7]
    taken[fresh] += 1
    return fresh


def bot_message(state: SlackState, content: dict[str, Any]) -> Message:
    """A new message by the bot, not kept anywhere yet."""
    space = state.workspace
    return {
        "type": "message",
        "user": space.bot_user_id,
        "ts": state.clock.ts(),
        "bot_id": space.bot_id,
        "app_id": space.app_id,
        "team": space.team_id,
        "bot_profile": {
            "id": space.bot_id,
            "app_id": space.app_id,
            "name": space.bot_name,
            "team_id": space.team_id,
        },
        **content,
    }


def thread_root(state: SlackState, channel_id: str, thread_ts: str) -> str | None:
    """The timestamp of the thread's parent; None outside threads, refused if there is none."""
    if not thread_ts:
        return None
    parent = state.messages.find(channel_id, thread_ts)
    if parent is None:
        raise Refused("thread_not_found")
    return str(parent.get("thread_ts") or thread_ts)
