"""Keeps other web sites out: the page is local, but so is every browser tab."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.slack.refusals import Refused

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(loopback_only: bool) -> Any:
    """Middleware: refuses other origins and other hosts, and turns mistakes into messages."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/sandbox/") and not is_same_origin(request, loopback_only):
            raise web.HTTPForbidden(text="cross-origin request refused")
        if not request.path.startswith("/sandbox/"):
            return await handler(request)
        try:
            return await handler(request)
        except (KeyError, LookupError, ValueError) as wrong:
            return web.json_response({"error": str(wrong.args[0])}, status=400)
        except Refused as no:
            return web.json_response({"error": no.error}, status=400)

    return guarded


def is_same_origin(request: web.Request, loopback_only: bool) -> bool:
    """Whether the request comes from our own page: Origin equals Host, and Host is this machine.

    The Host check keeps out a foreign name that was made to resolve to 127.0.0.1.
    """
    host = request.headers.get("Host", "")
    if loopback_only and urlsplit(f"//{host}").hostname not in LOOPBACK:
        return False
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return False
    return request.method != "POST" or request.content_type == "application/json"
