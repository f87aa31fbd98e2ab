"""Periods as people type them."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.periods import DayRange, find_period, read_period
from finops.domain.errors import InvalidInput

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("words", "start", "end", "said"),
    [
        ("", "2026-11-01", "2026-11-29", "Nov 1–28, 2026"),
        ("this month", "2026-11-01", "2026-11-29", "Nov 1–28, 2026"),
        ("MTD", "2026-11-01", "2026-11-29", "Nov 1–28, 2026"),
        ("last  month", "2026-10-01", "2026-11-01", "October 2026"),
        ("7d", "2026-11-22", "2026-11-29", "Nov 22–28, 2026"),
        ("30 days", "2026-10-30", "2026-11-29", "Oct 30 – Nov 28, 2026"),
        ("2026-02", "2026-02-01", "2026-03-01", "February 2026"),
        ("2026-11", "2026-11-01", "2026-11-29", "Nov 1–28, 2026"),
        ("2026-10-03", "2026-10-03", "2026-10-04", "Oct 3, 2026"),
        ("2026-10-01..2026-10-15", "2026-10-01", "2026-10-16", "Oct 1–15, 2026"),
        ("2025-12-20 to 2026-01-04", "2025-12-20", "2026-01-05", "Dec 20, 2025 – Jan 4, 2026"),
        ("yesterday", "2026-11-28", "2026-11-29", "Nov 28, 2026"),
    ],
)
def test_what_people_type(words: str, start: str, end: str, said: str) -> None:
    period = read_period(words, today=TODAY)

    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert period.words == said


def test_on_the_first_of_a_month_there_is_nothing_of_it_so_it_is_the_last_one() -> None:
    assert read_period("", today=date(2026, 12, 1)).words == "November 2026"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("soon", "none I know. Write this month, last month"),
        ("0d", "out of range"),
        ("99999d", "none I know"),
        ("2026-13", "no day of the calendar"),
        ("2026-02-30", "no day of the calendar"),
        ("1970-01", "out of range"),
        ("2027-01", "2027-01 has not begun yet; today is 2026-11-29"),
        ("2026-10-15..2026-10-01", "is after"),
        ("2020-01-01..2026-10-01", "over 1100 days"),
        ("<!channel>", "none I know"),
    ],
)
def test_what_is_no_period_is_refused_with_a_sentence(words: str, part: str) -> None:
    with pytest.raises(InvalidInput, match=part):
        read_period(words, today=TODAY)


@pytest.mark.parametrize(
    ("words", "period", "rest"),
    [
        ("shop last month", "last month", "shop"),
        ("last month", "last month", ""),
        ("namespace payments 30d", "30d", "namespace payments"),
        ("2026-10 by service", "2026-10", "by service"),
        ("shop 2026-10-01..2026-10-15 by service", "2026-10-01..2026-10-15", "shop by service"),
        ("month-end-report", "", "month-end-report"),
        ("shop", "", "shop"),
    ],
)
def test_a_period_is_found_in_a_longer_text(words: str, period: str, rest: str) -> None:
    assert find_period(words) == (period, rest)


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ("last month", "September 2026"),
        ("this month", "Oct 1–28, 2026"),
        ("7d", "Nov 15–21, 2026"),
        ("2026-03", "February 2026"),
    ],
)
def test_what_a_period_is_compared_with(words: str, before: str) -> None:
    assert read_period(words, today=TODAY).before().words == before


def test_a_month_longer_than_the_one_before_is_compared_with_all_of_it() -> None:
    period = read_period("", today=date(2026, 3, 31))

    assert (period.days, period.before().days) == (30, 28)


days = st.dates(min_value=date(2003, 2, 1), max_value=date(2199, 1, 1))


@given(today=days, back=st.integers(0, 1000))
def test_the_period_before_ends_at_or_before_its_beginning(today: date, back: int) -> None:
    first = (today - timedelta(days=back)).replace(day=1)
    for period in (
        DayRange(today - timedelta(days=back + 1), today),
        read_period(f"{first:%Y-%m}", today=today),
    ):
        before = period.before()

        assert before.end <= period.start
        assert 0 < before.days <= max(period.days, 31)


@given(st.text(max_size=40))
def test_any_text_is_a_period_or_refused(words: str) -> None:
    with suppress(InvalidInput):
        period = read_period(words, today=TODAY)

        assert period.start < period.end


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (DayRange(date(2026, 7, 3), date(2026, 7, 10)), ("2025-07-03", "2025-07-10")),
        (DayRange(date(2024, 2, 1), date(2024, 3, 1), is_month=True), ("2023-02-01", "2023-03-01")),
        (DayRange(date(2025, 2, 1), date(2025, 3, 1), is_month=True), ("2024-02-01", "2024-03-01")),
        (DayRange(date(2024, 2, 29), date(2024, 3, 1)), ("2023-02-28", "2023-03-01")),
        (DayRange(date(2025, 12, 20), date(2026, 1, 4)), ("2024-12-20", "2025-01-04")),
    ],
)
def test_the_same_days_of_the_year_before(period: DayRange, before: tuple[str, str]) -> None:
    found = period.a_year_before()

    assert (found.start.isoformat(), found.end.isoformat()) == before
