"""When people may be written to unasked: local days, quiet hours, and the hour of weekly messages.

All of it is counted on the reader's own wall clock, so that a clock change neither doubles nor
drops anything.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from finops.domain.errors import InvalidInput

_FROM_TO = re.compile(r"(\d{1,2})(?::(\d\d))? ?[-–] ?(\d{1,2})(?::(\d\d))?")
_NO_HOURS = frozenset({"", "none", "never", "no"})


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

    @property
    def quiet_words(self) -> str:
        """`20:00-07:00`; empty where no hour is quiet."""
        if self.quiet_from == self.quiet_until:
            return ""
        return f"{self.quiet_from:%H:%M}-{self.quiet_until:%H:%M}"


def is_time_zone(name: str) -> bool:
    """Whether that is the IANA name of a time zone, such as Europe/Berlin."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def read_quiet_hours(words: str) -> str:
    """`8pm` is not read, `20-7`, `20:00 – 07:00` are; none, or nothing at all, means no hour.

    Returns `20:00-07:00`, or an empty string. Raises InvalidInput with an example.

    >>> read_quiet_hours("20 – 7:30")
    '20:00-07:30'
    """
    said = " ".join(words.split())
    if said.casefold() in _NO_HOURS:
        return ""
    found = _FROM_TO.fullmatch(said)
    begin, end = (_clock(found[1], found[2]), _clock(found[3], found[4])) if found else ("", "")
    if not begin or not end:
        raise InvalidInput(
            f"“{said[:40]}” are no hours. Write two times, as in 20:00-07:00, or none."
        )
    if begin == end:
        raise InvalidInput("It begins and ends at the same time. Write none for no quiet hours.")
    return f"{begin}-{end}"


def _clock(hours: str, minutes: str | None) -> str:
    """`07:30`; empty for what no clock shows."""
    hour, minute = int(hours), int(minutes or 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else ""


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
