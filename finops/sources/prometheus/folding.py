"""Answers → sketches: pods are folded into their workload's container, days into days. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.daily_facts import DailyFacts
from finops.rightsizing.sketches import Samples, Sketches, Summary
from finops.rightsizing.summaries import (
    HOURS,
    KILLS,
    LEAST,
    MOST,
    POD_HOURS,
    REPLICAS,
    RESTARTS,
    STABILITY,
    THROTTLED,
    WATCHED,
)
from finops.sources.prometheus.stretches import STEP, Stretch
from finops.sources.prometheus.tables import Floats, RowKey, Table

Flags = NDArray[np.bool_]
# A start is short: it counts in the upper quantiles of what works at once.
START_SHARE = 0.95
# Pods that live for half an hour on average (in five-minute units) are mostly start.
BRIEF_UNITS = 6


@dataclass(frozen=True, slots=True)
class Folding:
    """Which rows of an answer belong to which of `n` series: row `rows[i]` to `series[i]`.

    `at_once` (n,) says whose starts are the work itself: what runs for minutes.
    """

    rows: NDArray[np.int64]
    series: NDArray[np.int64]
    n: int
    at_once: Flags

    def most(self, values: Floats) -> Floats:
        """(rows, k) → (n, k): the largest of each series; NaN without any."""
        out = np.full((self.n, values.shape[1]), np.nan)
        np.fmax.at(out, self.series, values[self.rows])
        return out

    def total(self, values: Floats) -> Floats:
        """(rows, k) → (n, k): the sum of each series, NaN as nothing."""
        out = np.zeros((self.n, values.shape[1]))
        np.add.at(out, self.series, np.nan_to_num(values[self.rows]))
        return out


def folding(
    rows: Mapping[RowKey, int],
    series_of: Callable[[RowKey], int | None],
    n: int,
    at_once: Flags | None = None,
) -> Folding:
    """The folding of an answer's rows; rows of no series are left out."""
    at_once = np.zeros(n, np.bool_) if at_once is None else at_once
    pairs = [(row, found) for key, row in rows.items() if (found := series_of(key)) is not None]
    if not pairs:
        nothing = np.empty(0, np.int64)
        return Folding(nothing, nothing, n, at_once)
    first, second = np.array(pairs, dtype=np.int64).T
    return Folding(first, second, n, at_once)


@dataclass(frozen=True, slots=True)
class UsageAnswers:
    """What was answered about one resource over one stretch; samples, or statistics with hours.

    `starting` is what containers used while they started, which the others leave out: the same
    samples, or the highest of each stretch.
    """

    stretch: Stretch
    samples: Table | None = None
    starting: Table | None = None
    shares: tuple[float, ...] = ()
    statistics: Mapping[float, Table] | None = None
    mean: Table | None = None
    hours: Table | None = None

    def tables(self) -> list[Table]:
        """All of them."""
        found = [self.samples, self.starting, self.mean, self.hours]
        found += (self.statistics or {}).values()
        return [table for table in found if table is not None]


def rows_of(tables: Iterable[Table]) -> dict[RowKey, int]:
    """Every row of the tables, each once."""
    rows: dict[RowKey, int] = {}
    for table in tables:
        for key in table.rows:
            rows.setdefault(key, len(rows))
    return rows


def fold_usage(
    sketches: Sketches, answers: UsageAnswers, rows: Mapping[RowKey, int], fold: Folding
) -> None:
    """Add one stretch to the sketches; days that end in it are closed.

    A start counts only where it is the work itself: in Jobs, and where pods live for minutes.
    """
    if answers.samples is not None:
        sketches.add_samples(_samples(answers, rows, fold))
        if answers.stretch.closes:
            sketches.close_day()
        return
    for moment in range(answers.stretch.answers):
        sketches.add_summary(_summary(answers, moment, rows, fold))
        if answers.stretch.closes:
            sketches.close_day()


def _samples(answers: UsageAnswers, rows: Mapping[RowKey, int], fold: Folding) -> Samples:
    steady = _aligned(answers.samples, rows)
    starting = _aligned(answers.starting, rows, like=steady)
    everything = np.fmax(steady, starting)
    ages = [np.isfinite(one).sum(axis=1, keepdims=True) for one in (steady, starting)]
    is_brief = fold.total(ages[0] * 1.0) <= fold.total(ages[1] * 1.0)
    counts = _counting_starts(is_brief[:, 0], fold, len(rows))
    hottest = fold.most(np.where(counts[:, None], everything, steady))
    seen = np.isfinite(hottest)
    pods = fold.total(np.isfinite(everything).astype(np.float64))
    return Samples(
        hottest=hottest,
        summed=np.where(seen, fold.total(everything), np.nan),
        pods=np.where(seen, pods, np.nan),
    )


def _counting_starts(is_brief: Flags, fold: Folding, rows: int) -> Flags:
    """(rows,): whose start counts as use."""
    of_rows = np.zeros(rows, np.bool_)
    of_rows[fold.rows] = (fold.at_once | is_brief)[fold.series]
    return of_rows


def _aligned(
    table: Table | None, rows: Mapping[RowKey, int], *, like: Floats | None = None
) -> Floats:
    if table is not None:
        return table.aligned(rows)
    return np.full((len(rows), 0) if like is None else like.shape, np.nan)


