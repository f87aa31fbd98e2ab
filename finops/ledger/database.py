"""Opening SQLite and PostgreSQL so that both behave alike.

SQLite runs in WAL mode and takes its write lock at the start of a writing transaction
(`BEGIN IMMEDIATE`), so that two writers queue instead of failing with "database is locked".
"""

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DisconnectionError,
    InterfaceError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from finops.domain.errors import InvalidInput, TryAgainLater
from finops.ledger.turnstile import Lines, Turnstile

WRITE_LOCK_KEY, PART_LOCK_KEY = 7_307_146, 7_307_148
# No transaction takes a second; a writer that waits longer has something wrong.
PATIENCE_SECONDS = 10.0
# Whoever has waited for a connection until now still has this for its locks; 0 is no limit.
LEAST_PATIENCE_SECONDS = 0.1
# A replica that hangs inside a transaction would hold the lock until TCP gives up, after hours.
HANGING_SECONDS = 60
# A connection that was used a moment ago is not asked whether it lives: a click makes several
# short transactions, and each answer waits for its turn in Python.
PING_AFTER_SECONDS = 1.0
# SQLite's own queue is no queue: of a cycle and a click, the cycle won for 10 s (measured).
_TURNSTILES: WeakKeyDictionary[Engine, Turnstile] = WeakKeyDictionary()
# On PostgreSQL clicks that run all at once delay each other: of fifty, the last was answered after
# 950 ms, and after 550 ms when so many ran at a time in the order they came (benchmarks.slack).
CLICKS_AT_ONCE = 4
_LINES: WeakKeyDictionary[Engine, Lines] = WeakKeyDictionary()
# Connections that are always in autocommit: to switch one and back costs as much as a round trip.
_GLANCES: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


