"""The Web API methods `conversations.*`."""

import base64
from typing import Any

from sandbox.slack.arguments import Arguments
from sandbox.slack.messages import Message
from sandbox.slack.refusals import Refused
from sandbox.slack.scopes import CONVERSATION_SCOPES, require
from sandbox.slack.state import Place, SlackState


def open_dm(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`conversations.open` for one person; the D id of a person never changes."""
    if args.given("channel"):
        place = state.place(args.text("channel"))
        if place is None or place.dm_user is None:
            raise Refused("channel_not_found")
        return {"no_op": True, "already_open": True, "channel": {"id": place.id}}
    user_ids = [u.strip() for u in args.required("users").split(",") if u.strip()]
    if len(user_ids) != 1:
        raise Refused("not_enough_users" if not user_ids else "too_many_users")
    user = state.workspace.user(user_ids[0])
    if user is None:
        raise Refused("user_not_found")
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    if user.deleted:
        raise Refused("user_disabled")
    return {"channel": {"id": state.workspace.dm_id(user.id)}}


def info(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`conversations.info`."""
    return {"channel": _as_json(state, _readable(state, args, "conversations.info"))}


def list_channels(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`conversations.list`: private channels only if the bot is in them."""
    kinds = (args.text("types") or "public_channel").split(",")
    shown = []
    for channel in state.workspace.channels:
        kind = "private_channel" if channel.is_private else "public_channel"
        if kind in kinds and (not channel.is_private or channel.id in state.joined):
            shown.append(_as_json(state, Place(channel.id, channel, None)))
    page, cursor = _page(shown, args, 100)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def members(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`conversations.members`."""
    place = _readable(state, args, "conversations.members")
    if place.channel is None:
        ids = [place.dm_user.id if place.dm_user else "", state.workspace.bot_user_id]
    else:
        ids = list(state.workspace.members(place.channel))
        ids += [state.workspace.bot_user_id] if place.id in state.joined else []
    page, cursor = _page(ids, args, 100)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def join(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`conversations.join`: public channels only."""
    place = state.place(args.required("channel"))
    if place is None or place.channel is None:
        raise Refused("channel_not_found")
    if place.channel.is_private:
        raise Refused("method_not_supported_for_channel_type")
    state.joined.add(place.id)
    state.changed()
    return {"channel": _as_json(state, place)}


def history(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`conversations.history`: newest first."""
    place = _readable(state, args, "conversations.history", member=True)
    found = _between(state.messages.top_level(place.id), args)
    page, cursor = _page(list(reversed(found)), args, 100)
    return _messages(page, cursor, args)


def replies(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`conversations.replies`: the parent and its replies, oldest first."""
    place = _readable(state, args, "conversations.replies", member=True)
    found = state.messages.thread(place.id, args.required("ts"))
    if not found:
        raise Refused("thread_not_found")
    page, cursor = _page(_between(found, args), args, 1000)
    return _messages(page, cursor, args)


def _readable(state: SlackState, args: Arguments, method: str, *, member: bool = False) -> Place:
    place = state.place(args.required("channel"))
    inside = place is not None and (place.channel is None or place.id in state.joined)
    if place is None or (place.channel and place.channel.is_private and not inside):
        raise Refused("channel_not_found")
    kind = "im" if place.channel is None else "groups" if place.channel.is_private else "channels"
    require(state.workspace, method, f"{kind}:{CONVERSATION_SCOPES[method]}")
    if member and not inside:
        raise Refused("not_in_channel")
    return place


def _as_json(state: SlackState, place: Place) -> dict[str, Any]:
    channel = place.channel
    if channel is None:
        user_id = place.dm_user.id if place.dm_user else ""
        return {"id": place.id, "is_im": True, "is_channel": False, "user": user_id}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_private": channel.is_private,
        "is_archived": False,
        "is_member": channel.id in state.joined,
        "num_members": len(state.workspace.members(channel)),
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "topic": {"value": "", "creator": "", "last_set": 0},
    }


def _between(found: list[Message], args: Arguments) -> list[Message]:
    oldest, latest = args.text("oldest"), args.text("latest")
    inclusive = args.flag("inclusive")

    def inside(ts: str) -> bool:
        if inclusive and ts in (oldest, latest):
            return True
        after = not oldest or float(ts) > float(oldest)
        return after and (not latest or float(ts) < float(latest))

    return [m for m in found if inside(m["ts"])]


def _page(items: list[Any], args: Arguments, usual: int) -> tuple[list[Any], str]:
    limit = max(1, min(args.number("limit", usual), 1000))
    start = _offset(args.text("cursor"))
    more = len(items) > start + limit
    cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if more else ""
    return items[start : start + limit], cursor


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except ValueError:
        raise Refused("invalid_cursor") from None


def _messages(page: list[Message], cursor: str, args: Arguments) -> dict[str, Any]:
    if not args.flag("include_all_metadata"):
        for message in page:
            message.pop("metadata", None)
    answer: dict[str, Any] = {"messages": page, "has_more": bool(cursor)}
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer
