"""The HTTP side of the Web API: who asks, with what, is it allowed, what goes wrong on purpose."""

import asyncio
import hmac
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.slack import (
    chat_methods,
    conversation_methods,
    file_methods,
    people_methods,
    view_methods,
)
from sandbox.slack.arguments import Arguments
from sandbox.slack.faults import ApiCall, Fault, Faults
from sandbox.slack.rates import RateLimits
from sandbox.slack.refusals import Refused
from sandbox.slack.scopes import CONVERSATION_SCOPES, require
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import slack_id

Method = Callable[[SlackState, Arguments], dict[str, Any]]

METHODS: dict[str, Method] = {
    "api.test": people_methods.api_test,
    "auth.test": people_methods.auth_test,
    "chat.delete": chat_methods.delete,
    "chat.getPermalink": chat_methods.get_permalink,
    "chat.postEphemeral": chat_methods.post_ephemeral,
    "chat.postMessage": chat_methods.post_message,
    "chat.update": chat_methods.update,
    "conversations.history": conversation_methods.history,
    "conversations.info": conversation_methods.info,
    "conversations.join": conversation_methods.join,
    "conversations.list": conversation_methods.list_channels,
    "conversations.members": conversation_methods.members,
    "conversations.open": conversation_methods.open_dm,
    "conversations.replies": conversation_methods.replies,
    "files.completeUploadExternal": file_methods.complete_upload,
    "files.getUploadURLExternal": file_methods.get_upload_url,
    "files.info": file_methods.file_info,
    "usergroups.list": people_methods.list_groups,
    "usergroups.users.list": people_methods.list_group_users,
    "users.info": people_methods.user_info,
    "users.list": people_methods.list_users,
    "users.lookupByEmail": people_methods.lookup_by_email,
    "views.open": view_methods.open_view,
    "views.publish": view_methods.publish_view,
    "views.push": view_methods.push_view,
    "views.update": view_methods.update_view,
}
OPEN_TO_ALL = ("api.test",)


class WebApi:
    """Answers `/api/{method}`, `/upload/{file}` and `/response/{ticket}`."""

    def __init__(self, state: SlackState, faults: Faults, limits: RateLimits | None = None) -> None:
        self._state = state
        self._faults = faults
        self._limits = limits
        team = state.workspace.team_id
        self.bot_token = f"xoxb-{slack_id('1', team, 'bot-token')}-sandbox"
        self.app_token = f"xapp-1-{state.workspace.app_id}-{slack_id('1', team, 'app-token')}"
        self.calls: list[ApiCall] = []

    def routes(self) -> list[web.RouteDef]:
        """What this part of the server listens to."""
        return [
            web.route("*", "/api/{method}", self.answer),
            web.post("/upload/{file_id}", self.upload),
            web.post("/response/{team}/{key}", self.respond),
        ]

    async def answer(self, request: web.Request) -> web.Response:
        """One Web API call, from fault injection to the log."""
        method = request.match_info["method"]
        values = await _values(request)
        await asyncio.sleep(self._faults.delay(method))
        fault = self._faults.next_for(method) or self._too_many(method, values)
        if fault and not fault.after_effect:
            word = "ratelimited" if fault.status == 429 else f"http_{fault.status}"
            self._log(method, values, fault.error or word)
            return _failed(fault)
        body = self._perform(method, values, _token(request, values))
        self._log(method, values, body.get("error"))
        granted = ",".join(sorted(self._state.workspace.scopes))
        headers = {"X-OAuth-Scopes": granted}  # how an app learns which optional scopes it has
        return _failed(fault) if fault else web.json_response(body, headers=headers)

    def _too_many(self, method: str, values: dict[str, Any]) -> Fault | None:
        seconds = self._limits.retry_after(method, values) if self._limits else None
        return Fault(429, retry_after=seconds) if seconds else None

    def _perform(self, method: str, values: dict[str, Any], token: str) -> dict[str, Any]:
        try:
            self._authenticate(method, token)
            if method == "apps.connections.open":
                return {"ok": True, "url": self._link()}
            if method not in METHODS:
                raise Refused("unknown_method", req_method=method)
            if method not in CONVERSATION_SCOPES:
                require(self._state.workspace, method)
            return {"ok": True, **METHODS[method](self._state, Arguments(values))}
        except Refused as no:
            return no.body()

    def _authenticate(self, method: str, token: str) -> None:
        if method in OPEN_TO_ALL:
            return
        if not token:
            raise Refused("not_authed")
        wanted, other = self.bot_token, self.app_token
        if method == "apps.connections.open":
            wanted, other = other, wanted
        if hmac.compare_digest(token.encode(), other.encode()):
            raise Refused("not_allowed_token_type")
        if not hmac.compare_digest(token.encode(), wanted.encode()):
            raise Refused("invalid_auth")

    def _link(self) -> str:
        base = self._state.base_url.replace("http://", "ws://", 1)
        return f"{base}link/?ticket={self._state.new_id('W')}&app_id={self._state.workspace.app_id}"

    def _log(self, method: str, values: dict[str, Any], error: str | None) -> None:
        shown = {k: v for k, v in values.items() if k != "token"}
        self.calls.append(ApiCall(method, shown, error, self._state.clock.now()))

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes of a file, as a raw body or as a form."""
        try:
            file = self._state.files.get(request.match_info["file_id"])
        except Refused as no:
            return web.Response(status=404, text=no.error)
        file.content = await _file_bytes(request)
        file.uploaded = True
        return web.Response(text=f"OK - {len(file.content)}")

    async def respond(self, request: web.Request) -> web.Response:
        """A post to a response_url: plain `ok`, or 404 and an error word."""
        key = f"{request.match_info['team']}/{request.match_info['key']}"
        values = await _values(request)
        try:
            chat_methods.answer_to_url(self._state, key, Arguments(values))
        except Refused as no:
            self._log("response_url", values, no.error)
            return web.json_response(no.body(), status=404 if "url" in no.error else 400)
        self._log("response_url", values, None)
        return web.Response(text="ok")


def _failed(fault: Fault) -> web.Response:
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    if fault.status == 500 and not fault.error:
        return web.Response(status=500, text="upstream request timeout", headers=headers)
    error = fault.error or ("ratelimited" if fault.status == 429 else "internal_error")
    body = {"ok": False, "error": error}
    return web.json_response(body, status=fault.status, headers=headers)


def _token(request: web.Request, values: dict[str, Any]) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(values.get("token") or "")


async def _values(request: web.Request) -> dict[str, Any]:
    """Query and body; the SDK sends `application/json` with an empty body for no arguments."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        given = _parsed(text)
        return values | given
    if request.can_read_body:
        form = await request.post()
        values |= {k: v for k, v in form.items() if isinstance(v, str)}
    return values


def _parsed(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text) if text.strip() else {}
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


async def _file_bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    for value in form.values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
