"""Quiet hours and local weeks, on the reader's own clock."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.errors import InvalidInput
from finops.domain.sending import SendingHours, newest_weekly, read_quiet_hours

NIGHT = SendingHours(quiet_from=time(20), quiet_until=time(7), time_zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "zone", "is_quiet"),
    [
        (datetime(2026, 11, 23, 5, 59, tzinfo=UTC), "", True),
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), "", False),
        (datetime(2026, 11, 23, 18, 59, tzinfo=UTC), "", False),
        (datetime(2026, 11, 23, 19, 0, tzinfo=UTC), "", True),
        (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), "Asia/Kolkata", False),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), "Asia/Kolkata", True),
        # The hour that comes twice in Berlin is quiet twice.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "", True),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "", True),
    ],
)
def test_hours_are_quiet_by_the_readers_clock(at: datetime, zone: str, is_quiet: bool) -> None:
    assert NIGHT.is_quiet(at, zone=zone) is is_quiet


def test_a_noon_may_be_quiet_and_no_hour_too() -> None:
    noon = SendingHours(quiet_from=time(12), quiet_until=time(13))
    at = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)

    assert noon.is_quiet(at)
    assert not noon.is_quiet(at + timedelta(hours=1))
    assert not SendingHours().is_quiet(at)


@given(
    minutes=st.integers(0, 60 * 24 * 800),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"]),
)
def test_each_week_is_due_once_and_never_in_the_future(
    minutes: int, weekday: int, hour: int, zone: str
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    week, due = newest_weekly(now, weekday=weekday, hour=hour, zone=zone)
    later, next_due = newest_weekly(
        due + timedelta(days=7, hours=2), weekday=weekday, hour=hour, zone=zone
    )

    assert due <= now < due + timedelta(days=7, hours=2)
    assert (later, next_due) != (week, due)


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("20:00-07:00", "20:00-07:00"),
        (" 22 – 6:30 ", "22:00-06:30"),
        ("0-5", "00:00-05:00"),
        ("", ""),
        ("None", ""),
    ],
)
def test_quiet_hours_are_read_as_people_write_them(words: str, read: str) -> None:
    assert read_quiet_hours(words) == read


@pytest.mark.parametrize("words", ["8pm-7am", "24:00-07:00", "20:60-7", "20:00", "٢٠-٧٧", "9-9"])
def test_hours_no_clock_has_are_refused_with_an_example(words: str) -> None:
    with pytest.raises(InvalidInput, match="Write"):
        read_quiet_hours(words)
