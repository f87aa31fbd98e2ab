"""What goes wrong on purpose, and the record of what the app has called."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One planned failure. `after_effect` performs the call first and then loses the answer."""

    status: int = 500
    error: str = ""
    retry_after: int | None = None
    after_effect: bool = False


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One Web API call: its arguments, and the error word it was answered with, if any."""

    method: str
    arguments: dict[str, Any]
    error: str | None
    at: datetime

    @property
    def ok(self) -> bool:
        """Whether it was answered with ok."""
        return self.error is None


class Faults:
    """Planned failures and delays, by method. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: dict[str, list[Fault]] = {}
        self._delays: dict[str, float] = {}

    def fail(
        self,
        method: str,
        *,
        times: int = 1,
        status: int = 500,
        retry_after: int | None = None,
        error: str = "",
        after_effect: bool = False,
    ) -> None:
        """Let the next `times` calls of a method fail; status 200 and `error` is Slack's own no."""
        fault = Fault(status, error, retry_after, after_effect)
        with self._lock:
            self._planned.setdefault(method, []).extend([fault] * times)

    def slow(self, method: str, seconds: float) -> None:
        """Let every call of a method take this much longer; 0 ends it."""
        with self._lock:
            self._delays[method] = seconds

    def clear(self) -> None:
        """Forget everything planned."""
        with self._lock:
            self._planned.clear()
            self._delays.clear()

    def next_for(self, method: str) -> Fault | None:
        """Take the next planned failure of a method."""
        with self._lock:
            planned = self._planned.get(method)
            return planned.pop(0) if planned else None

    def delay(self, method: str) -> float:
        """How many seconds to hold back a method."""
        with self._lock:
            return self._delays.get(method, 0.0)
