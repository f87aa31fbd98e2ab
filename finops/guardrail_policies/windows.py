"""Change windows: the hours of the week, on somebody's wall clock, in which changes are welcome.

A moment is inside when the wall clock of the window's time zone says so. That settles daylight
saving: an hour that comes twice is inside twice, an hour that is skipped is never inside.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, field_validator

from finops.domain.sending import is_time_zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
# A window's only day may be the Sunday whose hour daylight saving skips; the next one counts then.
_SEARCH_DAYS = 15
_MINUTE = timedelta(minutes=1)


class ChangeWindow(BaseModel):
    """Hours such as `02:00-06:00` (over midnight allowed) on weekdays of a time zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: str
    days: tuple[str, ...] = DAYS
    time_zone: str = "UTC"

    @field_validator("hours")
    @classmethod
    def _hours_make_sense(cls, value: str) -> str:
        text = value.replace(" ", "")
        if _HOURS.fullmatch(text) is None:
            raise ValueError('should be hours such as "02:00-06:00" or "22:00-04:00"')
        if text[:5] == text[6:]:
            raise ValueError('begins and ends at the same time; write "00:00-24:00" for all day')
        return text

    @field_validator("days")
    @classmethod
    def _days_are_weekdays(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        days = tuple(day.strip().lower()[:3] for day in value)
        if not days or set(days) - set(DAYS):
            raise ValueError(f"should be a list of some of {', '.join(DAYS)}")
        return days

    @field_validator("time_zone")
    @classmethod
    def _time_zone_exists(cls, value: str) -> str:
        if not is_time_zone(value):
            raise ValueError("should be an IANA time zone such as Europe/Berlin or UTC")
        return value

    def __str__(self) -> str:
        days = "every day" if set(self.days) == set(DAYS) else ", ".join(self.days)
        return f"{self.hours} {self.time_zone} {days}"


def is_open(windows: Sequence[ChangeWindow], now: datetime) -> bool:
    """Whether `now` (aware) is inside any window; no windows means there is no limit."""
    return not windows or any(_is_inside(window, now) for window in windows)


def next_opening(windows: Sequence[ChangeWindow], now: datetime) -> datetime:
    """The first moment from `now` on that is inside a window, in UTC; `now` itself if it is."""
    if is_open(windows, now):
        return now.astimezone(UTC)
    starts = [
        start
        for window in windows
        for start in _starts(window, now)
        if start > now and _is_inside(window, start)
    ]
    first = min(starts)
    # A start in a skipped hour maps to a moment after the skip; the window opens right at it.
    while is_open(windows, first - _MINUTE):
        first -= _MINUTE
    return first


def _is_inside(window: ChangeWindow, now: datetime) -> bool:
    start, end = _start(window), _end(window)
    local = now.astimezone(ZoneInfo(window.time_zone))
    clock, today = local.time(), DAYS[local.weekday()] in window.days
    if end is None or start < end:
        return today and start <= clock and (end is None or clock < end)
    yesterday = DAYS[local.weekday() - 1] in window.days
    return (today and clock >= start) or (yesterday and clock < end)


def _starts(window: ChangeWindow, now: datetime) -> list[datetime]:
    """Every moment at which the window may begin, in the coming 15 days."""
    zone = ZoneInfo(window.time_zone)
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(_SEARCH_DAYS)]
    return [
        datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC)
        for day in days
        # Midnight too: after a Friday 22:00-04:00 the window of a Saturday may begin at 00:00.
        for at in (_start(window), time(0), *_clock_changes(day, zone))
        for fold in (0, 1)
    ]


def _clock_changes(day: date, zone: ZoneInfo) -> list[time]:
    """The half hours of a day on which the clock changes; the change is at one of them."""
    midnight = datetime.combine(day, time(0), zone)
    if midnight.utcoffset() == (midnight + timedelta(days=1)).utcoffset():
        return []
    return [time(hour, minute) for hour in range(24) for minute in (0, 30)]


def _start(window: ChangeWindow) -> time:
    return time.fromisoformat(window.hours[:5])


def _end(window: ChangeWindow) -> time | None:
    """None for 24:00."""
    return None if window.hours[6:] == "24:00" else time.fromisoformat(window.hours[6:])
