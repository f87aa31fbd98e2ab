"""The payloads of interactions, shaped exactly as Slack's. Pure but for the ids they draw."""

import re
from copy import deepcopy
from typing import Any

from sandbox.slack.input_values import values_of
from sandbox.slack.messages import Message
from sandbox.slack.state import Place, SlackState
from sandbox.slack.views import View
from sandbox.slack.workspace import User, Workspace

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - deprecated by Slack, opens nothing


def slash_payload(
    state: SlackState, user: User, place: Place, *, command: str, text: str
) -> dict[str, Any]:
    """The payload of a slash command; its text has mentions escaped (`should_escape`)."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": state.workspace.team_id,
        "team_domain": state.workspace.domain,
        "channel_id": place.id,
        "channel_name": place.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": escaped(state.workspace, text),
        "api_app_id": state.workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": state.new_response_url(user.id, place.id),
        "trigger_id": state.new_trigger(user.id),
    }


def escaped(workspace: Workspace, text: str) -> str:
    """`@dana` as `<@U…|dana>`, `#payments` as `<#C…|payments>`, `@group` as a subteam."""
    users = {u.name.lower(): f"<@{u.id}|{u.name}>" for u in workspace.everybody}
    groups = {g.handle.lower(): f"<!subteam^{g.id}|@{g.handle}>" for g in workspace.user_groups}
    channels = {c.name.lower(): f"<#{c.id}|{c.name}>" for c in workspace.channels}
    people = groups | users

    def mention(match: re.Match[str]) -> str:
        known = people if match[1] == "@" else channels
        return known.get(match[2].lower(), match[0])

    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"(?<!\S)([@#])([\w.-]*\w)", mention, safe)


def message_action_payload(
    state: SlackState, user: User, place: Place, message: Message, *, action: dict[str, Any]
) -> dict[str, Any]:
    """The payload of a click on an element of a message."""
    chosen = state.inputs(user.id, f"{place.id}/{message['ts']}")
    is_ephemeral = bool(message.get("is_ephemeral"))
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": place.id,
        "is_ephemeral": is_ephemeral,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    payload = {
        **_interaction(state, user, "block_actions"),
        "container": container,
        "trigger_id": state.new_trigger(user.id),
        "channel": {"id": place.id, "name": place.name},
        "state": {"values": values_of(message.get("blocks") or [], chosen)},
        "response_url": state.new_response_url(user.id, place.id, message),
        "actions": [action],
    }
    if not is_ephemeral:
        payload["message"] = deepcopy(message)
    return payload


def view_action_payload(
    state: SlackState, user: User, view: View, action: dict[str, Any]
) -> dict[str, Any]:
    """The payload of a click on an element of a modal or of the Home tab."""
    return {
        **_interaction(state, user, "block_actions"),
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": state.new_trigger(user.id, _modal_id(view)),
        "view": view_json(state, user, view),
        "actions": [action],
    }


def view_payload(state: SlackState, user: User, view: View, kind: str) -> dict[str, Any]:
    """The payload of `view_submission` or `view_closed`."""
    payload = {**_interaction(state, user, kind), "view": view_json(state, user, view)}
    if kind == "view_closed":
        return {**payload, "is_cleared": False}
    trigger_id = state.new_trigger(user.id, view["id"])
    return {**payload, "trigger_id": trigger_id, "response_urls": []}


def view_json(state: SlackState, user: User, view: View) -> View:
    """A copy of the view with what the person has filled in."""
    values = values_of(view["blocks"], state.inputs(user.id, view["id"]))
    return {**deepcopy(view), "state": {"values": values}}


def suggestion_payload(
    state: SlackState, user: User, container: dict[str, Any], action: dict[str, str]
) -> dict[str, Any]:
    """The payload of `block_suggestion`: what an external_select asks while one types."""
    return {**_interaction(state, user, "block_suggestion"), **container, **action}


def event_payload(state: SlackState, event: dict[str, Any]) -> dict[str, Any]:
    """The outer event around an event of the Events API."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": state.workspace.team_id,
        "api_app_id": state.workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": state.new_id("Ev"),
        "event_time": int(state.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": state.workspace.team_id,
                "user_id": state.workspace.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def _interaction(state: SlackState, user: User, kind: str) -> dict[str, Any]:
    space = state.workspace
    return {
        "type": kind,
        "team": {"id": space.team_id, "domain": space.domain},
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": space.team_id,
        },
        "api_app_id": space.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _modal_id(view: View) -> str | None:
    return str(view["id"]) if view["type"] == "modal" else None
