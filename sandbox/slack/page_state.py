"""What one person sees of the workspace, as JSON for the page."""

from typing import Any

from sandbox.slack.files import as_json
from sandbox.slack.input_values import values_of
from sandbox.slack.messages import Message
from sandbox.slack.payloads import view_json
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import Channel, User


def page_state(state: SlackState, user: User) -> dict[str, Any]:
    """Channels this person is in, their direct messages, modals and Home tab."""
    space = state.workspace
    mine = [c for c in space.channels if user.id in space.members(c)]
    home = state.views.home(user.id)
    stack = [view_json(state, user, view) for view in state.views.stack(user.id)]
    return {
        "version": state.version,
        "workspace": {"name": space.name, "team_id": space.team_id, "bot": space.bot_user_id},
        "me": user.id,
        "now": state.clock.now().isoformat(),
        "users": [_user(u) for u in space.everybody],
        "user_groups": [{"id": g.id, "handle": g.handle} for g in space.user_groups],
        "channels": [_channel(state, user, c) for c in mine],
        "dm": _dm(state, user),
        "home": view_json(state, user, home) if home else None,
        "modals": stack,
        "latest": {u.id: _latest(state, u) for u in space.users},
    }


def _latest(state: SlackState, user: User) -> dict[str, str]:
    """The newest message of others, for each conversation of a person: what unread marks need."""
    mine = [c.id for c in state.workspace.channels if user.id in state.workspace.members(c)]
    newest: dict[str, str] = {}
    for channel_id in [*mine, state.workspace.dm_id(user.id)]:
        others = [m["ts"] for m in state.messages.everything(channel_id) if m["user"] != user.id]
        newest |= {channel_id: max(others, key=float)} if others else {}
    return newest


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "role": user.role,
        "title": user.title,
        "tz": user.tz,
        "color": user.color,
        "is_bot": user.is_bot,
    }


def _channel(state: SlackState, user: User, channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "bot_is_member": channel.id in state.joined,
        "members": len(state.workspace.members(channel)),
        "purpose": channel.purpose,
        "messages": _messages(state, user, channel.id),
    }


def _dm(state: SlackState, user: User) -> dict[str, Any]:
    dm_id = state.workspace.dm_id(user.id)
    return {"id": dm_id, "messages": _messages(state, user, dm_id)}


def _messages(state: SlackState, user: User, channel_id: str) -> list[Message]:
    mine = [
        dict(e.message)
        for e in state.messages.ephemerals
        if (e.user_id, e.channel_id) == (user.id, channel_id)
    ]
    shown = [*state.messages.everything(channel_id), *mine]
    for message in shown:
        chosen = state.inputs(user.id, f"{channel_id}/{message['ts']}")
        message["values"] = values_of(message.get("blocks") or [], chosen)
        message["files"] = [_file(state, f["id"]) for f in message.get("files") or []]
    return sorted(shown, key=lambda m: float(m["ts"]))


def _file(state: SlackState, file_id: str) -> dict[str, Any]:
    is_ready = state.files.is_ready(file_id, state.clock.monotonic())
    return as_json(state.files.get(file_id), is_ready=is_ready, base_url="/")
