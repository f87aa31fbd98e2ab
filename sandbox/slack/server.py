"""`SlackSandbox`: a Slack workspace on loopback that an unmodified Bolt app runs against.

with SlackSandbox(example_workspace()) as sandbox:
    app = App(client=WebClient(token=sandbox.bot_token, base_url=sandbox.api_url))
"""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from aiohttp import web

from sandbox.slack.clock import Clock, real_now
from sandbox.slack.delivery import ACK_SECONDS, Delivery
from sandbox.slack.driver import Driver
from sandbox.slack.faults import ApiCall, Faults
from sandbox.slack.forms import Forms
from sandbox.slack.http_mode import HttpMode
from sandbox.slack.interactions import EVENTS, Interactions
from sandbox.slack.origin import LOOPBACK, guard
from sandbox.slack.page_api import Guide, PageApi
from sandbox.slack.rates import RateLimits
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.state import SlackState
from sandbox.slack.web_api import WebApi
from sandbox.slack.workspace import Workspace, slack_id
from sandbox.slack.world import World
from sandbox.slack.world_api import WorldApi

T = TypeVar("T")
LARGEST_BODY = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Timing:
    """Limits in seconds; the defaults are Slack's, tests may shorten them."""

    ack_seconds: float = ACK_SECONDS
    file_ready_seconds: float = 0.3
    monotonic: Callable[[], float] = time.monotonic


class SlackSandbox:
    """A workspace, its Web API, Socket Mode and page, on a thread of its own."""

    def __init__(  # noqa: PLR0913 - the front door; all but the workspace are keywords
        self,
        workspace: Workspace,
        *,
        world: World | None = None,
        now: Callable[[], datetime] = real_now,
        host: str = "127.0.0.1",
        port: int = 0,
        guide: Sequence[dict[str, str]] = (),
        commands: Sequence[dict[str, str]] = Guide().commands,
        delivery: Literal["socket", "http"] = "socket",
        request_url: str = "",
        events: frozenset[str] = EVENTS,
        timing: Timing | None = None,
        has_limits: bool = True,
    ) -> None:
        timing = timing or Timing()
        self.workspace = workspace
        self.faults = Faults()
        self.signing_secret = slack_id("s", workspace.team_id, "signing").lower() * 3
        self._host, self._port = host, port
        clock = Clock(now, timing.monotonic)
        self.state = SlackState(workspace, clock, timing.file_ready_seconds)
        limits = RateLimits(timing.monotonic) if has_limits else None
        self._api = WebApi(self.state, self.faults, limits)
        self._sockets = SocketMode(self.state, timing.ack_seconds)
        over_http = HttpMode(request_url, self.signing_secret, timing.ack_seconds)
        way: Delivery = over_http if delivery == "http" else self._sockets
        self.interactions = Interactions(self.state, way, events)
        self.forms = Forms(self.state, way)
        told = Guide(tuple(guide), tuple(commands))
        self._page = PageApi(self.state, self.interactions, self.forms, told)
        self._world = world
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._runner: web.AppRunner | None = None

    @property
    def bot_token(self) -> str:
        """The `xoxb-…` token of the app."""
        return self._api.bot_token

    @property
    def app_token(self) -> str:
        """The `xapp-…` token for Socket Mode."""
        return self._api.app_token

    @property
    def url(self) -> str:
        """Where the page is, with a slash at the end."""
        return self.state.base_url

    @property
    def api_url(self) -> str:
        """The `base_url` for `WebClient` and `AsyncWebClient`."""
        return f"{self.state.base_url}api/"

    @property
    def calls(self) -> list[ApiCall]:
        """Every Web API call so far, oldest first. A copy."""
        return list(self._api.calls)

    @property
    def connections(self) -> int:
        """How many Socket Mode connections are open."""
        return self._sockets.connections

    @property
    def envelopes_by_connection(self) -> list[int]:
        """How many envelopes each connection was sent, over all connections so far."""
        sent = list(self._sockets.sent_to)
        return [sent.count(key) for key in dict.fromkeys(sent)]

    def driver(self) -> "Driver":
        """Hands and eyes for tests: acts as any person, from any thread."""
        return Driver(self)

    def start(self) -> Self:
        """Listen. Returns once the address is known."""
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack-sandbox")
        self._thread.daemon = True
        self._thread.start()
        try:
            self.run(self._listen())
        except OSError:  # the port is taken
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Close every connection and end the thread. Safe to call twice."""
        if self._thread is None:
            return
        self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()
        self._thread = None

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the sandbox's own loop and wait for it, from any other thread."""
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result()

    def drop_connections(self) -> None:
        """Cut every Socket Mode connection, as a lost network does."""
        self.run(self._sockets.drop())

    def refresh_connections(self, reason: str = "refresh_requested") -> None:
        """Ask the app to reconnect, as Slack does every few hours; or just `warning`."""
        self.run(self._sockets.ask_to_reconnect(reason))

    def touch(self) -> None:
        """Tell open pages that something of the world has changed."""
        self._loop.call_soon_threadsafe(self.state.changed)

    async def _listen(self) -> None:
        app = web.Application(
            middlewares=[guard(self._host in LOOPBACK)], client_max_size=LARGEST_BODY
        )
        routes = [*self._api.routes(), *self._sockets.routes(), *self._page.routes()]
        if self._world is not None:
            self._page.has_world = True
            routes += WorldApi(self.state, self._world).routes()
        app.add_routes(routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        shown = self._host if self._host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
        self.state.base_url = f"http://{shown}:{port}/"

    async def _close(self) -> None:
        self._page.close_streams()
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await _ended(asyncio.all_tasks() - {asyncio.current_task()})
        await self._loop.shutdown_default_executor()
        # A client that came back while the door was closing has a connection that nobody knows;
        # a closed one needs a moment to give back its socket.
        for _ in range(3):
            for transport in list(getattr(self._loop, "_transports", {}).values()):
                transport.abort()
            await asyncio.sleep(0.01)


async def _ended(tasks: Collection[asyncio.Task[Any] | None]) -> None:
    """On a busy machine requests outlive the server; none may outlive the loop."""
    left = [task for task in tasks if task is not None]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
