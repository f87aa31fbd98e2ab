"""Time in the sandbox: message timestamps by the given clock, deadlines by the steady one."""

from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """`now` may be simulated, stand still or jump; `monotonic` measures seconds that pass."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._now = now
        self.monotonic = monotonic
        self._last = 0

    def now(self) -> datetime:
        """The date that people in the workspace see, in UTC."""
        return self._now().astimezone(UTC)

    def ts(self) -> str:
        """A message timestamp such as `1732351234.000100`, always later than the one before."""
        micros = int(self._now().timestamp() * 1_000_000)
        self._last = micros if micros > self._last else self._last + 100
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def real_now() -> datetime:
    """The wall clock, aware and in UTC."""
    return datetime.now(UTC)
