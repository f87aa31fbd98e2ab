"""DuckDB, embedded: reads bill files where they lie, within a memory limit, and spills to disk."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from finops.billing.bill_files import BillFiles
from finops.billing.bill_layout import Column, Layout, check_alike, layout_of
from finops.billing.bill_manifests import exports_by_month
from finops.billing.bill_statements import unreadable_cells
from finops.domain.errors import InvalidInput, TryAgainLater

# DuckDB's own limit; what it needs beside it (readers, decompression) was measured at 300 MB.
MEMORY_MB = 900


@contextmanager
def local_database(
    *, memory_mb: int = MEMORY_MB, threads: int = 2
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in a temporary folder, which takes what memory cannot hold.

    Raises TryAgainLater, with what to do, when neither has room for what is done inside.
    """
    with tempfile.TemporaryDirectory(prefix="finops-bill-") as folder:
        connection = duckdb.connect(str(Path(folder) / "bill.duckdb"))
        try:
            for name, value in (
                ("memory_limit", f"{memory_mb}MB"),
                ("threads", str(threads)),
                ("temp_directory", folder),
                ("preserve_insertion_order", "false"),
                ("enable_progress_bar", "false"),
                ("TimeZone", "UTC"),
                # A bill is data: nothing in it, nor in a statement, loads code.
                ("autoinstall_known_extensions", "false"),
                ("autoload_known_extensions", "false"),
            ):
                connection.execute(f"SET {name} = '{value}'")
            yield connection
        except (duckdb.Error, OSError) as error:
            if not is_no_room(error):
                raise
            raise TryAgainLater(_no_room(folder, memory_mb)) from error
        finally:
            connection.close()


# As the operating system says it, which DuckDB hands on.
_FULL = ("No space left on device", "Disk quota exceeded", "File too large")


def is_no_room(error: Exception) -> bool:
    """Whether memory and disk were too small together."""
    return isinstance(error, duckdb.OutOfMemoryException) or any(w in str(error) for w in _FULL)


def _no_room(folder: str, memory_mb: int) -> str:
    place = Path(folder).parent
    free_mb = shutil.disk_usage(place).free // 2**20
    return (
        f"There is no room to read the bill: what does not fit into {memory_mb} MB of memory "
        f"(bill: memory_mb) goes to {place}, and there are {free_mb:,} MB left. Make room there, "
        "set TMPDIR to a folder on a larger disk, or raise memory_mb. Nothing was changed."
    )


@dataclass(frozen=True, slots=True)
class DuckDbBill:
    """Bill files as the table `bill` of a local database (BillEngine)."""

    connection: duckdb.DuckDBPyConnection
    files: BillFiles
    layout: Layout
    partitions: str = "TRUE"

    def keep(
        self, table: str, statement: str, *, types: Mapping[str, str], start: date, end: date
    ) -> None:
        """Run a statement and keep its rows as a local table.

        Raises InvalidInput for cells that cannot be read, naming file, line and cell, and what
        `local_database` makes a sentence of where there is no room.
        """
        del types  # the files' own types lead to them
        days = {"start": start.isoformat(), "end": end.isoformat()}
        try:
            self.connection.execute(f'CREATE OR REPLACE TABLE "{table}" AS {statement}', days)
        except duckdb.ConversionException as error:
            raise InvalidInput(first_unreadable(self) or _words(self.files, error)) from error
        except duckdb.Error as error:
            if is_no_room(error):
                raise  # local_database says what to do
            raise InvalidInput(_words(self.files, error)) from error


def open_bill(connection: duckdb.DuckDBPyConnection, files: BillFiles) -> DuckDbBill:
    """Make the files the table `bill`; raises InvalidInput when they are no bill."""
    try:
        if files.is_parquet and len(files.paths) > 1:
            check_alike(_columns_by_file(connection, files))
        relation = _relation(connection, files)
        columns = [
            Column(name, str(kind))
            for name, kind in zip(relation.columns, relation.types, strict=True)
        ]
        layout = layout_of(columns, where=files.where)
        refuse_two_exports(connection, files, layout)
        relation.create_view("bill", replace=True)
    except duckdb.Error as error:
        raise InvalidInput(_words(files, error)) from error
    return DuckDbBill(connection, files, layout)


