"""Which namespaces are asked about together: those read equally far, in pieces of bounded size."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.estate import Workload
from finops.ports import Mark
from finops.rightsizing.sketches import DAYS
from finops.sources.prometheus.asker import MOST_SAMPLES
from finops.sources.prometheus.stretches import DAY, STEP

RESOURCES = ("cpu", "memory", "startup", "stability", "replicas")
# An answer's row is about 150 bytes and 25 for each value: 5,000 rows stay within a few megabytes.
_MOST_SERIES = 5_000


@dataclass(frozen=True, slots=True)
class Shard:
    """Namespaces that are asked about together, because they have been read equally far.

    `start` is where reading goes on, by resource; `before` the mark it was left at, if there is
    one. A start behind the mark means that what is kept is too old to go on from.
    """

    namespaces: tuple[str, ...]
    start: Mapping[str, int]
    before: Mapping[str, int | None]
    day_start: int

    def marks(self, resource: str, until: int | None) -> list[Mark]:
        """The mark `until` for each of its namespaces; none for None."""
        if until is None:
            return []
        return [Mark(name, resource, until, self.day_start) for name in self.namespaces]

    def begins_anew(self, resource: str) -> bool:
        """Whether what is kept of that resource is not to be gone on from."""
        return self.before[resource] != self.start[resource]


def series_by_namespace(workloads: Iterable[Workload]) -> dict[str, int]:
    """How many containers of pods each namespace has now; those of the past come on top."""
    series: dict[str, int] = defaultdict(int)
    for workload in workloads:
        series[workload.namespace] += max(workload.replicas, 1) * max(len(workload.containers), 1)
    return dict(series)


def shards(
    series: Mapping[str, int], known: Sequence[Mark], *, end: int, window_days: int
) -> list[Shard]:
    """All namespaces in shards; new ones are read from `window_days` before `end` on.

    What was read longest ago is not asked for further back than the days that a sketch keeps.
    """
    marks: dict[str, dict[str, Mark]] = defaultdict(dict)
    for mark in known:
        marks[mark.namespace][mark.resource] = mark
    day_start = known[0].day_start if known else end % DAY
    alike: dict[tuple[tuple[int | None, ...], int], list[str]] = defaultdict(list)
    for namespace in sorted(series):
        mine = marks[namespace]
        day = next(iter(mine.values())).day_start if mine else day_start
        before = tuple(mine[r].until if r in mine else None for r in RESOURCES)
        alike[before, day].append(namespace)
    return [
        shard
        for (before, day), group in alike.items()
        for shard in _alike(group, before, day, (series, end, window_days))
    ]


def _alike(
    group: Sequence[str],
    before: tuple[int | None, ...],
    day_start: int,
    asked: tuple[Mapping[str, int], int, int],
) -> Iterator[Shard]:
    series, end, window_days = asked
    first, oldest = (_start(end, days, day_start) for days in (window_days, DAYS))
    start = {
        resource: first if mark is None else max(mark, oldest)
        for resource, mark in zip(RESOURCES, before, strict=True)
    }
    for names in _pieces(group, series, seconds=end - min(start.values())):
        yield Shard(names, start, dict(zip(RESOURCES, before, strict=True)), day_start)


def _start(end: int, days: int, day_start: int) -> int:
    """The end of a day, `days` whole days before the newest one that has ended."""
    return end - (end - day_start) % DAY - days * DAY


def _pieces(
    namespaces: Sequence[str], series: Mapping[str, int], *, seconds: int
) -> Iterator[tuple[str, ...]]:
    """Neighbours in pieces whose questions stay within the sample limit."""
    most = max(1, min(_MOST_SERIES, MOST_SAMPLES * STEP // max(seconds, STEP)))
    piece: list[str] = []
    size = 0
    for name in namespaces:
        if piece and size + series[name] > most:
            yield tuple(piece)
            piece, size = [], 0
        piece.append(name)
        size += series[name]
    if piece:
        yield tuple(piece)
