from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops.guardrail_policies.windows import ChangeWindow, is_open, next_opening

NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_beginning_is_inside_and_the_end_is_not() -> None:
    window = (ChangeWindow(hours="02:00-06:00"),)

    assert is_open(window, utc("2026-07-01 02:00"))
    assert not is_open(window, utc("2026-07-01 06:00"))


def test_a_window_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    window = (ChangeWindow(hours="22:00-04:00", days=("Friday",)),)

    assert is_open(window, utc("2026-07-03 23:00"))
    assert is_open(window, utc("2026-07-04 03:59"))
    assert not is_open(window, utc("2026-07-03 03:00"))
    assert not is_open(window, utc("2026-07-04 23:00"))


def test_a_whole_day_has_no_end() -> None:
    window = (ChangeWindow(hours="00:00-24:00", days=("sat",)),)

    assert is_open(window, utc("2026-07-04 23:59"))
    assert not is_open(window, utc("2026-07-05 00:00"))


def test_no_windows_means_no_limit() -> None:
    assert is_open((), utc("2026-07-01 12:00"))
    assert next_opening((), utc("2026-07-01 12:00")) == utc("2026-07-01 12:00")


def test_hours_are_read_from_the_wall_clock_of_the_zone() -> None:
    window = (ChangeWindow(hours="02:00-06:00", time_zone="Asia/Tokyo"),)

    assert is_open(window, utc("2026-06-30 17:30"))
    assert not is_open(window, utc("2026-07-01 02:30"))


def test_an_hour_that_comes_twice_is_inside_twice() -> None:
    window = (ChangeWindow(hours="01:00-02:00", time_zone="America/New_York"),)

    assert is_open(window, utc("2026-11-01 05:30"))
    assert is_open(window, utc("2026-11-01 06:30"))
    assert not is_open(window, utc("2026-11-01 07:00"))


def test_an_opening_in_a_skipped_hour_comes_right_after_it() -> None:
    window = (ChangeWindow(hours="02:15-03:15", time_zone="America/New_York"),)

    assert next_opening(window, utc("2026-03-08 05:00")) == utc("2026-03-08 07:00")


def test_a_window_that_is_skipped_whole_opens_a_week_later() -> None:
    window = (ChangeWindow(hours="02:00-03:00", days=("sun",), time_zone="America/New_York"),)

    assert next_opening(window, utc("2026-03-08 00:30")) == utc("2026-03-15 06:00")


def test_the_earliest_of_several_windows_is_next() -> None:
    windows = (
        ChangeWindow(hours="02:00-06:00", days=("mon",)),
        ChangeWindow(hours="20:00-21:00", days=("wed",)),
    )

    assert next_opening(windows, utc("2026-07-01 12:00")) == utc("2026-07-01 20:00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": "2-6"},
        {"hours": "25:00-26:00"},
        {"hours": "02:00-02:00"},
        {"hours": "02:00-06:00", "days": ["someday"]},
        {"hours": "02:00-06:00", "days": []},
        {"hours": "02:00-06:00", "time_zone": "Mars/Olympus"},
        {"hours": "02:00-06:00", "time_zone": "../etc/passwd"},
        {"hours": "02:00-06:00", "zone": "UTC"},
    ],
)
def test_a_window_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(pydantic.ValidationError):
        ChangeWindow.model_validate(wrong)


@st.composite
def windows_near_clock_changes(draw: st.DrawFn) -> ChangeWindow:
    start, end = draw(st.integers(0, 95)), draw(st.integers(0, 95))
    end = (end + 1) % 96 if start == end else end
    return ChangeWindow(
        hours=f"{start // 4:02}:{start % 4 * 15:02}-{end // 4:02}:{end % 4 * 15:02}",
        days=tuple(draw(st.sets(st.sampled_from(["mon", "sat", "sun"]), min_size=1))),
        time_zone=draw(st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"])),
    )


@settings(max_examples=60)
@given(
    window=windows_near_clock_changes(),
    day=st.sampled_from(["2026-03-07 12:00", "2026-10-31 12:00", "2026-04-04 09:00"]),
    minutes=st.integers(0, 2000),
)
def test_the_next_opening_is_the_first_minute_inside(
    window: ChangeWindow, day: str, minutes: int
) -> None:
    now = utc(day) + minutes * MINUTE
    found = next_opening((window,), now)

    assert is_open((window,), found)
    walked = now
    while walked < found:
        assert not is_open((window,), walked)
        walked += 15 * MINUTE if walked.minute % 15 == 0 else MINUTE
