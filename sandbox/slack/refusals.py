"""How the stand-in says no: `Refused` carries Slack's own error word and what goes with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.slack.block_rules import Problem


class Refused(Exception):
    """A Web API call that answers `{"ok": false, "error": …}` like Slack does."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra: Mapping[str, Any] = extra

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        return {"ok": False, "error": self.error, **self.extra}


def refuse_problems(error: str, problems: Sequence[Problem]) -> None:
    """Raise `Refused(error)` naming a JSON pointer for each problem, if there is one."""
    if not problems:
        return
    lines = [f"{p.message} [json-pointer:{p.pointer}]" for p in problems]
    raise Refused(
        error,
        errors=lines,
        response_metadata={"messages": [f"[ERROR] {line}" for line in lines]},
    )
