"""Change windows as people write them, and what they read where they cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.errors import InvalidInput
from finops.guardrail_policies.window_words import MOST_WINDOWS, read_windows, windows_words
from finops.guardrail_policies.windows import DAYS, ChangeWindow

HOURS = st.sampled_from(["00:00-24:00", "02:00-06:00", "22:00-04:30", "09:15-17:45"])
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
SOME_DAYS = st.sets(st.sampled_from(DAYS), min_size=1).map(
    lambda days: tuple(day for day in DAYS if day in days)
)
WINDOWS = st.builds(ChangeWindow, hours=HOURS, days=SOME_DAYS, time_zone=ZONES)


@given(st.lists(WINDOWS, max_size=MOST_WINDOWS))
def test_what_is_shown_is_read_again_as_it_was(windows: list[ChangeWindow]) -> None:
    assert read_windows(windows_words(windows), time_zone="Asia/Tokyo") == tuple(windows)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("9:00-17:00", "Daily 09:00-17:00 Asia/Tokyo"),
        ("Monday to", None),
        ("mon-fri 09:00 – 17:00 UTC", "Mon-Fri 09:00-17:00 UTC"),
        ("Fri-Mon 22:00-04:00", "Mon, Fri, Sat, Sun 22:00-04:00 Asia/Tokyo"),
        ("Tuesday, thursday and Sat 10:00-12:00", "Tue, Thu, Sat 10:00-12:00 Asia/Tokyo"),
        ("every day 02:00-06:00 utc/", None),
        ("sat & sun 00:00-24:00 UTC", "Sat, Sun 00:00-24:00 UTC"),
        ("Mon - Wed 09:00-10:00", "Mon-Wed 09:00-10:00 Asia/Tokyo"),
    ],
)
def test_people_may_write_it_in_their_way(line: str, shown: str | None) -> None:
    if shown is None:
        with pytest.raises(InvalidInput):
            read_windows(line, time_zone="Asia/Tokyo")
        return
    found = read_windows(f"\n{line}\n", time_zone="Asia/Tokyo")

    assert windows_words(found) == shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("whenever", "“whenever” is no window. Write days, hours and a time zone"),
        ("mon-xyz 09:00-17:00", "“xyz” is no day of the week"),
        ("09:00-17:00 Nowhere/City", "should be an IANA time zone"),
        ("09:00-09:00 UTC", "begins and ends at the same time"),
        ("29:00-30:00 UTC", "should be hours such as"),
        ("<!channel> 09:00-17:00", "is no window"),
        ("a" * 5000, "is no window"),
        ("\n".join(["09:00-17:00"] * 21), "20 windows at most; these are 21"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_way_to_write_it(line: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_windows(line, time_zone="UTC")

    assert said in str(refused.value)
    assert len(str(refused.value)) < 300


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(words: str) -> None:
    try:
        read_windows(words, time_zone="UTC")
    except InvalidInput as error:
        assert str(error).endswith(".")  # noqa: PT017 - either way is right
