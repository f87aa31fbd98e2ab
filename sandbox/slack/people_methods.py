"""The Web API methods `users.*`, `usergroups.*`, `auth.test` and `api.test`."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.slack.arguments import Arguments
from sandbox.slack.refusals import Refused
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import User, UserGroup


def auth_test(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`auth.test`."""
    space = state.workspace
    return {
        "url": state.base_url,
        "team": space.name,
        "user": space.bot_name,
        "team_id": space.team_id,
        "user_id": space.bot_user_id,
        "bot_id": space.bot_id,
        "is_enterprise_install": False,
    }


def api_test(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`api.test`: answers with its arguments."""
    if args.given("error"):
        raise Refused(args.text("error"), args=args.values)
    return {"args": args.values}


def user_info(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`users.info`."""
    user = state.workspace.user(args.required("user"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": user_json(state, user)}


def list_users(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`users.list`, in one page."""
    people = [user_json(state, u) for u in state.workspace.everybody]
    return {"members": people, "response_metadata": {"next_cursor": ""}}


def lookup_by_email(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`users.lookupByEmail`: not bots, not people who left."""
    wanted = args.required("email").lower()
    for user in state.workspace.users:
        if user.email_address.lower() == wanted and not user.deleted:
            return {"user": user_json(state, user)}
    raise Refused("users_not_found")


def user_json(state: SlackState, user: User) -> dict[str, Any]:
    """A person as Slack shows them; the address only with `users:read.email`."""
    profile = {"real_name": user.real_name, "display_name": user.name, "title": user.title}
    if "users:read.email" in state.workspace.scopes and not user.is_bot:
        profile["email"] = user.email_address
    offset = datetime.now(ZoneInfo(user.tz)).utcoffset()
    return {
        "id": user.id,
        "team_id": state.workspace.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "color": user.color,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_restricted": False,
        # Slack leaves both out for bots.
        **({} if user.is_bot else {"is_admin": user.is_admin, "is_owner": user.is_owner}),
    }


def list_groups(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`usergroups.list`."""
    groups = [_group_json(state, g) for g in state.workspace.user_groups]
    if not args.flag("include_users"):
        for group in groups:
            group.pop("users")
    return {"usergroups": groups}


def list_group_users(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`usergroups.users.list`: people who left are not in it."""
    wanted = args.required("usergroup")
    for group in state.workspace.user_groups:
        if group.id == wanted:
            return {"users": _active(state, group)}
    raise Refused("no_such_subteam")


def _active(state: SlackState, group: UserGroup) -> list[str]:
    people = [state.workspace.user(user_id) for user_id in group.user_ids]
    return [user.id for user in people if user and not user.deleted]


def _group_json(state: SlackState, group: UserGroup) -> dict[str, Any]:
    users = _active(state, group)
    return {
        "id": group.id,
        "team_id": state.workspace.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "date_delete": 0,
        "users": users,
        "user_count": len(users),
    }
