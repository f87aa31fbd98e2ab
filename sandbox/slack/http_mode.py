"""HTTP mode: the same envelopes as signed POST requests to the app's request URL."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.delivery import Ack, Envelope


def sign(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature of a request."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signed_request(
    secret: str, envelope: Envelope, *, at: float | None = None
) -> tuple[dict[str, str], str]:
    """Headers and body of an envelope as Slack posts it; `at` is Unix seconds, now if absent."""
    kind = "application/x-www-form-urlencoded"
    if envelope.kind == "slash_commands":
        body = urlencode(envelope.payload)
    elif envelope.kind == "interactive":
        body = urlencode({"payload": json.dumps(envelope.payload)})
    else:
        body, kind = json.dumps(envelope.payload), "application/json"
    timestamp = str(int(time.time() if at is None else at))
    headers = {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret, timestamp, body),
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }
    return headers, body


class HttpMode:
    """Posts to one request URL; any 2xx within the limit is an acknowledgement."""

    def __init__(self, request_url: str, signing_secret: str, ack_seconds: float) -> None:
        self._url = request_url
        self._secret = signing_secret
        self._ack_seconds = ack_seconds

    async def deliver(self, envelope: Envelope) -> Ack:
        """Post the envelope. Nobody there or an error status: `dispatch_failed`."""
        headers, body = signed_request(self._secret, envelope)
        loop = asyncio.get_running_loop()
        start = loop.time()
        limit = aiohttp.ClientTimeout(total=self._ack_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(self._url, data=body.encode(), headers=headers) as answer,
            ):
                text = await answer.text()
        except TimeoutError:
            return Ack(None, loop.time() - start, "operation_timeout")
        except aiohttp.ClientError:
            return Ack(None, loop.time() - start, "dispatch_failed")
        error = None if answer.ok else "dispatch_failed"
        return Ack(_payload(text), loop.time() - start, error)


def _payload(text: str) -> dict[str, Any] | None:
    if not text.strip():
        return None
    try:
        parsed = json.loads(text)
    except ValueError:
        return {"text": text}
    return parsed if isinstance(parsed, dict) else {"text": text}
