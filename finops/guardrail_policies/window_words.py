"""Change windows as people write them, one a line: `Mon-Fri 09:00-17:00 Europe/Berlin`.

Pure. `read_windows(windows_words(w), time_zone=…)` is `w` again, with its days in order.
"""

import re
from collections.abc import Sequence

from pydantic import ValidationError

from finops.domain.errors import InvalidInput
from finops.guardrail_policies.windows import DAYS, ChangeWindow

MOST_WINDOWS = 20
_EXAMPLE = "Write days, hours and a time zone, as in Mon-Fri 09:00-17:00 Europe/Berlin."
_LINE = re.compile(
    r"(?P<days>[a-z ,&-]*?)\s*(?P<hours>\d\d?:\d\d ?[-–] ?\d\d?:\d\d)\s*(?P<zone>[\w/+-]*)",
    re.IGNORECASE,
)
_EVERY = {"", "daily", "every day", "all days"}
_AND = re.compile(r"\s*(?:,|&|\band\b)\s*|\s+")


def windows_words(windows: Sequence[ChangeWindow]) -> str:
    """One a line; nothing where any time is welcome."""
    return "\n".join(window_words(window) for window in windows)


def window_words(window: ChangeWindow) -> str:
    """`Mon-Fri 09:00-17:00 Europe/Berlin`; `Daily` where every day counts."""
    return f"{_days_words(window.days)} {window.hours} {window.time_zone}"


def read_windows(words: str, *, time_zone: str) -> tuple[ChangeWindow, ...]:
    """The windows of some lines; a line without a time zone means `time_zone`.

    Raises InvalidInput naming the line and how to write it.
    """
    lines = [" ".join(line.split()) for line in re.split(r"[\n;]", words) if line.strip()]
    if len(lines) > MOST_WINDOWS:
        raise InvalidInput(f"{MOST_WINDOWS} windows at most; these are {len(lines)}.")
    return tuple(_read(line, time_zone) for line in lines)


def _read(line: str, time_zone: str) -> ChangeWindow:
    found = _LINE.fullmatch(line)
    if found is None:
        raise InvalidInput(f"“{line[:60]}” is no window. {_EXAMPLE}")
    try:
        return ChangeWindow(
            hours=_hours(found["hours"]),
            days=_days(found["days"]),
            time_zone=found["zone"] or time_zone,
        )
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise InvalidInput(f"“{line[:60]}”: it {why}.") from error


def _hours(words: str) -> str:
    """`9:00 – 17:00` as `09:00-17:00`."""
    begin, end = (part.strip().zfill(5) for part in re.split("[-–]", words))
    return f"{begin}-{end}"


def _days(words: str) -> tuple[str, ...]:
    """`Mon-Fri, sun` as the days of the week in their order."""
    if words.strip().casefold() in _EVERY:
        return DAYS
    spans = [part for part in _AND.split(re.sub(r"\s*-\s*", "-", words.strip())) if part]
    named = {day for span in spans for day in _span(span)}
    return tuple(day for day in DAYS if day in named)


def _span(words: str) -> Sequence[str]:
    """`Fri-Mon` is four days, over the weekend."""
    begin, _, end = words.partition("-")
    first, last = _day(begin), _day(end or begin)
    return [DAYS[n % 7] for n in range(first, last + 1 if last >= first else last + 8)]


def _day(word: str) -> int:
    known = [n for n, day in enumerate(DAYS) if word.casefold()[:3] == day]
    if not known:
        raise InvalidInput(f"“{word[:30]}” is no day of the week. {_EXAMPLE}")
    return known[0]


def _days_words(days: Sequence[str]) -> str:
    places = [n for n, day in enumerate(DAYS) if day in days]
    if len(places) == len(DAYS):
        return "Daily"
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{DAYS[places[0]].title()}-{DAYS[places[-1]].title()}"
    return ", ".join(DAYS[n].title() for n in places)
