"""The page's endpoints for the simulated world: date, figures, pull requests."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.slack.page_api import body
from sandbox.slack.state import SlackState
from sandbox.slack.world import World

MOST_DAYS = 366


class WorldApi:
    """Runs each call to the world in a thread, one at a time, and shows what it raises."""

    def __init__(self, state: SlackState, world: World) -> None:
        self._state = state
        self._world = world
        self._one_at_a_time = asyncio.Lock()
        self._before: dict[str, Any] = {}

    def routes(self) -> list[web.RouteDef]:
        """What this part of the server listens to."""
        return [
            web.get("/sandbox/world", self.show),
            web.post("/sandbox/world/advance", self.advance),
            web.get("/sandbox/world/pulls/{number}", self.pull),
            web.post("/sandbox/world/pulls/{number}/merge", self.merge),
            web.post("/sandbox/world/pulls/{number}/close", self.close),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """The state of the world; while it is busy moving on, the state before."""
        if not (self._one_at_a_time.locked() and self._before):
            self._before = await asyncio.to_thread(self._world.state)
        return web.json_response(self._before)

    async def advance(self, request: web.Request) -> web.Response:
        """Move the simulated date."""
        days = int((await body(request))["days"])
        if not 1 <= days <= MOST_DAYS:
            raise ValueError(f"days must be between 1 and {MOST_DAYS}")
        return await self._do(lambda: self._world.advance(days))

    async def pull(self, request: web.Request) -> web.Response:
        """One pull request with its diff."""
        number = int(request.match_info["number"])
        return await self._answer(lambda: self._world.pull_request(number))

    async def merge(self, request: web.Request) -> web.Response:
        """Merge a pull request as the persona of the page."""
        number, user_id = int(request.match_info["number"]), str((await body(request))["user"])
        return await self._do(lambda: self._world.merge(number, user_id))

    async def close(self, request: web.Request) -> web.Response:
        """Close a pull request as the persona of the page."""
        number, user_id = int(request.match_info["number"]), str((await body(request))["user"])
        return await self._do(lambda: self._world.close(number, user_id))

    async def _do(self, what: Callable[[], None]) -> web.Response:
        def act() -> dict[str, Any]:
            what()
            return self._world.state()

        answer = await self._answer(act)
        self._state.changed()
        return answer

    async def _answer(self, what: Callable[[], dict[str, Any]]) -> web.Response:
        async with self._one_at_a_time:
            try:
                return web.json_response(await asyncio.to_thread(what))
            except Exception as no:  # noqa: BLE001 - whatever the world refuses, the person reads
                return web.json_response({"error": str(no) or type(no).__name__}, status=409)
