"""How long a cycle waits for services that it can do without. Pure but for what it remembers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

# After a failure nobody waits for the same failure again and again.
PAUSE = timedelta(minutes=15)
# A cycle waits at most this long for prices; what is still missing is asked in the next one.
BUDGET_SECONDS, BUDGET_PERIOD = 30.0, timedelta(minutes=10)


@dataclass(slots=True)
class Patience:
    """Leaves a service alone after a failure, and all of them when time is spent."""

    budget_seconds: float = BUDGET_SECONDS
    _pauses: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    _spent_seconds: float = 0.0
    _period_ends: datetime | None = None

    def why_not(self, service: str, now: datetime) -> str:
        """Why that service is not asked now, to stand behind its name; empty when it is."""
        ends, reason = self._pauses.get(service, (now, ""))
        if now < ends:
            return reason
        if self._period_ends is None or now >= self._period_ends:
            self._spent_seconds, self._period_ends = 0.0, now + BUDGET_PERIOD
        if self._spent_seconds >= self.budget_seconds:
            return f"took {self.budget_seconds:g} s of this cycle and is asked again in the next"
        return ""

    def failed(self, service: str, reason: str, now: datetime) -> None:
        """Leave it alone for a quarter of an hour."""
        self._pauses[service] = now + PAUSE, reason

    def spend(self, seconds: float) -> None:
        """Count a call's time."""
        self._spent_seconds += seconds
