"""The page and its JSON endpoints under `/sandbox/`. Local: no other origin may post to it."""

import asyncio
import json
import secrets
from dataclasses import dataclass
from importlib import resources
from typing import Any

from aiohttp import web

from sandbox.slack.delivery import Ack
from sandbox.slack.forms import Forms
from sandbox.slack.interactions import Container, Gesture, Interactions
from sandbox.slack.page_state import page_state
from sandbox.slack.payloads import escaped
from sandbox.slack.state import SlackState

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Guide:
    """What the page tells a newcomer: steps (`title`, `text`) and commands (`command`, `hint`)."""

    steps: tuple[dict[str, str], ...] = ()
    commands: tuple[dict[str, str], ...] = (
        {"command": "/finops help", "hint": "what you can ask for"},
    )


class PageApi:
    """Serves the page, its state, a live stream of changes, and what people do on it."""

    def __init__(
        self,
        state: SlackState,
        interactions: Interactions,
        forms: Forms,
        guide: Guide,
    ) -> None:
        self._state = state
        self._interactions = interactions
        self._forms = forms
        self._guide = guide
        self.has_world = False
        self._streams: set[asyncio.Event] = set()
        self._closing = False
        self._session = secrets.token_hex(4)

    def routes(self) -> list[web.RouteDef]:
        """What this part of the server listens to."""
        pages = ("/", "/pull/{number:\\d+}", "/archives/{channel}", "/archives/{channel}/{ts}")
        return [
            *(web.get(path, self.index) for path in pages),
            web.get("/page/{name}", self.static),
            web.get("/files/{file_id}", self.file),
            web.get("/sandbox/state", self.state),
            web.get("/sandbox/events", self.events),
            web.post("/sandbox/slash", self.slash),
            web.post("/sandbox/say", self.say),
            web.post("/sandbox/act", self.act),
            web.post("/sandbox/suggest", self.suggest),
            web.post("/sandbox/submit", self.submit),
            web.post("/sandbox/close", self.close_view),
            web.post("/sandbox/home", self.home),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The one HTML page; what it shows follows from its address."""
        return _asset("index.html")

    async def static(self, request: web.Request) -> web.Response:
        """A script or a style sheet."""
        return _asset(request.match_info["name"])

    async def file(self, request: web.Request) -> web.Response:
        """An uploaded file, once it is ready."""
        file_id = request.match_info["file_id"]
        if not self._state.files.is_ready(file_id, self._state.clock.monotonic()):
            raise web.HTTPNotFound
        file = self._state.files.get(file_id)
        return web.Response(body=file.content, content_type=file.mime_type)

    async def state(self, request: web.Request) -> web.Response:
        """Everything the given person sees."""
        user = self._state.workspace.user(request.query.get("user", ""))
        people = self._state.workspace.users
        seen = page_state(self._state, user if user and not user.is_bot else people[0])
        return web.json_response(
            seen
            | {
                "guide": self._guide.steps,
                "commands": self._guide.commands,
                "has_world": self.has_world,
                "session": self._session,
            }
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-Sent Events: one `change` each time the page should fetch its state again."""
        response = web.StreamResponse(headers={"Cache-Control": "no-store"})
        response.content_type = "text/event-stream"
        await response.prepare(request)
        changed = asyncio.Event()
        self._streams.add(changed)
        stop_listening = self._state.listen(changed.set)
        try:
            await response.write(b"event: hello\ndata: {}\n\n")
            while not self._closing:
                await _wait(changed, 15.0)
                changed.clear()
                await response.write(f"event: change\ndata: {self._state.version}\n\n".encode())
        except ConnectionError:
            pass
        finally:
            stop_listening()
            self._streams.discard(changed)
        return response

    def close_streams(self) -> None:
        """End every live stream, so that the server can stop."""
        self._closing = True
        for changed in self._streams:
            changed.set()

    async def slash(self, request: web.Request) -> web.Response:
        """A slash command."""
        given = await body(request)
        command, text = str(given["command"]), str(given.get("text", ""))
        doing = self._interactions.slash(given["user"], given["channel"], command, text)
        return ack_response(await doing)

    async def say(self, request: web.Request) -> web.Response:
        """A message by the person."""
        given = await body(request)
        text = escaped(self._state.workspace, str(given["text"]))
        user_id, thread_ts = given["user"], given.get("thread_ts")
        _, ack = await self._interactions.say(user_id, given["channel"], text, thread_ts)
        return ack_response(ack)

    async def act(self, request: web.Request) -> web.Response:
        """A click or a choice, in a message or in a view."""
        given = await body(request)
        what = Gesture(given["action_id"], given.get("block_id"), given.get("selected"))
        if given.get("view"):
            if given.get("values"):
                self._forms.fill(given["user"], given["view"], given["values"])
            doing = self._interactions.act_on_view(given["user"], given["view"], what)
            return ack_response(await doing)
        place = self._interactions.place(given["channel"])
        messages = self._state.messages
        ephemeral = messages.find_ephemeral(place.id, given["ts"])
        message = ephemeral.message if ephemeral else messages.find(place.id, given["ts"])
        if message is None:
            raise KeyError("This message is gone.")
        doing = self._interactions.act_on_message(given["user"], place, message, what)
        return ack_response(await doing)

    async def suggest(self, request: web.Request) -> web.Response:
        """The options of an external_select."""
        given = await body(request)
        where = Container(given["action_id"], given["block_id"], self._container(given))
        ack = await self._interactions.suggest(given["user"], where, str(given["query"]))
        options = (ack.payload or {}).get("options") or []
        return web.json_response({"error": ack.error, "options": options})

    def _container(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("view"):
            return {"container": {"type": "message", "message_ts": given.get("ts")}}
        found = self._state.views.find_any(given["view"])
        container = {"type": "view", "view_id": given["view"]}
        return {"container": container, "view": found[1] if found else None}

    async def submit(self, request: web.Request) -> web.Response:
        """A modal, filled in."""
        given = await body(request)
        doing = self._forms.submit(given["user"], given["view"], given.get("values") or {})
        return ack_response(await doing)

    async def close_view(self, request: web.Request) -> web.Response:
        """A modal, dismissed."""
        given = await body(request)
        return ack_response(await self._forms.close(given["user"], given["view"]))

    async def home(self, request: web.Request) -> web.Response:
        """The person opens the Home tab."""
        given = await body(request)
        return ack_response(await self._interactions.open_home(given["user"]))


def ack_response(ack: Ack) -> web.Response:
    """An acknowledgement, as the page reads it."""
    seconds = round(ack.seconds, 4)
    return web.json_response({"error": ack.error, "errors": ack.errors, "seconds": seconds})


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was posted."""
    try:
        given = json.loads(await request.text())
    except ValueError:
        raise web.HTTPBadRequest(text="not JSON") from None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="not an object")
    return given


def _asset(name: str) -> web.Response:
    kind = TYPES.get(name.rpartition(".")[2])
    file = resources.files("sandbox.slack") / "page" / name
    if kind is None or "/" in name or not file.is_file():
        raise web.HTTPNotFound
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8", headers=headers)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