def refuse_two_exports(
    connection: duckdb.DuckDBPyConnection, files: BillFiles, layout: Layout
) -> None:
    """Raise InvalidInput when one payer's month is there twice: as two exports, in two folders.

    Two payers may have exports in one bill, so who pays is looked up, and only where a month is in
    two folders.
    """
    payer = layout.column("bill_payer_account_id", "BillingAccountId")
    for period, folders in exports_by_month(files.paths).items():
        seen: dict[str, str] = {}
        for folder, paths in folders.items() if len(folders) > 1 else ():
            one = _relation(connection, replace(files, paths=tuple(paths)))
            rows = one.project(payer.sql).distinct().fetchall() if payer else [("",)]
            for (account,) in rows:
                other = seen.setdefault(str(account), folder)
                if other != folder:
                    of = f" of account {account}" if account else ""
                    raise InvalidInput(
                        f"{other} and {folder} both hold {period}{of}: two exports of one bill, "
                        "whose costs would count twice. Name one of them under bill: files."
                    )


def _columns_by_file(
    connection: duckdb.DuckDBPyConnection, files: BillFiles
) -> Mapping[str, Sequence[Column]]:
    """One file for each set of columns: a month may have thousands of files, all alike."""
    rows = connection.execute(
        """SELECT min(file_name), names FROM (
            SELECT file_name, list(name ORDER BY name) AS names FROM parquet_schema($files)
            WHERE num_children IS NULL GROUP BY file_name
        ) AS schemas GROUP BY names""",
        {"files": list(files.paths)},
    ).fetchall()
    return {str(path): [Column(str(name)) for name in names] for path, names in rows}


def _relation(connection: duckdb.DuckDBPyConnection, files: BillFiles) -> duckdb.DuckDBPyRelation:
    if files.is_parquet:
        return connection.read_parquet(list(files.paths), union_by_name=True)
    # The names are known and every cell is text, so nothing is left to DuckDB's guesses; files with
    # different columns are the exception, which it lays over each other by name.
    quote = '"' if files.delimiter == "," else ""
    known = {"auto_detect": False, "columns": dict.fromkeys(files.header, "VARCHAR")}
    return connection.read_csv(
        list(files.paths),
        header=True,
        all_varchar=True,
        delimiter=files.delimiter,
        quotechar=quote,
        escapechar=quote,
        **(known if files.header else {"union_by_name": True}),
    )


def first_unreadable(bill: DuckDbBill) -> str:
    """A sentence about the first cell that cannot be read; '' when each alone can be."""
    # Lines are counted in the order in which they stand, which takes time; only failures come here.
    bill.connection.execute("SET preserve_insertion_order = true")
    bill.connection.execute("SET threads = 1")
    for path in bill.files.paths:
        one = replace(bill.files, paths=(path,))
        relation = _relation(bill.connection, one)
        relation.create_view("one_file", replace=True)
        for column, kind in unreadable_cells(bill.layout):
            if column.name in relation.columns and (
                found := _first_in(bill.connection, column, kind)
            ):
                line, cell = found
                return (
                    f"{path}, line {line}: {column.name} is {cell[:40]!r}, which is no "
                    f"{_KIND_WORDS[kind]}. Nothing of this bill was kept."
                )
    return ""


_KIND_WORDS: Mapping[str, str] = {
    "TIMESTAMP": "time",
    "DOUBLE": "number",
    "DECIMAL(18, 10)": "amount under 100 million",
}


def _first_in(
    connection: duckdb.DuckDBPyConnection, column: Column, kind: str
) -> tuple[int, str] | None:
    plain = f"REPLACE({column.sql}, 'Z', '')" if kind == "TIMESTAMP" else column.sql
    row = connection.execute(
        f"""SELECT line, cell
        FROM (
            SELECT row_number() OVER () + 1 AS line, {column.sql} AS cell, {plain} AS plain
            FROM one_file
        ) AS numbered
        WHERE cell <> '' AND TRY_CAST(plain AS {kind}) IS NULL
        ORDER BY line LIMIT 1"""
    ).fetchone()
    return (int(row[0]), str(row[1])) if row else None


# What DuckDB says of a file that was cut off or never whole.
_CUT_OFF = re.compile(
    r"GZIP|magic bytes|too small to be a Parquet|TProtocolException|[Dd]ecompress|[Ss]nappy|ZSTD"
)


def _words(files: BillFiles, error: duckdb.Error) -> str:
    """The first lines of DuckDB's words, which name line and cell, without its advice."""
    text = str(error).split("\nPossible fixes")[0].split("\n\n")[0]
    if _CUT_OFF.search(text):
        broken = next((path for path in files.paths if path in text), files.where)
        return (
            f"{broken} is cut off or broken: it was not written or copied to its end. Copy it "
            "again. Nothing of this bill was kept."
        )
    return f"{files.where}: {' '.join(text.split())[:400]}. Nothing of this bill was kept."
