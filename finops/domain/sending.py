"""When people may be written to unasked: local days, quiet hours, and the hour of weekly messages.

All of it is counted on the reader's own wall clock, so that a clock change neither doubles nor
drops anything.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingHours:
    """The rule of an installation. Quiet from one time to another, over midnight if it is earlier.

    Equal times mean that no hour is quiet. `weekday` 0 is Monday.
    """

    time_zone: str = "UTC"
    quiet_from: time = time(0)
    quiet_until: time = time(0)
    plan_weekday: int = 0
    plan_hour: int = 9

    def is_quiet(self, now: datetime, *, zone: str = "") -> bool:
        """Whether nobody there is written to unasked.

        >>> night = SendingHours(quiet_from=time(20), quiet_until=time(7))
        >>> night.is_quiet(datetime(2026, 11, 23, 5, tzinfo=UTC), zone="Asia/Kolkata")
        False
        """
        at = now.astimezone(ZoneInfo(zone or self.time_zone)).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until

    def local_day(self, now: datetime, *, zone: str = "") -> date:
        """The day that a reader there has."""
        return now.astimezone(ZoneInfo(zone or self.time_zone)).date()

    def plan_week(self, now: datetime, *, zone: str = "") -> str:
        """The ISO week of the newest plan that is due there, such as `2026-W48`."""
        week, _ = newest_weekly(
            now, weekday=self.plan_weekday, hour=self.plan_hour, zone=zone or self.time_zone
        )
        return week


def newest_weekly(now: datetime, *, weekday: int, hour: int, zone: str) -> tuple[str, datetime]:
    """The newest weekly moment that is due: its local ISO week, and when it was due.

    >>> newest_weekly(datetime(2026, 11, 24, 8, tzinfo=UTC), weekday=0, hour=9, zone="UTC")[0]
    '2026-W48'
    """
    there = ZoneInfo(zone)
    local = now.astimezone(there)
    day = local.date() - timedelta(days=(local.weekday() - weekday) % 7)
    due = _moment(day, hour, there)
    if due > now:
        day -= timedelta(days=7)
        due = _moment(day, hour, there)
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}", due


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
