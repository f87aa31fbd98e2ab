"""What `finops doctor` asks of the ledger's database; nothing in it is changed or created.

Writing is tried with statements that touch no row, inside a transaction that is rolled back: the
database checks permissions and read-only modes for those too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from finops.domain.checks import Area, Check
from finops.domain.clock_skew import clock_check
from finops.domain.errors import InvalidInput
from finops.ledger.database import checked_url
from finops.ledger.schema import known_revisions, revision_of
from finops.ledger.sqlite_place import place_checks
from finops.ledger.tables import metadata, opportunities

CONNECT_SECONDS = 5
_AREA = Area("Database")


@dataclass(frozen=True, slots=True)
class DatabaseChecks:
    """Reach, version, migrations, writing and clock of one database URL (Checked)."""

    database_url: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def check(self) -> Sequence[Check]:
        """The place first, then what the server says."""
        try:
            url = checked_url(self.database_url)
        except InvalidInput:
            # The URL may hold a password, so it is not repeated.
            detail = "FINOPS_DATABASE_URL is no URL of SQLite or PostgreSQL"
            fix = "Write sqlite:///finops.db or postgresql://user@host/finops."
            return (_AREA.failed("address", detail, fix=fix),)
        if make_url(url).get_backend_name() == "sqlite":
            place = place_checks(_AREA, Path(make_url(url).database or ""))
            if not place.is_there:
                return place.checks
            return (*place.checks, *self._asked(_sqlite(url)))
        return tuple(self._asked(_postgresql(url)))

    def _asked(self, engine: Engine) -> Iterator[Check]:
        where = engine.url.render_as_string(hide_password=True)
        try:
            with engine.connect() as connection:
                yield _AREA.ok("reach", f"{_version(connection)} at {where}")
                yield from self._connected(connection)
        except DBAPIError as error:
            fix = "Start the database or correct FINOPS_DATABASE_URL (host, role, password)."
            yield _AREA.failed("reach", f"{where}: {_said(error)}", fix=fix)
        finally:
            engine.dispose()

    def _connected(self, connection: Connection) -> Iterator[Check]:
        revision = revision_of(connection)
        yield migration_check(revision, known_revisions())
        connection.rollback()
        if revision is not None:
            yield _writable(connection)
        if connection.dialect.name == "postgresql":
            theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            yield clock_check(_AREA, whose="the database", theirs=theirs, ours=self.now())


def migration_check(revision: str | None, known: Sequence[str]) -> Check:
    """The database's migration against this program's; `known` begins with the newest."""
    migrate = "Nothing to do: `finops run` migrates when it starts; or run `finops db migrate`."
    if revision is None:
        return _AREA.warning("migrations", "the database is empty", fix=migrate)
    if revision == known[0]:
        return _AREA.ok("migrations", f"at {revision}, the newest")
    if revision in known:
        detail = f"at {revision}, {known.index(revision)} behind {known[0]}"
        return _AREA.warning("migrations", detail, fix=migrate)
    detail = f"at {revision}, which this version of finops-bot does not know"
    fix = "A newer finops-bot has migrated it: update this one."
    return _AREA.failed("migrations", detail, fix=fix)


def _writable(connection: Connection) -> Check:
    try:
        if connection.dialect.name == "sqlite":
            # Asks for the write lock, as every writer of ours does.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for statement in _writes_without_rows():
            connection.exec_driver_sql(statement)
    except DBAPIError as error:
        fix = "Give the role SELECT, INSERT, UPDATE and DELETE on all tables of the ledger."
        if connection.dialect.name == "sqlite":
            fix = "Make file and folder writable for the bot's user; end what keeps it locked."
        return _AREA.failed("writing", _said(error), fix=fix)
    finally:
        connection.rollback()
    return _AREA.ok("writing", "tried and rolled back")


def _writes_without_rows() -> Iterator[str]:
    for table in metadata.sorted_tables:
        yield f"INSERT INTO {table.name} SELECT * FROM {table.name} WHERE 1 = 0"  # noqa: S608 - our own names
    yield f"UPDATE {opportunities.name} SET status = status WHERE 1 = 0"  # noqa: S608 - our own name


def _sqlite(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS})


def _postgresql(url: str) -> Engine:
    seconds = {"connect_timeout": CONNECT_SECONDS, "options": "-c statement_timeout=10s"}
    return create_engine(url, poolclass=NullPool, connect_args=seconds)


def _version(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
        return f"SQLite {version}, good for one replica,"
    return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"


def _said(error: DBAPIError) -> str:
    """The driver's first line; psycopg2's others are guesses and places in the statement."""
    return next(iter(str(error.orig).strip().splitlines()), "no reason given")
