"""The arguments of a Web API call, whatever way they came: JSON, form or query."""

import json
from typing import Any

from sandbox.slack.refusals import Refused


class Arguments:
    """Reads arguments by name and type; refuses `invalid_arguments` like Slack."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """A string, empty if absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def required(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def flag(self, name: str) -> bool:
        """A boolean in any of the spellings that clients send."""
        return self.text(name).lower() in ("1", "true")

    def number(self, name: str, otherwise: int) -> int:
        """A whole number."""
        try:
            return int(self.text(name) or otherwise)
        except ValueError:
            raise Refused("invalid_arguments") from None

    def given(self, name: str) -> bool:
        """Whether the caller passed it at all (an empty list counts)."""
        return self.values.get(name) is not None

    def blocks(self) -> list[dict[str, Any]] | None:
        """The `blocks` argument; None if absent, a refusal if it is not a list."""
        value = self._json("blocks")
        if value is None:
            return None
        if not isinstance(value, list):
            raise Refused("invalid_blocks_format")
        return value

    def object(self, name: str) -> dict[str, Any] | None:
        """A JSON object; None if absent."""
        value = self._json(name)
        if value is not None and not isinstance(value, dict):
            raise Refused("invalid_arguments")
        return value

    def array(self, name: str) -> list[Any]:
        """A JSON array; empty if absent."""
        value = self._json(name)
        if value is not None and not isinstance(value, list):
            raise Refused("invalid_arguments")
        return value or []

    def _json(self, name: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            wrong = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise Refused(wrong) from None


def missing(name: str) -> Refused:
    """The refusal for an argument that must be there and is not."""
    line = f"[ERROR] missing required field: {name}"
    return Refused("invalid_arguments", response_metadata={"messages": [line]})
