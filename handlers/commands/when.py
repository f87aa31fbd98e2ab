"""Until when, as people write it: `2h`, `3 days`, `friday`, `month end`, `2026-12-24 18:00`."""

import re
from datetime import UTC, datetime, time, timedelta

from finops.domain.errors import InvalidInput
from handlers.blocks.text import typed

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"(\d{1,4})\s*(h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2}))?", re.IGNORECASE)
_REASON = re.compile(r"(?:^|\s)because\s+(.+)$", re.IGNORECASE | re.DOTALL)
_EXAMPLES = "2h, 3d, 1 week, friday, month end, 2026-12-24 or 2026-12-24 18:00 (UTC)"


def read_until(words: str, now: datetime) -> datetime:
    """The moment in UTC; a day means its beginning. Raises InvalidInput with examples.

    >>> read_until("friday", datetime(2026, 11, 25, 9, tzinfo=UTC)).isoformat()
    '2026-11-27T00:00:00+00:00'
    """
    text = " ".join(words.lower().split()).removeprefix("until ").removeprefix("for ")
    now = now.astimezone(UTC)
    if span := _SPAN.fullmatch(text):
        return _after(now, int(span[1]), span[2][0])
    if text in ("month end", "end of month", "the end of the month"):
        return _midnight((now.replace(day=1) + timedelta(days=32)).replace(day=1))
    if text == "tomorrow":
        return _midnight(now + timedelta(days=1))
    days = [day for day in _DAYS if len(text) >= 3 and day.startswith(text)]
    if len(days) == 1:
        ahead = (_DAYS.index(days[0]) - now.weekday() - 1) % 7 + 1
        return _midnight(now + timedelta(days=ahead))
    if date := _DATE.fullmatch(text):
        return _at(date)
    raise InvalidInput(f"“{words[:40]}” is no time I know; write {_EXAMPLES}.")


def split_until(words: str) -> tuple[str, str]:
    """What stands before `until …` or `for …`, and what follows; a span at the end needs neither.

    >>> split_until("team shop until friday"), split_until("team shop 2h"), split_until("all")
    (('team shop', 'friday'), ('team shop', '2h'), ('all', ''))
    """
    marked = re.search(r"(?:^|\s)(?:until|till|for)\s+(.+)$", words, re.IGNORECASE)
    if marked:
        return words[: marked.start()].strip(), marked[1].strip()
    span = re.search(rf"(?:^|\s)({_SPAN.pattern})$", words, re.IGNORECASE)
    if span:
        return words[: span.start()].strip(), span[1].strip()
    return words.strip(), ""


def split_reason(words: str) -> tuple[str, str]:
    """What stands before `because …`, and the reason as it was typed.

    >>> split_reason("all 2h because of R&amp;D"), split_reason("all")
    (('all 2h', 'of R&D'), ('all', ''))
    """
    found = _REASON.search(words)
    return (words[: found.start()], typed(found[1])) if found else (words, "")


def _after(now: datetime, number: int, unit: str) -> datetime:
    return (
        now
        + {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[unit] * number
    )


def _midnight(day: datetime) -> datetime:
    return datetime.combine(day.date(), time(), tzinfo=UTC)


def _at(found: re.Match[str]) -> datetime:
    try:
        return datetime(
            int(found[1]), int(found[2]), int(found[3]), int(found[4] or 0), int(found[5] or 0),
            tzinfo=UTC,
        )  # fmt: skip
    except ValueError as error:
        raise InvalidInput(f"{found[0]} is no date and time: {error}.") from error
