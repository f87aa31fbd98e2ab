from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url

from finops.domain.errors import InvalidInput, TryAgainLater
from finops.ledger.schema import SCHEMA_FILE, create_database, render_schema, table_names
from finops.ledger.tables import metadata
from finops.savings_ledger import SavingsLedger


def test_the_migrations_make_exactly_the_tables_of_the_code(ledger: SavingsLedger) -> None:
    with ledger.reading() as tx:
        context = MigrationContext.configure(tx.connection)
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_the_schema_file_is_what_the_migrations_say() -> None:
    assert SCHEMA_FILE.read_text() == render_schema()


def test_several_replicas_may_migrate_an_empty_database_at_once(database_url: str) -> None:
    def open_and_close(_: int) -> None:
        SavingsLedger(database_url).close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_and_close, range(4)))

    assert "opportunities" in table_names(database_url)


def test_a_missing_postgresql_database_is_created(postgres_url: str) -> None:
    name = f"made_{uuid4().hex}"
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    create_database(url)
    create_database(url)

    SavingsLedger(url).close()

    assert "outbox" in table_names(url)


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "not a url", "sqlite://"])
def test_a_database_that_cannot_work_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(InvalidInput):
        SavingsLedger(url)


def test_a_server_that_is_down_is_named() -> None:
    with pytest.raises(TryAgainLater, match=r"127\.0\.0\.1:1/finops"):
        SavingsLedger("postgresql+psycopg2://somebody:secret@127.0.0.1:1/finops")


def test_a_password_is_never_in_the_message() -> None:
    with pytest.raises(TryAgainLater) as caught:
        SavingsLedger("postgresql+psycopg2://somebody:secret@127.0.0.1:1/finops")

    assert "secret" not in str(caught.value)
