"""The estate's clock: real time, plus the days somebody skipped."""

import threading
from datetime import UTC, datetime, timedelta


class EstateClock:
    """Aware UTC time that can be moved forward, never back."""

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = timedelta(0) if start is None else start - datetime.now(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The estate's time."""
        with self._lock:
            return datetime.now(UTC) + self._offset

    def advance(self, days: float) -> None:
        """Skip days."""
        if days <= 0:
            raise ValueError(f"the clock moves forward only, not by {days} days")
        with self._lock:
            self._offset += timedelta(days=days)
