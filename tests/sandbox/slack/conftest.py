"""A running sandbox, and an unmodified Bolt app connected to it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.aiohttp import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Driver, SlackSandbox, Timing, example_workspace


class RunningApp:
    """A Bolt app on Socket Mode in a thread of its own."""

    def __init__(self, sandbox: SlackSandbox) -> None:
        self.executor = ThreadPoolExecutor(8)
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        self.app = App(client=client, listener_executor=self.executor)
        self._sandbox = sandbox
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.handlers: list[SocketModeHandler] = []

    def connect(self) -> None:
        """Open one more connection."""

        async def connect() -> None:
            web_client = AsyncWebClient(base_url=self._sandbox.api_url)
            handler = SocketModeHandler(
                self.app, self._sandbox.app_token, web_client=web_client, ping_interval=1
            )
            self.handlers.append(handler)
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it bare

        before = self._sandbox.connections
        asyncio.run_coroutine_threadsafe(connect(), self._loop).result(10)
        self._sandbox.driver().wait_for_connections(before + 1)

    def close(self) -> None:
        """End every connection and the thread."""

        async def close() -> None:
            for handler in self.handlers:
                await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it bare
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self.executor.shutdown()


class Steps:
    """A steady clock that only moves when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
def still(steps: Steps) -> Iterator[SlackSandbox]:
    """A sandbox whose deadlines pass only when the test moves `steps`."""
    timing = Timing(file_ready_seconds=0.5, monotonic=steps)
    with SlackSandbox(example_workspace(), timing=timing) as running:
        yield running


@pytest.fixture
def sandbox() -> Iterator[SlackSandbox]:
    timing = Timing(ack_seconds=1.0, file_ready_seconds=0.2)
    with SlackSandbox(example_workspace(), timing=timing) as running:
        yield running


@pytest.fixture
def driver(sandbox: SlackSandbox) -> Driver:
    return sandbox.driver()


@pytest.fixture
def client(sandbox: SlackSandbox) -> WebClient:
    return WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)


@pytest.fixture
def bolt(sandbox: SlackSandbox) -> Iterator[RunningApp]:
    running = RunningApp(sandbox)
    running.connect()
    yield running
    running.close()


@pytest.fixture
def run_app() -> Iterator[Callable[[SlackSandbox], RunningApp]]:
    started: list[RunningApp] = []

    def start(sandbox: SlackSandbox) -> RunningApp:
        started.append(RunningApp(sandbox))
        return started[-1]

    yield start
    for running in started:
        running.close()
