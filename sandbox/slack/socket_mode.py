"""Socket Mode: many connections, each envelope to any one of them, acknowledgements timed."""

import asyncio
import itertools
import uuid
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox.slack.delivery import Ack, Envelope
from sandbox.slack.state import SlackState

MOST_CONNECTIONS = 10
HEARTBEAT_SECONDS = 10.0


class SocketMode:
    """Answers `/link`. Used on the event loop only."""

    def __init__(self, state: SlackState, ack_seconds: float) -> None:
        self._state = state
        self._ack_seconds = ack_seconds
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[dict[str, Any] | None]] = {}
        self._turn = itertools.count()
        self.sent_to: list[int] = []

    def routes(self) -> list[web.RouteDef]:
        """What this part of the server listens to."""
        return [web.get("/link/", self.connect), web.get("/link", self.connect)]

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """One socket, from hello to its end."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=2**26)
        await socket.prepare(request)
        if len(self._open) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self._open.append(socket)
        try:
            await socket.send_json(self._hello())
            self._state.changed()
            await self._listen(socket)
        finally:
            if socket in self._open:
                self._open.remove(socket)
        return socket

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._state.workspace.app_id},
        }

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type != WSMsgType.TEXT:
                continue
            answer = message.json()
            waiting = self._waiting.get(str(answer.get("envelope_id")))
            if waiting and not waiting.done():
                payload = answer.get("payload")
                waiting.set_result(payload if isinstance(payload, dict) else None)

    async def deliver(self, envelope: Envelope) -> Ack:
        """Send to the next connection in turn. Nobody there: `dispatch_failed`."""
        key = str(uuid.uuid4())
        loop = asyncio.get_running_loop()
        self._waiting[key] = loop.create_future()
        start = loop.time()
        try:
            if not await self._send(self._as_json(key, envelope)):
                return Ack(None, 0.0, "dispatch_failed")
            payload = await asyncio.wait_for(self._waiting[key], self._ack_seconds)
            return Ack(payload, loop.time() - start)
        except TimeoutError:
            return Ack(None, loop.time() - start, "operation_timeout")
        finally:
            del self._waiting[key]

    async def _send(self, message: dict[str, Any]) -> bool:
        for _ in range(len(self._open)):
            socket = self._open[next(self._turn) % len(self._open)]
            try:
                await socket.send_json(message)
            except ConnectionError:
                continue
            self.sent_to.append(id(socket))
            return True
        return False

    def _as_json(self, key: str, envelope: Envelope) -> dict[str, Any]:
        message = {
            "envelope_id": key,
            "type": envelope.kind,
            "payload": envelope.payload,
            "accepts_response_payload": envelope.may_answer,
        }
        if envelope.kind == "events_api":
            message |= {"retry_attempt": 0, "retry_reason": ""}
        return message

    async def ask_to_reconnect(self, reason: str, *, most: int = MOST_CONNECTIONS) -> None:
        """Send `disconnect` (`warning` or `refresh_requested`); only the latter closes."""
        for socket in self._open[:most]:
            await socket.send_json({"type": "disconnect", "reason": reason})
            if reason != "warning":
                self._open.remove(socket)
                await socket.close()

    async def drop(self, *, most: int = MOST_CONNECTIONS) -> None:
        """Cut connections, the oldest first, without a word, as a lost network does."""
        sockets, self._open = self._open[:most], self._open[most:]
        for socket in sockets:
            request = socket._req
            transport = request.transport if request else None
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        """Say goodbye to everybody."""
        sockets, self._open = self._open, []
        for socket in sockets:
            await socket.close(code=WSCloseCode.GOING_AWAY)
