"""Which stretches of time are asked for: what lies between the last reading and now. Pure.

Days end at a fixed second of the day, that of the first reading, so that the first reading asks for
whole days only. Whole days come in one question for all of them, by their statistics. The rest of a
day comes by its statistics too, or, when it is short, sample by sample: then the answer is exact
and no larger.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

STEP = 300
DAY = 86_400
# Older figures are no evidence of today.
FRESH_SECONDS = 3 * DAY
# Two hours of samples are 24 values a series; the statistics of any stretch are 9 (CPU and memory).
_RAW_SECONDS = 7_200


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time after `start` up to and with `end`, epoch seconds.

    `days` counts whole days, each with its own answer; 0 is a part of one day, which `closes` it
    when it reaches its end. `in_one` asks for one value even where samples would be cheap,
    `in_full` for samples however many there are.
    """

    start: int
    end: int
    days: int = 0
    closes: bool = False
    in_one: bool = False
    in_full: bool = False

    @property
    def seconds(self) -> int:
        """How long it is."""
        return self.end - self.start

    @property
    def is_raw(self) -> bool:
        """Whether its samples are asked for instead of its statistics."""
        is_short = not self.days and not self.in_one and self.seconds <= _RAW_SECONDS
        return self.in_full or is_short

    @property
    def window(self) -> int:
        """The seconds that one answer covers."""
        return DAY if self.days else self.seconds

    @property
    def answers(self) -> int:
        """How many values a series has in the answer."""
        return self.days or (self.seconds // STEP if self.is_raw else 1)

    def as_one(self) -> "Stretch":
        """The same stretch, with one value for each day or part of one."""
        return replace(self, in_one=True)

    def halves(self) -> tuple["Stretch", "Stretch"] | None:
        """Two pieces that together are the same days or samples; None when it cannot be cut."""
        if self.in_full and self.seconds > STEP:
            middle = self.start + self.seconds // STEP // 2 * STEP
            return replace(self, end=middle), replace(self, start=middle)
        if self.days < 2:
            return None
        middle = self.start + self.days // 2 * DAY
        first = replace(self, end=middle, days=self.days // 2)
        return first, replace(self, start=middle, days=self.days - self.days // 2)


def last_sample_second(now: float) -> int:
    """The last whole step whose samples have surely arrived: two minutes are left for the way."""
    return int(now - 120) // STEP * STEP


def stretches(until: int, end: int, *, day_start: int) -> Iterator[Stretch]:
    """The stretches from `until` to `end`, in order, cut at the ends of days; none backwards.

    >>> [(s.start, s.end, s.days) for s in stretches(0, 200_000, day_start=3_600)]
    [(0, 3600, 0), (3600, 176400, 2), (176400, 200000, 0)]
    """
    if until >= end:
        return
    edge = _next_edge(until, day_start)
    if until < edge and until % DAY != day_start:
        yield Stretch(until, min(edge, end), closes=edge <= end)
        until = min(edge, end)
    whole = (end - until) // DAY
    if whole > 0:
        yield Stretch(until, until + whole * DAY, whole, closes=True)
        until += whole * DAY
    if until < end:
        yield Stretch(until, end)


def _next_edge(second: int, day_start: int) -> int:
    """The first end of a day at or after `second`."""
    return second + (day_start - second) % DAY