def _summary(
    answers: UsageAnswers, moment: int, rows: Mapping[RowKey, int], fold: Folding
) -> Summary:
    def column(table: Table | None) -> Floats:
        if table is None:
            return np.full((len(rows), 1), np.nan)
        return table.aligned(rows)[:, moment : moment + 1]

    statistics = answers.statistics or {}
    starting, highest = column(answers.starting), column(statistics.get(1.0))
    # Who was there between two full hours only counts five minutes: it was seen, briefly.
    present = np.isfinite(highest) | np.isfinite(starting)
    units = np.where(present, np.fmax(column(answers.hours) * (3600 / STEP), 1), np.nan)
    most_units = answers.stretch.window / STEP
    units = np.minimum(units, most_units)
    all_units = fold.total(units)
    is_brief = all_units < BRIEF_UNITS * fold.total(np.isfinite(starting) * 1.0)
    counts = _counting_starts(is_brief[:, 0], fold, len(rows))[:, None]
    columns = [column(statistics.get(share, answers.mean)) for share in answers.shares]
    columns = _filled(
        [
            np.where(counts & (share >= START_SHARE), np.fmax(one, starting), one)
            for share, one in zip(answers.shares, columns, strict=True)
        ]
    )
    values = [fold.most(one) for one in columns]
    mean = column(answers.mean)
    # A pod that came and went between two full hours has no mean of hours.
    mean = np.where(np.isfinite(mean), mean, columns[0])
    samples = np.where(all_units > 0, np.minimum(all_units, most_units), np.nan)
    return Summary(
        shares=answers.shares,
        values=np.concatenate(values, axis=1),
        samples=samples[:, 0],
        mean=fold.most(mean)[:, 0],
        pods=(all_units / samples)[:, 0],
        summed_mean=(fold.total(mean * units) / samples)[:, 0],
    )


def _filled(columns: list[Floats]) -> list[Floats]:
    """Each missing quantile as the next higher one: an answer may lack rows that others have."""
    found = columns[-1:]
    for one in reversed(columns[:-1]):
        found.insert(0, np.where(np.isfinite(one), one, found[0]))
    return found


@dataclass(frozen=True, slots=True)
class StartupAnswers:
    """What containers used while they started, over one stretch."""

    stretch: Stretch
    starting: Table | None

    def tables(self) -> list[Table]:
        """All of them."""
        return [] if self.starting is None else [self.starting]


def fold_startup(
    facts: DailyFacts, answers: StartupAnswers, rows: Mapping[RowKey, int], fold: Folding
) -> None:
    """Add the highest of one stretch, day by day where it has several."""
    table = _aligned(answers.starting, rows)
    highest = fold.most(table) if table.shape[1] else np.full((fold.n, 1), np.nan)
    days = np.array_split(highest, max(answers.stretch.days, 1), axis=1)
    for day in days:
        facts.add(np.fmax.reduce(day, axis=1, keepdims=True))
        if answers.stretch.closes:
            facts.close_day()


@dataclass(frozen=True, slots=True)
class StabilityAnswers:
    """What went wrong over one stretch; None for what was not asked."""

    stretch: Stretch
    throttled: Table
    restarts: Table | None = None
    killed: Table | None = None
    kills: Table | None = None

    def tables(self) -> list[Table]:
        """All of them."""
        found = (self.throttled, self.restarts, self.killed, self.kills)
        return [table for table in found if table is not None]


def fold_stability(
    facts: DailyFacts,
    answers: StabilityAnswers,
    rows: Mapping[RowKey, int],
    fold: Folding,
    *,
    seen: NDArray[np.bool_],
) -> None:
    """Add one stretch. A restart whose last known reason was memory counts as a kill.

    `seen` (n,) says which series are there at all: of them no trouble is knowledge too.
    """
    watched = seen & (answers.restarts is not None)

    def column(table: Table | None, moment: int) -> Floats:
        if table is None:
            return np.full((len(rows), 1), np.nan)
        return table.aligned(rows)[:, moment : moment + 1]

    for moment in range(answers.stretch.answers):
        restarts, killed, kills = (
            column(table, moment) for table in (answers.restarts, answers.killed, answers.kills)
        )
        by_reason = np.where(np.nan_to_num(killed) > 0, np.nan_to_num(restarts), 0)
        part = np.full((fold.n, len(STABILITY)), np.nan)
        troubles = np.maximum(fold.total(by_reason), fold.total(kills))
        part[watched, RESTARTS] = np.round(fold.total(restarts)[watched, 0])
        part[watched, KILLS] = np.round(troubles[watched, 0])
        part[watched, WATCHED] = 1
        part[:, THROTTLED] = fold.most(column(answers.throttled, moment))[:, 0]
        facts.add(part)
        if answers.stretch.closes:
            facts.close_day()


@dataclass(frozen=True, slots=True)
class ReplicaAnswers:
    """Fewest, mean and most replicas over one stretch."""

    stretch: Stretch
    least: Table
    mean: Table
    most: Table

    def tables(self) -> list[Table]:
        """All of them."""
        return [self.least, self.mean, self.most]


def fold_replicas(
    facts: DailyFacts, answers: ReplicaAnswers, rows: Mapping[RowKey, int], fold: Folding
) -> None:
    """Add one stretch."""
    hours = answers.stretch.window / 3600
    least, mean, most = (fold.most(table.aligned(rows)) for table in answers.tables())
    for moment in range(answers.stretch.answers):
        part = np.full((fold.n, len(REPLICAS)), np.nan)
        part[:, LEAST], part[:, MOST] = least[:, moment], most[:, moment]
        part[:, POD_HOURS] = mean[:, moment] * hours
        part[:, HOURS] = np.where(np.isfinite(mean[:, moment]), hours, np.nan)
        facts.add(part)
        if answers.stretch.closes:
            facts.close_day()
