"""Usage sketches in the ledger's database (UsageStore): series and progress move together."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, Engine, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from finops.ledger import tables
from finops.ledger.database import connecting, writing
from finops.ledger.history import upsert
from finops.ports import Mark, SeriesKey

# What was not read for so long has nothing left that counts: sketches fade in weeks.
FORGET_AFTER = timedelta(days=45)
# SQLite takes at most 32,766 values in a statement.
_NAMESPACES_AT_ONCE = 500

_SERIES = tables.usage_sketches
_MARKS = tables.usage_progress
_NO_MARK = -1


class _SomebodyElse(Exception):
    """Another process has read the same stretch; rolls the transaction back."""


class LedgerUsageStore:
    """Keeps sketches beside the opportunities, on SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def marks(self, cluster: str, source: str) -> Sequence[Mark]:
        """How far each namespace and resource has been read."""
        query = select(_MARKS).where(_MARKS.c.cluster == cluster, _MARKS.c.source == source)
        with connecting(self._engine) as connection:
            return [
                Mark(row.namespace, row.resource, row.until_second, row.day_start)
                for row in connection.execute(query)
            ]

    def load(
        self, cluster: str, source: str, *, namespaces: Collection[str]
    ) -> Mapping[SeriesKey, bytes]:
        """The kept series of these namespaces."""
        with connecting(self._engine) as connection:
            return {
                SeriesKey(row.namespace, row.kind, row.workload, row.container, row.resource): (
                    row.sketch
                )
                for some in _batches(sorted(namespaces))
                for row in connection.execute(
                    select(_SERIES).where(
                        _SERIES.c.cluster == cluster,
                        _SERIES.c.source == source,
                        _SERIES.c.namespace.in_(some),
                    )
                )
            }

    def save(
        self,
        cluster: str,
        source: str,
        *,
        series: Mapping[SeriesKey, bytes],
        before: Collection[Mark],
        after: Collection[Mark],
        now: datetime,
    ) -> bool:
        """Keep both in one transaction; False when the marks have moved meanwhile.

        An empty series is dropped.
        """
        place = {"cluster": cluster, "source": source}
        rows = [_row(key, sketch, place, now) for key, sketch in series.items() if sketch]
        faded = [{**place, **_named(key)} for key, sketch in series.items() if not sketch]
        try:
            with writing(self._engine, None) as connection:
                for step in _steps(before, after):
                    _advance(connection, step, place=place)
                upsert(connection, _SERIES, rows)
                _drop(connection, faded)
        except _SomebodyElse:
            return False
        return True


def forget(connection: Connection, *, now: datetime) -> None:
    """Drop namespaces and clusters that have not been read for 45 days, under whatever name."""
    since = now - FORGET_AFTER
    connection.execute(delete(_SERIES).where(_SERIES.c.updated_at < since))
    connection.execute(delete(_MARKS).where(_MARKS.c.until_second < since.timestamp()))


@dataclass(frozen=True, slots=True)
class _Step:
    """Marks of one resource that move together, from the same second to the same second."""

    resource: str
    expected: int | None
    until: int
    day_start: int
    namespaces: tuple[str, ...]


def _steps(before: Collection[Mark], after: Collection[Mark]) -> Iterator[_Step]:
    """All moves, at most 500 namespaces each, in an order that all replicas share."""
    known = {(mark.namespace, mark.resource): mark.until for mark in before}
    alike: dict[tuple[str, int, int, int], list[str]] = defaultdict(list)
    for mark in after:
        expected = known.get((mark.namespace, mark.resource), _NO_MARK)
        alike[mark.resource, expected, mark.until, mark.day_start].append(mark.namespace)
    for (resource, expected, until, day_start), names in sorted(alike.items()):
        for some in _batches(sorted(names)):
            from_second = None if expected == _NO_MARK else expected
            yield _Step(resource, from_second, until, day_start, tuple(some))


def _advance(connection: Connection, step: _Step, *, place: Mapping[str, str]) -> None:
    """Move the marks from where we found them; whoever comes second finds none to move."""
    moved = {"until_second": step.until, "day_start": step.day_start}
    if step.expected is None:
        insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
        rows = [
            {**place, "namespace": n, "resource": step.resource, **moved} for n in step.namespaces
        ]
        done = connection.execute(insert(_MARKS).values(rows).on_conflict_do_nothing())
    else:
        same = [_MARKS.c[name] == value for name, value in place.items()]
        done = connection.execute(
            update(_MARKS)
            .where(
                *same,
                _MARKS.c.resource == step.resource,
                _MARKS.c.until_second == step.expected,
                _MARKS.c.namespace.in_(step.namespaces),
            )
            .values(**moved)
        )
    if done.rowcount != len(step.namespaces):
        raise _SomebodyElse


def _row(
    key: SeriesKey, sketch: bytes, place: Mapping[str, str], now: datetime
) -> dict[str, object]:
    return {**place, **_named(key), "sketch": sketch, "updated_at": now}


def _named(key: SeriesKey) -> dict[str, str]:
    return {
        "namespace": key.namespace,
        "kind": key.kind,
        "workload": key.workload,
        "container": key.container,
        "resource": key.resource,
    }


def _drop(connection: Connection, keys: Sequence[Mapping[str, str]]) -> None:
    if keys:
        same = [_SERIES.c[name] == bindparam(f"its_{name}") for name in keys[0]]
        values = [{f"its_{name}": value for name, value in key.items()} for key in keys]
        connection.execute(delete(_SERIES).where(*same), values)


def _batches(names: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while some := list(islice(rest, _NAMESPACES_AT_ONCE)):
        yield some
