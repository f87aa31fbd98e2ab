"""The Web API methods `views.*`, and how a view looks once Slack has it."""

from copy import deepcopy
from typing import Any

from sandbox.slack.arguments import Arguments, missing
from sandbox.slack.input_values import values_of
from sandbox.slack.posting import check_files, with_ids
from sandbox.slack.refusals import Refused, refuse_problems
from sandbox.slack.state import SlackState
from sandbox.slack.view_rules import view_problems
from sandbox.slack.views import View, view_hash


def open_view(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`views.open`."""
    view = new_view(state, _view(args), "modal")
    trigger = state.tickets.use_trigger(_trigger_id(args), state.clock.monotonic())
    state.views.open(trigger.user_id, view)
    state.changed()
    return {"view": deepcopy(view)}


def push_view(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`views.push`: only with a trigger that came from a modal."""
    view = new_view(state, _view(args), "modal")
    trigger = state.tickets.use_trigger(_trigger_id(args), state.clock.monotonic())
    if trigger.view_id is None:
        raise Refused("invalid_trigger_id")
    state.views.push(trigger.user_id, view)
    state.changed()
    return {"view": deepcopy(view)}


def update_view(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`views.update`, by view_id or external_id; `hash` guards against a race."""
    found = state.views.find_any(args.text("view_id") or args.required("external_id"))
    if found is None:
        raise Refused("not_found")
    user_id, old = found
    if args.given("hash") and args.text("hash") != old["hash"]:
        raise Refused("hash_conflict", view=deepcopy(old))
    replace_view(state, user_id, old, _view(args))
    return {"view": deepcopy(old)}


def publish_view(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`views.publish`: the Home tab of one person."""
    user_id = args.required("user_id")
    user = state.workspace.user(user_id)
    if user is None or user.is_bot:
        raise Refused("invalid_arguments", response_metadata={"messages": ["user_not_found"]})
    before = state.views.home(user_id)
    if args.given("hash") and before and args.text("hash") != before["hash"]:
        raise Refused("hash_conflict", view=before)
    view = state.views.publish(user_id, new_view(state, _view(args), "home"))
    state.changed()
    return {"view": deepcopy(view)}


def replace_view(state: SlackState, user_id: str, old: View, given: View) -> None:
    """Put a new version in the place of an open view; what was typed stays."""
    new = new_view(state, given, old["type"])
    kept = {k: old[k] for k in ("id", "previous_view_id", "root_view_id")}
    old.clear()
    old.update(new, **kept)
    old["state"] = {"values": values_of(old["blocks"], state.inputs(user_id, kept["id"]))}
    state.changed()


def new_view(state: SlackState, given: View, kind: str) -> View:
    """The view as Slack hands it out: checked, with ids, hash and state."""
    if given.get("type") != kind:
        raise Refused("invalid_arguments", response_metadata={"messages": [f"not a {kind} view"]})
    refuse_problems("invalid_arguments", view_problems(given))
    check_files(state, given["blocks"], "invalid_arguments")
    space = state.workspace
    blocks = with_ids(state, given["blocks"])
    view: View = {
        "id": state.new_id("V"),
        "team_id": space.team_id,
        "type": kind,
        "blocks": blocks,
        "private_metadata": given.get("private_metadata") or "",
        "callback_id": given.get("callback_id") or "",
        "external_id": given.get("external_id") or "",
        "state": {"values": values_of(blocks, {})},
        "title": given.get("title"),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "clear_on_close": bool(given.get("clear_on_close")),
        "notify_on_close": bool(given.get("notify_on_close")),
        "submit_disabled": bool(given.get("submit_disabled")),
        "app_id": space.app_id,
        "app_installed_team_id": space.team_id,
        "bot_id": space.bot_id,
    }
    view["hash"] = view_hash(given, state.clock.ts())
    return view


def _view(args: Arguments) -> View:
    view = args.object("view")
    if view is None:
        raise missing("view")
    return view


def _trigger_id(args: Arguments) -> str:
    return args.text("trigger_id") or args.text("interactivity_pointer") or _no_trigger()


def _no_trigger() -> str:
    raise missing("trigger_id")
