"""History replayed as the program would have lived it: sketches fed day by day, asked at origins.

Of a file of series, each *window* is one series at one origin: what lies before it trains, what
follows tests. Every window begins with an empty sketch, so that it knows its training days only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.domain.errors import InvalidInput
from finops.rightsizing.history import History, history_of_sketches
from finops.rightsizing.series_file import SeriesFile
from finops.rightsizing.sketches import SAMPLES_PER_DAY, Samples, Sketches

Grid = NDArray[np.float32]
Numbers = NDArray[np.int64]

TEST_DAYS = 14
TRAIN_DAYS = (28, 14, 7)
STEP_DAYS = 7
# A window with less than half of its samples says little of either side.
LEAST_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """How many days train and test, at which days the origins lie, and what is unusual in words."""

    train_days: int
    test_days: int
    origins: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Windows:
    """`n` windows: the row of each one's series and its origin's day; how many are unusable."""

    rows: Numbers
    origins: Numbers
    skipped: int

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, start: int, stop: int) -> "Windows":
        """Some of them."""
        return Windows(self.rows[start:stop], self.origins[start:stop], 0)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One resource of `n` windows: raw samples before and after, and what was known each morning.

    `mornings` has one history at the origin and one after each test day but the last.
    """

    train: Grid
    test: Grid
    mornings: tuple[History, ...]


def plan_of(days: int, *, train_days: int | None = None) -> Plan:
    """The longest of 28, 14 and 7 days of training that leave 14 to test; less for a short file.

    Worked: 91 days train 28 and test 14 at the days 28, 35, … 77; 30 days train 14; 2 days train 1
    and test 1. Raises InvalidInput under 2 days.
    """
    if days < 2:
        raise InvalidInput("A replay needs 2 days at least: one to learn from, one to test.")
    fitting = [train for train in TRAIN_DAYS if train + TEST_DAYS <= days]
    train = train_days or (fitting[0] if fitting else (days + 1) // 2)
    test = TEST_DAYS if fitting else days - train
    usual = (train, test) == (TRAIN_DAYS[0], TEST_DAYS)
    note = f"Only {days} days: {train} train and {test} test, instead of 28 and 14."
    return Plan(
        train_days=train,
        test_days=test,
        origins=tuple(range(train, days - test + 1, STEP_DAYS)),
        note="" if usual or train_days else note,
    )


def windows_of(file: SeriesFile, plan: Plan) -> Windows:
    """Every window with at least half of its samples on both sides; by series, then by origin."""
    known = np.isfinite(file.cpu) & np.isfinite(file.memory)
    daily = known.reshape(len(file.names), -1, SAMPLES_PER_DAY).mean(axis=2)
    usable = np.array(
        [
            (daily[:, day - plan.train_days : day].mean(axis=1) >= LEAST_COVERAGE)
            & (daily[:, day : day + plan.test_days].mean(axis=1) >= LEAST_COVERAGE)
            for day in plan.origins
        ]
    ).T
    rows, places = np.nonzero(usable)
    origins = np.array(plan.origins, np.int64)[places]
    return Windows(rows, origins, skipped=int(usable.size - len(rows)))


def replay(samples: Grid, windows: Windows, plan: Plan, *, peak: int) -> Replayed:
    """Feed one resource's samples, day by day, into one sketch for each window."""
    train, test = (
        _cut(samples, windows, -plan.train_days, 0),
        _cut(samples, windows, 0, plan.test_days),
    )
    sketches = Sketches.empty(len(windows))
    _live(sketches, train)
    mornings = [history_of_sketches(sketches, peak=peak, today_days=0.0)]
    for day in range(plan.test_days - 1):
        _live(sketches, test[:, day * SAMPLES_PER_DAY : (day + 1) * SAMPLES_PER_DAY])
        mornings.append(history_of_sketches(sketches, peak=peak, today_days=0.0))
    return Replayed(train, test, tuple(mornings))


def _live(sketches: Sketches, samples: Grid) -> None:
    for day in range(samples.shape[1] // SAMPLES_PER_DAY):
        values = samples[:, day * SAMPLES_PER_DAY : (day + 1) * SAMPLES_PER_DAY].astype(np.float64)
        sketches.add_samples(Samples(values, values, np.where(np.isfinite(values), 1.0, np.nan)))
        sketches.close_day()


def _cut(samples: Grid, windows: Windows, start: int, stop: int) -> Grid:
    """(n, days · 288): from `start` to `stop` days around each window's origin."""
    columns = np.arange(start * SAMPLES_PER_DAY, stop * SAMPLES_PER_DAY)
    origins = windows.origins[:, None] * SAMPLES_PER_DAY
    cut: Grid = samples[windows.rows[:, None], origins + columns]
    return cut
