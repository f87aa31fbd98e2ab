"""Which days a question about cost means, as people type them, and which days came before.

Days are UTC, as AWS bills them. Nothing here knows what has been billed.
"""

import calendar
import difflib
import re
from dataclasses import dataclass
from datetime import date, timedelta

from finops.domain.errors import InvalidInput

# Further back than any bill is kept; a longer range is a slip of the pen.
MOST_DAYS = 1100
WORDS = "this month, last month, 7d, 30d, 2026-10, or 2026-10-01..2026-10-15"
_DAYS = re.compile(r"(\d{1,4})\s*(?:d|days?)", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:\.\.|to|-|–|—|…)\s*(\d{4}-\d{2}-\d{2})")
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMED = {"this month": 0, "month": 0, "mtd": 0, "last month": 1, "previous month": 1}
_SPELT_OUT = (*_NAMED, "today", "yesterday")
# What may be a period in a longer text, the longest form first.
_ANYWHERE = re.compile(
    rf"(?:^|\s)({_RANGE.pattern}|{_A_DAY.pattern}|{_MONTH.pattern}|{_DAYS.pattern}"
    rf"|{'|'.join(_NAMED)}|today|yesterday)(?=\s|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DayRange:
    """The days `start <= day < end`; `is_month` when they are a calendar month or its beginning."""

    start: date
    end: date
    is_month: bool = False

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.start).days

    @property
    def words(self) -> str:
        """`October 2026`, `Nov 1–27, 2026`, `Nov 27, 2026`, `Dec 20, 2026 – Jan 4, 2027`."""
        if self.is_month and self.end == _next_month(self.start):
            return f"{self.start:%B %Y}"
        last = self.end - timedelta(days=1)
        if self.days == 1:
            return f"{self.start:%b} {self.start.day}, {self.start.year}"
        if self.start.year != last.year:
            return f"{_short(self.start)}, {self.start.year} – {_short(last)}, {last.year}"
        if self.start.month == last.month:
            return f"{_short(self.start)}–{last.day}, {last.year}"
        return f"{_short(self.start)} – {_short(last)}, {last.year}"

    def words_in(self, year: int) -> str:
        """The words without a year that everybody takes for granted."""
        if self.is_month and self.end == _next_month(self.start):
            return f"{self.start:%B}" if self.start.year == year else self.words
        return self.words.removesuffix(f", {year}")

    def until(self, day: date) -> "DayRange":
        """The part of it before `day`, at least one day long."""
        end = max(min(self.end, day), self.start + timedelta(days=1))
        return DayRange(self.start, end, self.is_month)

    def before(self) -> "DayRange":
        """What it is compared with.

        A whole month with the whole month before; a begun month with the same days of the month
        before (all of it when that is shorter: March 1–30 with February); any other range with as
        many days right before it.
        """
        if not self.is_month:
            return DayRange(self.start - timedelta(days=self.days), self.start)
        start = (self.start - timedelta(days=1)).replace(day=1)
        if self.end == _next_month(self.start):
            return DayRange(start, self.start, is_month=True)
        return DayRange(start, min(start + timedelta(days=self.days), self.start), is_month=True)

    def a_year_before(self) -> "DayRange":
        """The same days of the year before; a February has its own length."""
        start = _a_year_before(self.start)
        last = _a_year_before(self.end - timedelta(days=1))
        is_whole = self.is_month and self.end == _next_month(self.start)
        end = _next_month(start) if is_whole else last + timedelta(days=1)
        return DayRange(start, end, self.is_month)


def read_period(words: str, *, today: date) -> DayRange:
    """The days of `this month`, `last month`, `7d`, `2026-10` or `2026-10-01..2026-10-15`.

    Nothing means this month, which on its first day is the last one, because today is not billed.
    Raises InvalidInput with the nearest period and the forms that are understood.
    """
    asked = " ".join(words.split()).lower().strip("`'\" ")
    if not asked and today.day == 1:
        return _month(today - timedelta(days=1), today=today)
    if not asked or asked in _NAMED:
        first = today.replace(day=1)
        return _month(first - timedelta(days=1) if _NAMED.get(asked) else first, today=today)
    if asked in ("today", "yesterday"):
        day = today - timedelta(days=asked == "yesterday")
        return DayRange(day, day + timedelta(days=1))
    for form, read in (
        (_DAYS, _last_days),
        (_MONTH, _named_month),
        (_RANGE, _range),
        (_A_DAY, _day),
    ):
        found = form.fullmatch(asked)
        if found:
            return _checked(read(found, today), asked, today=today)
    near = near_period(asked)
    hint = f"Did you mean {near}? " if near else ""
    raise InvalidInput(f"The period {asked[:40]!r} is none I know. {hint}Write {WORDS}.")


def near_period(words: str) -> str:
    """The named period that is nearly written like that, or nothing.

    >>> near_period("last mnth"), near_period("shop")
    ('last month', '')
    """
    near = difflib.get_close_matches(words.casefold(), _SPELT_OUT, n=1, cutoff=0.75)
    return near[0] if near else ""


def find_period(words: str) -> tuple[str, str]:
    """Take the period out of a longer text: `shop last month` → (`last month`, `shop`)."""
    found = _ANYWHERE.search(words)
    if found is None:
        return "", " ".join(words.split())
    rest = f"{words[: found.start()]} {words[found.end() :]}"
    return found[1], " ".join(rest.split())


def _last_days(found: re.Match[str], today: date) -> DayRange:
    days = int(found[1])
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"{days} days are out of range; write 1d to {MOST_DAYS}d.")
    return DayRange(today - timedelta(days=days), today)


def _named_month(found: re.Match[str], today: date) -> DayRange:
    return _month(_date(f"{found[0]}-01"), today=today)


def _range(found: re.Match[str], _today: date) -> DayRange:
    start, last = _date(found[1]), _date(found[2])
    if last < start:
        raise InvalidInput(f"{found[1]} is after {found[2]}; write the earlier day first.")
    if (last - start).days >= MOST_DAYS:
        raise InvalidInput(
            f"From {found[1]} to {found[2]} are over {MOST_DAYS} days; ask for less."
        )
    return DayRange(start, last + timedelta(days=1))


def _day(found: re.Match[str], _today: date) -> DayRange:
    day = _date(found[0])
    return DayRange(day, day + timedelta(days=1))


def _checked(period: DayRange, asked: str, *, today: date) -> DayRange:
    if period.start > today:
        raise InvalidInput(f"{asked} has not begun yet; today is {today}.")
    return period


def _month(day: date, *, today: date) -> DayRange:
    """The month of that day, as far as it has come."""
    first = day.replace(day=1)
    return DayRange(
        first, max(min(_next_month(first), today), first + timedelta(days=1)), is_month=True
    )


def _next_month(first: date) -> date:
    return first + timedelta(days=calendar.monthrange(first.year, first.month)[1])


def _a_year_before(day: date) -> date:
    length = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, length))


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text[:12]!r} is no day of the calendar.") from None
    if not 2000 <= day.year <= 2200:
        raise InvalidInput(f"The year of {text[:12]!r} is out of range.")
    return day


def _short(day: date) -> str:
    return f"{day:%b} {day.day}"
