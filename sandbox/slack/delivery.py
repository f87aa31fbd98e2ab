"""How an interaction reaches the app, and what came back: the same over sockets and HTTP."""

from dataclasses import dataclass
from typing import Any, Protocol

ACK_SECONDS = 3.0
"""The app must acknowledge within this time; commands and clicks are never sent again."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The app's acknowledgement.

    `payload` is what it sent along (errors of a form, text of a command), `seconds` how long it
    took. `error` is the word a person in Slack would see: `dispatch_failed` when nobody was
    there to ask, `operation_timeout` when the answer did not come within three seconds.
    """

    payload: dict[str, Any] | None
    seconds: float
    error: str | None = None

    @property
    def timed_out(self) -> bool:
        """Whether the app was asked and did not answer in time."""
        return self.error == "operation_timeout"

    @property
    def ok(self) -> bool:
        """Whether it was acknowledged in time."""
        return self.error is None

    @property
    def errors(self) -> dict[str, str]:
        """The errors of a form by block_id."""
        found = (self.payload or {}).get("errors")
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Envelope:
    """One thing for the app: `slash_commands`, `interactive` or `events_api`."""

    kind: str
    payload: dict[str, Any]

    @property
    def may_answer(self) -> bool:
        """Whether the acknowledgement may carry a payload."""
        return self.kind != "events_api"


class Delivery(Protocol):
    """A way to the app."""

    async def deliver(self, envelope: Envelope) -> Ack:
        """Bring an envelope to the app and wait for its acknowledgement."""
