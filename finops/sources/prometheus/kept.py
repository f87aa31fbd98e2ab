"""What is kept of a shard: series by key, read from bytes, folded on, and written back. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from finops.domain.usage import ReplicaHistory, Stability, UsageSummary
from finops.ports import SeriesKey
from finops.rightsizing import sketch_codec, summaries
from finops.rightsizing.daily_facts import DailyFacts
from finops.rightsizing.sketches import Sketches
from finops.sources.prometheus.folding import (
    Folding,
    ReplicaAnswers,
    StabilityAnswers,
    StartupAnswers,
    UsageAnswers,
    fold_replicas,
    fold_stability,
    fold_startup,
    fold_usage,
    folding,
    rows_of,
)
from finops.sources.prometheus.tables import RowKey, Table

Answers = UsageAnswers | StartupAnswers | StabilityAnswers | ReplicaAnswers
# The series that a row of an answer belongs to; None for a pod of something unknown.
KeyOf = Callable[[RowKey], SeriesKey | None]

MERGES = {
    "startup": summaries.STARTUP,
    "stability": summaries.STABILITY,
    "replicas": summaries.REPLICAS,
}
# Their pods come and go with the work: the first minutes are no start-up, they are the work.
_WORK_AT_ONCE = frozenset({"Job", "CronJob"})


@dataclass(frozen=True, slots=True)
class Kept:
    """The series of one resource: row i of `state` is about `keys[i]`."""

    keys: list[SeriesKey]
    state: Sketches | DailyFacts

    def written(self) -> dict[SeriesKey, bytes]:
        """As bytes by key; nothing for series of which nothing is known any more."""
        if isinstance(self.state, Sketches):
            pieces = sketch_codec.to_bytes(self.state)
        else:
            pieces = self.state.to_bytes()
        known = self.state.is_known().tolist()
        found = zip(self.keys, pieces, known, strict=True)
        return {key: piece if is_known else b"" for key, piece, is_known in found}

    def known_keys(self) -> list[SeriesKey]:
        """The series of which something is known."""
        known = self.state.is_known().tolist()
        return [key for key, is_known in zip(self.keys, known, strict=True) if is_known]

    def usage(self, *, today_days: float, source: str) -> dict[SeriesKey, UsageSummary]:
        """Summaries by key, where there is anything to say."""
        if not isinstance(self.state, Sketches) or not self.keys:
            return {}
        peak = summaries.peaks_of(self.keys[0].resource)
        found = summaries.usage_summaries(
            self.state, peak=peak, today_days=today_days, source=source
        )
        return {key: one for key, one in zip(self.keys, found, strict=True) if one is not None}

    def startup(self) -> dict[SeriesKey, float]:
        """The highest use while starting, by key, where a start was seen."""
        found = summaries.startup_maxima(self.state) if isinstance(self.state, DailyFacts) else []
        return {key: one for key, one in zip(self.keys, found, strict=False) if one is not None}

    def stability(self) -> dict[SeriesKey, Stability]:
        """What went wrong, by key."""
        found = summaries.stabilities(self.state) if isinstance(self.state, DailyFacts) else []
        return {key: one for key, one in zip(self.keys, found, strict=False) if one is not None}

    def replicas(self) -> dict[SeriesKey, ReplicaHistory]:
        """Replicas over time, by key."""
        facts = isinstance(self.state, DailyFacts)
        found = summaries.replica_histories(self.state) if facts else []  # type: ignore[arg-type]
        return {key: one for key, one in zip(self.keys, found, strict=False) if one is not None}


def read_kept(series: Mapping[SeriesKey, bytes], resource: str) -> Kept:
    """The kept series of one resource."""
    keys = [key for key in series if key.resource == resource]
    pieces = [series[key] for key in keys]
    return Kept(keys, _state(resource, pieces))


def folded(
    series: Mapping[SeriesKey, bytes],
    answers: Sequence[Answers],
    *,
    resource: str,
    key_of: KeyOf,
    also: Collection[SeriesKey] = (),
    anew: bool = False,
) -> Kept:
    """What was kept with the answers folded in; `anew` leaves what was kept out of it.

    `also` are series that are there even without a row, such as containers that never failed.
    """
    rows = rows_of(table for answer in answers for table in answer.tables())
    key_by_row = {row: key_of(row) for row in rows}
    keys = dict.fromkeys(key for key in series if key.resource == resource)
    keys |= dict.fromkeys(key for key in key_by_row.values() if key is not None)
    keys |= dict.fromkeys(replace(key, resource=resource) for key in also)
    index = {key: number for number, key in enumerate(keys)}
    state = _state(resource, [b"" if anew else series.get(key, b"") for key in keys])
    at_once = np.array([key.kind in _WORK_AT_ONCE for key in index], np.bool_)
    fold = folding(rows, lambda row: _number(key_by_row[row], index), len(index), at_once)
    seen = np.zeros(len(index), np.bool_)
    seen[fold.series] = True
    seen[[index[replace(key, resource=resource)] for key in also]] = True
    for answer in answers:
        _fold(state, answer, rows, fold, seen=seen)
    return Kept(list(keys), state)


def _number(key: SeriesKey | None, index: Mapping[SeriesKey, int]) -> int | None:
    return None if key is None else index[key]


def _state(resource: str, pieces: Sequence[bytes]) -> Sketches | DailyFacts:
    if resource in MERGES:
        return DailyFacts.from_bytes(pieces, MERGES[resource])
    return sketch_codec.from_bytes(pieces)


def _fold(
    state: Sketches | DailyFacts,
    answer: Answers,
    rows: Mapping[RowKey, int],
    fold: Folding,
    *,
    seen: NDArray[np.bool_],
) -> None:
    if isinstance(state, Sketches):
        if isinstance(answer, UsageAnswers):
            fold_usage(state, answer, rows, fold)
    elif isinstance(answer, StartupAnswers):
        fold_startup(state, answer, rows, fold)
    elif isinstance(answer, StabilityAnswers):
        fold_stability(state, answer, rows, fold, seen=seen)
    elif isinstance(answer, ReplicaAnswers):
        fold_replicas(state, answer, rows, fold)


def tables_of(answers: Iterable[Answers]) -> list[Table]:
    """Every table of the answers."""
    return [table for answer in answers for table in answer.tables()]
