"""The doctor's questions to the database: nothing is created, changed or left locked."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from finops.domain.checks import Area, Check, Outcome
from finops.ledger.database_checks import DatabaseChecks, migration_check
from finops.ledger.sqlite_place import file_system_of, place_checks
from finops.savings_ledger import SavingsLedger


def by_subject(url: str) -> dict[str, Check]:
    return {check.subject: check for check in DatabaseChecks(url).check()}


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_a_migrated_database_is_all_green(database_url: str) -> None:
    SavingsLedger(database_url).close()

    checks = by_subject(database_url)

    assert {check.outcome for check in checks.values()} == {Outcome.OK}
    assert {"reach", "migrations", "writing"} <= set(checks)


def test_an_empty_postgresql_is_a_warning_and_stays_empty(postgres_url: str) -> None:
    assert by_subject(postgres_url)["migrations"].outcome is Outcome.WARNING

    assert by_subject(postgres_url)["migrations"].detail == "the database is empty"


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "finops.db"

    checks = by_subject(f"sqlite:///{file}")

    assert checks["place"].outcome is Outcome.WARNING
    assert not file.parent.exists()


def test_asking_changes_no_byte_of_a_sqlite_file(tmp_path: Path) -> None:
    file = tmp_path / "finops.db"
    SavingsLedger(f"sqlite:///{file}").close()
    before = file.read_bytes()

    by_subject(f"sqlite:///{file}")

    assert file.read_bytes() == before


def test_a_sqlite_file_that_is_read_only_is_red(tmp_path: Path) -> None:
    file = tmp_path / "finops.db"
    SavingsLedger(f"sqlite:///{file}").close()

    check = by_subject(f"sqlite:///file:{file}?mode=ro&uri=true")["writing"]

    assert check.outcome is Outcome.FAILED
    assert "readonly" in check.detail
    assert "writable" in check.fix


def test_a_sqlite_file_that_somebody_keeps_locked_is_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finops.ledger.database_checks.CONNECT_SECONDS", 0.1)
    file = tmp_path / "finops.db"
    SavingsLedger(f"sqlite:///{file}").close()
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    check = by_subject(f"sqlite:///{file}")["writing"]
    holder.close()

    assert check.outcome is Outcome.FAILED
    assert "locked" in check.detail


def test_a_file_that_is_no_database_is_red(tmp_path: Path) -> None:
    file = tmp_path / "finops.db"
    file.write_bytes(b"this is a letter to my grandmother\n" * 100)

    assert by_subject(f"sqlite:///{file}")["reach"].outcome is Outcome.FAILED


def test_a_postgresql_that_only_reads_is_red(postgres_url: str) -> None:
    SavingsLedger(postgres_url).close()
    name = make_url(postgres_url).database
    execute(postgres_url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    check = by_subject(postgres_url)["writing"]

    assert check.outcome is Outcome.FAILED
    assert "read-only" in check.detail


def test_a_role_that_may_not_write_is_red_and_told_what_it_needs(postgres_url: str) -> None:
    SavingsLedger(postgres_url).close()
    role = f"reader_{make_url(postgres_url).database}"
    execute(
        postgres_url,
        f"CREATE ROLE {role} LOGIN PASSWORD 'reader-password'",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
    )
    reader = make_url(postgres_url).set(username=role, password="reader-password")

    check = by_subject(reader.render_as_string(hide_password=False))["writing"]
    execute(postgres_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")

    assert check.outcome is Outcome.FAILED
    assert "permission denied" in check.detail
    assert "INSERT" in check.fix


def test_a_server_that_is_not_there_is_red_without_its_password() -> None:
    check = by_subject("postgresql://bot:secret-password@127.0.0.1:9/finops")["reach"]

    assert check.outcome is Outcome.FAILED
    assert "secret-password" not in check.detail + check.fix


def test_a_url_of_another_database_is_red() -> None:
    assert by_subject("mysql://bot:secret@db/finops")["address"].outcome is Outcome.FAILED


def test_a_clock_that_differs_from_postgresqls_is_measured(postgres_url: str) -> None:
    SavingsLedger(postgres_url).close()
    late = DatabaseChecks(postgres_url, now=lambda: datetime.now(UTC) - timedelta(minutes=3))

    clock = next(check for check in late.check() if check.subject == "clock")

    assert clock.outcome is Outcome.WARNING


@pytest.mark.parametrize(
    ("revision", "outcome", "words"),
    [
        (None, "warning", "empty"),
        ("0003", "ok", "newest"),
        ("0001", "warning", "2 behind 0003"),
        ("0009", "failed", "does not know"),
    ],
)
def test_migrations_are_compared_with_this_programs(
    revision: str | None, outcome: str, words: str
) -> None:
    check = migration_check(revision, ["0003", "0002", "0001"])

    assert check.outcome is Outcome(outcome)
    assert words in check.detail


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/data/finops.db", "nfs4"), ("/database/finops.db", "ext4"), ("/data/local/x", "xfs")],
)
def test_the_deepest_mount_says_the_file_system(path: str, kind: str) -> None:
    mounts = ["/dev/a / ext4 rw 0 0", "srv:/x /data nfs4 rw 0 0", "/dev/b /data/local xfs rw 0 0"]

    assert file_system_of(Path(path), mounts) == kind


def test_a_network_folder_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nfs-1:/ {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr("finops.ledger.sqlite_place.MOUNTS", mounts)

    place = place_checks(Area("Database"), tmp_path / "finops.db")

    assert place.checks[0].outcome is Outcome.WARNING
    assert "nfs4" in place.checks[0].detail