def open_engine(database_url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…`; raises InvalidInput for other URLs."""
    url = checked_url(database_url)
    if url.startswith("sqlite"):
        return _open_sqlite(url)
    return _open_postgresql(url)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who a writer excludes: everybody else, or only who writes for the same thing.

    `of` is `team/shop` for a decision, because daily limits are summed by team, or
    `repository/acme/platform` for a pull request, because places are counted by repository. A
    cycle, a freeze or a setting excludes everybody. SQLite has one writer whatever is asked.
    """

    of: str | None = None

    @property
    def locks(self) -> str:
        """The advisory locks, as columns of a SELECT."""
        if self.of is None:
            return "pg_advisory_xact_lock(:everything)"
        return "pg_advisory_xact_lock_shared(:everything), pg_advisory_xact_lock(:parts, :part)"

    @property
    def keys(self) -> dict[str, int]:
        """Their keys; two teams may share one, and then take turns."""
        if self.of is None:
            return {"everything": WRITE_LOCK_KEY}
        part = zlib.crc32(self.of.lower().encode()) & 0x7FFF_FFFF
        return {"everything": WRITE_LOCK_KEY, "parts": PART_LOCK_KEY, "part": part}


@contextmanager
def writing(
    engine: Engine, turn: Turn | None, *, patience_seconds: float = PATIENCE_SECONDS
) -> Iterator[Connection]:
    """One writing transaction; commits at the end, rolls back on any error.

    Only book-keeping has no `turn`. Raises TryAgainLater when a turn has not come within
    `patience_seconds`.
    """
    turnstile, deadline = _TURNSTILES.get(engine), time.monotonic() + patience_seconds
    with (
        turnstile.turn(patience_seconds) if turnstile else nullcontext(),
        connecting(engine, writes_within=patience_seconds) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            left = max(deadline - time.monotonic(), LEAST_PATIENCE_SECONDS)
            _prepare_postgresql(connection, turn, left)
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view: every statement sees the ledger as it stood at the first one."""
    with connecting(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


@contextmanager
def glancing(engine: Engine, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Connection]:
    """For one statement that reads: without a transaction, it is one round trip and not three."""
    glances = _GLANCES.get(engine, engine)
    with connecting(glances, patience_seconds=patience_seconds) as connection:
        yield connection


@contextmanager
def jotting(engine: Engine, *, patience_seconds: float) -> Iterator[Connection]:
    """For one statement that writes and waits for nobody: on PostgreSQL, committed by itself."""
    if engine in _GLANCES:
        with glancing(engine, patience_seconds=patience_seconds) as connection:
            yield connection
    else:
        with writing(engine, None, patience_seconds=patience_seconds) as connection:
            yield connection


@contextmanager
def connecting(
    engine: Engine,
    *,
    writes_within: float | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Iterator[Connection]:
    """A connection; a database that fails or is busy becomes TryAgainLater with its address.

    `writes_within` is how many seconds a writer waits for its turn; None for who waits for no
    writer, but for a place in line, `patience_seconds`.
    """
    lines = _LINES.get(engine)
    patience = patience_seconds if writes_within is None else writes_within
    in_line = lines.place(patience, writes=writes_within is not None) if lines else nullcontext()
    try:
        with in_line, engine.connect() as connection:
            yield connection.execution_options(finops_writes_within=writes_within)
    except (OperationalError, InterfaceError, TimeoutError) as error:
        where = engine.url.render_as_string(hide_password=True)
        why = str(getattr(error, "orig", error)).strip()
        raise TryAgainLater(f"The database at {where} did not answer: {why}") from error


def _prepare_postgresql(connection: Connection, turn: Turn | None, patience_seconds: float) -> None:
    """Limits first, then the locks, in one round trip; functions run from left to right."""
    asked = (
        "SELECT set_config('lock_timeout', :wait, true), "
        "set_config('idle_in_transaction_session_timeout', :hang, true)"
    )
    values: dict[str, object] = {
        "wait": f"{patience_seconds * 1000:.0f}ms",
        "hang": f"{HANGING_SECONDS}s",
    }
    if turn:
        asked += f", {turn.locks}"
        values |= turn.keys
    connection.execute(text(asked), values)


def checked_url(database_url: str) -> str:
    """The URL with its driver; raises InvalidInput for one that no ledger can be kept in."""
    if database_url.startswith("postgresql://"):
        # SQLAlchemy 2.1 reads a bare postgresql:// as psycopg 3, which is not installed.
        database_url = database_url.replace("postgresql://", "postgresql+psycopg2://", 1)
    try:
        dialect = make_url(database_url).get_backend_name()
    except ArgumentError as error:
        raise InvalidInput(
            f"{database_url!r} is not a database URL such as sqlite:///finops.db or "
            "postgresql+psycopg2://user@host/finops."
        ) from error
    if dialect not in ("sqlite", "postgresql"):
        raise InvalidInput(f"Database {dialect!r} is not supported; use sqlite or postgresql.")
    return database_url


def _open_postgresql(url: str) -> Engine:
    engine = create_engine(url, pool_size=12, max_overflow=28, pool_timeout=PATIENCE_SECONDS)
    glances = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        pool_size=10,
        max_overflow=6,
        pool_timeout=PATIENCE_SECONDS,
    )
    lines = Lines(CLICKS_AT_ONCE)
    for each in (engine, glances):
        _ping_after_idling(each)
        _LINES[each] = lines
    event.listen(engine, "engine_disposed", lambda _: glances.dispose())
    _GLANCES[engine] = glances
    return engine


def _ping_after_idling(engine: Engine) -> None:
    def returned(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["returned_at"] = time.monotonic()

    def taken(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        idle = time.monotonic() - record.info.get("returned_at", time.monotonic())
        if idle < PING_AFTER_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("It was idle and is gone.") from error  # the pool tries anew

    event.listen(engine, "checkin", returned)
    event.listen(engine, "checkout", taken)


def _open_sqlite(url: str) -> Engine:
    file = make_url(url).database
    if not file or file == ":memory:":
        raise InvalidInput(
            "An in-memory SQLite database cannot be shared by the bot's threads; give a file, "
            "such as sqlite:///finops.db."
        )
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=10, max_overflow=30, pool_timeout=PATIENCE_SECONDS
    )
    _TURNSTILES[engine] = Turnstile()
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"busy_timeout={PATIENCE_SECONDS * 1000:.0f}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    patience = connection.get_execution_options().get("finops_writes_within")
    if patience is None:
        connection.exec_driver_sql("BEGIN")
        return
    # The turnstile orders the threads of this process; other processes are waited for here.
    connection.exec_driver_sql(f"PRAGMA busy_timeout={patience * 1000:.0f}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
