"""What DuckDB may hold, where the rest goes, and what is said when there is no room for it."""

import resource
import tempfile
from pathlib import Path

import duckdb
import pytest

from benchmarks.billing import spilling
from finops.billing.duckdb_engine import local_database
from finops.domain.errors import TryAgainLater

# Two million groups of 80 bytes: more than the memory that is allowed here.
LARGE = """CREATE TABLE found AS SELECT count(*) AS n FROM (
    SELECT hash(range)::VARCHAR || repeat('x', 50) AS b FROM range(4000000) GROUP BY 1)"""


def test_what_memory_cannot_hold_goes_to_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with spilling() as spilled, local_database(memory_mb=100) as connection:
        connection.execute(LARGE)
        found = connection.execute("SELECT n FROM found").fetchone()
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024

    assert found == (4_000_000,)
    # 4 million rows of 70 bytes, of which 100 MB fit.
    assert spilled() > 20 * 2**20
    assert grown_mb < 250
    assert list(tmp_path.iterdir()) == []


def write(*statements: str, memory_mb: int) -> None:
    with local_database(memory_mb=memory_mb) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_full_disk_is_a_sentence_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(TryAgainLater) as error:
        write("SET max_temp_directory_size = '5MB'", LARGE, memory_mb=100)
    sentence = str(error.value)
    assert "what does not fit into 100 MB of memory (bill: memory_mb)" in sentence
    assert f"goes to {tmp_path}, and there are " in sentence
    assert "set TMPDIR to a folder on a larger disk, or raise memory_mb" in sentence
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_grow_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the operating system refuses a write: a quota, or a disk without space."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
    try:
        with pytest.raises(TryAgainLater, match="There is no room to read the bill"):
            write(
                "CREATE TABLE t AS SELECT hash(range)::VARCHAR FROM range(1000000)",
                "CHECKPOINT",
                memory_mb=300,
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(duckdb.CatalogException), local_database() as connection:
        connection.execute("SELECT * FROM nowhere")
