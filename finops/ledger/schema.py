"""Creating and migrating the ledger's tables with Alembic, and writing `db_schema.sql`."""

import io
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from finops.domain.errors import TryAgainLater
from finops.ledger.database import PATIENCE_SECONDS, WRITE_LOCK_KEY, checked_url, open_engine

MIGRATIONS = Path(__file__).parent.parent / "migrations"
SCHEMA_FILE = Path(__file__).parent.parent / "db_schema.sql"


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision; several replicas may do this at once."""
    config = _config()
    try:
        with engine.execution_options(finops_writes_within=PATIENCE_SECONDS).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK_KEY}
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise TryAgainLater(f"The database at {where} cannot be opened: {error.orig}.") from error


def create_database(database_url: str) -> None:
    """Create the database if it is missing; SQLite creates its file by itself.

    Raises InvalidInput for a URL that cannot work, TryAgainLater naming server and database.
    """
    url = make_url(checked_url(database_url))
    if url.get_backend_name() != "postgresql" or _exists(url):
        return
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            quoted = connection.dialect.identifier_preparer.quote(url.database or "")
            connection.exec_driver_sql(f"CREATE DATABASE {quoted}")
    except (OperationalError, ProgrammingError) as error:
        if "already exists" in str(error.orig):
            return  # somebody else was first
        raise TryAgainLater(
            f"Database {url.database!r} could not be created on {url.host}: {error.orig}. Create "
            "it by hand, or give a role that may."
        ) from error
    finally:
        server.dispose()


def _exists(url: URL) -> bool:
    """Whether the database answers; a role need not be let into any other one for that."""
    engine = create_engine(url)
    try:
        engine.connect().close()
    except OperationalError as error:
        if "does not exist" in str(error.orig) and f'"{url.database}"' in str(error.orig):
            return False
        where = url.render_as_string(hide_password=True)
        raise TryAgainLater(f"The database at {where} cannot be opened: {error.orig}.") from error
    finally:
        engine.dispose()
    return True


def table_names(database_url: str) -> list[str]:
    """The tables of a database, sorted."""
    engine = open_engine(database_url)
    try:
        return sorted(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """The migration a database stands at, None for one that was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def known_revisions() -> list[str]:
    """Every migration of this version of the program, the newest first."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return [script.revision for script in scripts]


def render_schema() -> str:
    """The whole schema as PostgreSQL statements, from the migrations themselves."""
    output = io.StringIO()
    config = _config()
    config.output_buffer = output
    config.set_main_option("sqlalchemy.url", "postgresql+psycopg2://")
    command.upgrade(config, "head", sql=True)
    head = "-- Generated from finops/migrations by `make schema`; do not edit by hand.\n\n"
    return head + output.getvalue().strip() + "\n"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
