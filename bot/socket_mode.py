"""Socket Mode on aiohttp's client, with Bolt's work on threads.

Bolt's default client goes deaf for 28-59 s after a connection reset; the aiohttp one comes back
in seconds. The stock aiohttp handler runs Bolt inside the event loop, so that two slow listeners
push all others past Slack's 3 s; here each envelope gets a thread.
"""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, time
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.aiohttp import SocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.people_first import PeopleFirst

log = logging.getLogger(__name__)
THREADS = 32
# apps.connections.open may be called once a minute and burst a little; never crash-loop on it.
FIRST_RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 60.0
# How soon a cut connection is noticed, and how often one is opened anew without waiting.
LOOK_SECONDS = 0.2
PROMPT_RETURN_SECONDS = 10.0
# How long one address of Slack is tried before another is asked for.
ADDRESS_SECONDS = 30.0


class ThreadedSocketModeHandler(SocketModeHandler):
    """Dispatches each envelope on a thread pool."""

    _pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="slack")
    people = PeopleFirst()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # narrower client, as in the stock handler
        """Run Bolt beside the event loop and send its answer."""
        start = time()
        loop = asyncio.get_running_loop()
        with self.people.serving():
            response = await loop.run_in_executor(self._pool, run_bolt_app, self.app, req)
            await send_async_response(client, req, response, start)


class SocketModeConnection:
    """A Socket Mode connection on its own thread and event loop."""

    def __init__(
        self,
        app: App,
        *,
        app_token: str,
        bot_token: str,
        base_url: str,
        people: PeopleFirst | None = None,
    ) -> None:
        self._app = app
        self._people = people or PeopleFirst()
        self._app_token = app_token
        self._bot_token = bot_token
        self._base_url = base_url
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="socket-mode")

    def start(self, *, timeout_seconds: float = 30.0) -> bool:
        """Connect; False when that took too long (it goes on trying)."""
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        return self._ready.wait(timeout_seconds)

    def stop(self) -> None:
        """Disconnect and end the thread."""
        if self._loop is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(timeout=15)

    @property
    def is_alive(self) -> bool:
        """Whether the connection's thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        loop = self._loop
        assert loop is not None  # noqa: S101 - made before the thread is started
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._main())
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _main(self) -> None:
        handler = ThreadedSocketModeHandler(
            self._app,
            app_token=self._app_token,
            web_client=AsyncWebClient(token=self._bot_token, base_url=self._base_url),
        )
        handler.people = self._people
        try:
            if await self._connect(handler):
                self._ready.set()
                await self._keep(handler.client)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # untyped in Bolt

    async def _keep(self, client: SocketModeClient) -> None:
        """Come back at once when the network cuts the connection, until it shall stop.

        The SDK looks every five seconds, and whoever clicks meanwhile sees Slack's error. One that
        is cut again soon is left to the SDK: `apps.connections.open` has few calls a minute.
        """
        earliest = 0.0
        while not await self._is_stopping(within=LOOK_SECONDS):
            session, now = client.current_session, monotonic()
            if session is None or not session.closed or now < earliest:
                continue
            earliest = now + PROMPT_RETURN_SECONDS
            try:
                await self._unless_stopped(client.connect_to_new_endpoint())
            except Exception as error:  # noqa: BLE001 - the SDK's own look goes on trying
                log.warning("Slack cannot be reached (%s); trying again soon", error)

    async def _unless_stopped(self, connecting: Coroutine[Any, Any, None]) -> None:
        """Connect, or give up when it shall stop; raises TimeoutError when it takes too long.

        The SDK tries one address for ever, and Slack's are good for one connection soon.
        """
        trying = asyncio.ensure_future(connecting)
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait(
            (trying, stopping), timeout=ADDRESS_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        stopping.cancel()
        if trying.done():
            return trying.result()
        trying.cancel()
        if not self._stopping.is_set():
            raise TimeoutError(f"nobody listened at its address for {ADDRESS_SECONDS:g} s")
        return None

    async def _is_stopping(self, *, within: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), timeout=within)
        except TimeoutError:
            return False
        return True

    async def _connect(self, handler: SocketModeHandler) -> bool:
        pause = FIRST_RETRY_SECONDS
        while not self._stopping.is_set():
            handler.client.wss_uri = None  # one that nobody listened at is not tried again
            try:
                await self._unless_stopped(handler.connect_async())  # type: ignore[no-untyped-call]  # untyped in Bolt
            except Exception as error:  # noqa: BLE001 - whatever it was, a bot must keep trying
                log.warning("Slack cannot be reached (%s); trying again in %.0f s", error, pause)
                if not await self._is_stopping(within=pause):
                    pause = min(pause * 2, LONGEST_RETRY_SECONDS)
            else:
                return not self._stopping.is_set()
        return False
