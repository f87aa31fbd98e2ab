"""Opening SQLite and PostgreSQL so that both behave alike.

SQLite runs in WAL mode and takes its write lock at the start of a writing transaction
(`BEGIN IMMEDIATE`), so that two writers queue instead of failing with "database is locked".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import QueuePool

from finops.domain.errors import InvalidInput, TryAgainLater

# One lock for everything whose sum is limited (daily guardrails) or chained (the audit log).
WRITE_LOCK_KEY = 7_307_146
# Clicks must be answered within Slack's 3 s; a writer that waits longer has something wrong.
BUSY_TIMEOUT_MS = 10_000


def open_engine(database_url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…`; raises InvalidInput for other URLs."""
    url = _checked_url(database_url)
    if url.startswith("sqlite"):
        return _open_sqlite(url)
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=30)


@contextmanager
def writing(engine: Engine, *, serialised: bool = True) -> Iterator[Connection]:
    """One writing transaction; commits at the end, rolls back on any error.

    A serialised one has the ledger to itself: daily limits are summed and the audit chain has one
    end. Only the worker's book-keeping does without on PostgreSQL; SQLite always serialises.
    """
    with connecting(engine, writes=True) as connection, connection.begin():
        if serialised and connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK_KEY})
        yield connection


@contextmanager
def connecting(engine: Engine, *, writes: bool = False) -> Iterator[Connection]:
    """A connection; a database that cannot be reached becomes TryAgainLater with its address."""
    try:
        connection = engine.connect().execution_options(finops_writes=writes)
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise TryAgainLater(f"The database at {where} cannot be opened: {error.orig}.") from error
    with connection:
        yield connection


def _checked_url(database_url: str) -> str:
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


def _open_sqlite(url: str) -> Engine:
    file = make_url(url).database
    if not file or file == ":memory:":
        raise InvalidInput(
            "An in-memory SQLite database cannot be shared by the bot's threads; give a file, "
            "such as sqlite:///finops.db."
        )
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=QueuePool, pool_size=10, max_overflow=30)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("finops_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
