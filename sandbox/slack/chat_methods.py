"""The Web API methods `chat.*`."""

from copy import deepcopy
from typing import Any

from sandbox.slack.arguments import Arguments
from sandbox.slack.messages import Ephemeral, Message
from sandbox.slack.posting import (
    bot_message,
    check_message_blocks,
    checked_content,
    thread_root,
    with_ids,
    writable_place,
)
from sandbox.slack.refusals import Refused
from sandbox.slack.state import Place, SlackState


def post_message(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`chat.postMessage`."""
    place = writable_place(state, args.required("channel"))
    message = bot_message(state, checked_content(state, args))
    root = thread_root(state, place.id, args.text("thread_ts"))
    if root:
        message["thread_ts"] = root
        if args.flag("reply_broadcast"):
            message["subtype"] = "thread_broadcast"
    state.messages.add(place.id, message)
    state.changed()
    return {"channel": place.id, "ts": message["ts"], "message": deepcopy(message)}


def update(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`chat.update`: only the bot's own messages; blocks and metadata stay unless given."""
    place = _known(state, args.required("channel"))
    message = _own(state, place, args.required("ts"), "cant_update_message")
    content = checked_content(state, args)
    if not args.given("text"):
        content.pop("text")
    message.update(content)
    message["edited"] = {"user": state.workspace.bot_user_id, "ts": state.clock.ts()}
    state.changed()
    return {
        "channel": place.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": deepcopy(message),
    }


def delete(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`chat.delete`."""
    place = _known(state, args.required("channel"))
    message = _own(state, place, args.required("ts"), "cant_delete_message")
    state.messages.remove(place.id, message["ts"])
    state.changed()
    return {"channel": place.id, "ts": message["ts"]}


def post_ephemeral(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`chat.postEphemeral`: the person must be in the channel."""
    user_id = args.required("user")
    place = writable_place(state, args.required("channel"))
    if state.workspace.user(user_id) is None:
        raise Refused("user_not_found")
    if not _is_inside(state, place, user_id):
        raise Refused("user_not_in_channel")
    content = checked_content(state, args)
    root = thread_root(state, place.id, args.text("thread_ts"))
    ts = keep_ephemeral(state, user_id, place.id, content | ({"thread_ts": root} if root else {}))
    return {"message_ts": ts}


def keep_ephemeral(
    state: SlackState, user_id: str, channel_id: str, content: dict[str, Any]
) -> str:
    """Show a message to one person; returns its timestamp."""
    message = bot_message(state, {"is_ephemeral": True, **content})
    if "blocks" in message:
        message["blocks"] = with_ids(state, message["blocks"])
    state.messages.ephemerals.append(Ephemeral(user_id, channel_id, message))
    state.changed()
    return str(message["ts"])


def get_permalink(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`chat.getPermalink`: opens the page at the message."""
    place = _known(state, args.required("channel"))
    ts = args.required("message_ts")
    if state.messages.find(place.id, ts) is None:
        raise Refused("message_not_found")
    link = f"{state.base_url}archives/{place.id}/p{ts.replace('.', '')}"
    return {"channel": place.id, "permalink": link}


def answer_to_url(state: SlackState, key: str, args: Arguments) -> None:
    """A post to a response_url: replace, delete, or say something new."""
    ticket = state.tickets.use_response_url(key, state.clock.monotonic())
    where, ts = ticket.channel_id, ticket.message_ts
    if args.flag("delete_original"):
        _delete_anywhere(state, where, ts or "")
        return
    content = _url_content(state, args)
    if args.flag("replace_original") and ts and _replaced(state, where, ts, content):
        state.changed()
        return
    root = args.text("thread_ts") or ticket.thread_ts
    content |= {"thread_ts": root} if root else {}
    if args.text("response_type") == "in_channel":
        state.messages.add(where, bot_message(state, content))
        state.changed()
    else:
        keep_ephemeral(state, ticket.user_id, where, content)


def _url_content(state: SlackState, args: Arguments) -> dict[str, Any]:
    blocks = args.blocks()
    if not args.text("text") and not blocks:
        raise Refused("no_text")
    content: dict[str, Any] = {"text": args.text("text")}
    if blocks:
        check_message_blocks(state, blocks)
        content["blocks"] = with_ids(state, blocks)
    return content


def _replaced(state: SlackState, channel_id: str, ts: str, content: dict[str, Any]) -> bool:
    ephemeral = state.messages.find_ephemeral(channel_id, ts)
    message = ephemeral.message if ephemeral else state.messages.find(channel_id, ts)
    if message is None:
        return False
    message.pop("blocks", None)
    message.update(content)
    if not ephemeral:
        message["edited"] = {"user": state.workspace.bot_user_id, "ts": state.clock.ts()}
    return True


def _delete_anywhere(state: SlackState, channel_id: str, ts: str) -> None:
    ephemeral = state.messages.find_ephemeral(channel_id, ts)
    if ephemeral:
        state.messages.ephemerals.remove(ephemeral)
    else:
        state.messages.remove(channel_id, ts)
    state.changed()


def _known(state: SlackState, channel_id: str) -> Place:
    place = state.place(channel_id)
    if place is None:
        raise Refused("channel_not_found")
    return place


def _own(state: SlackState, place: Place, ts: str, otherwise: str) -> Message:
    message = state.messages.find(place.id, ts)
    if message is None:
        raise Refused("message_not_found")
    if message.get("user") != state.workspace.bot_user_id:
        raise Refused(otherwise)
    return message


def _is_inside(state: SlackState, place: Place, user_id: str) -> bool:
    if place.channel:
        return user_id in state.workspace.members(place.channel)
    return place.dm_user is not None and place.dm_user.id == user_id
