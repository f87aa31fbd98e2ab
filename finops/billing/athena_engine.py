"""Athena: a bill that lies in S3, read where it is by the statements that DuckDB runs.

What comes back is added up by day and resource, and is allocated here. Every statement's scanned
bytes and price are kept in `spent`, and a budget stops the one that would go beyond it.
"""

import csv
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
from botocore.exceptions import BotoCoreError, ClientError
from pyathena import connect
from pyathena.error import Error as AthenaError

from finops.billing.athena_budget import Spent, TooDear, Watch
from finops.billing.athena_sql import athena_sql, checked_name, month_condition
from finops.billing.bill_layout import Column, Layout, layout_of
from finops.domain.errors import InvalidInput, TryAgainLater, WillNeverWork

# What is called, and by what of IAM it is allowed: on the workgroup and on Glue's catalog.
ACTIONS = (
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetTableMetadata",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)
# What Athena does for us with our own rights: it looks the table up,
TABLE_ACTIONS = (
    "glue:BatchGetPartition",
    "glue:GetDatabase",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
)
# and writes the results, which are then fetched from there.
RESULT_ACTIONS = (
    "s3:AbortMultipartUpload",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)
RESULT_BUCKET_ACTIONS = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")


@dataclass(frozen=True, slots=True, kw_only=True)
class AthenaTable:
    """Where the bill is. `output` is an s3:// folder for results; a reading may cost `max_usd`.

    Raises InvalidInput for names that Glue would not take.
    """

    database: str
    table: str
    output: str
    workgroup: str = "primary"
    max_usd: Decimal = Decimal("1.00")
    poll_seconds: float = 1.0

    def __post_init__(self) -> None:
        checked_name(self.database, "database")
        checked_name(self.table, "table")
        if urlsplit(self.output).scheme != "s3" or not urlsplit(self.output).netloc:
            raise InvalidInput(
                f"bill: athena: output is {self.output[:80]!r}; write s3://bucket/folder/."
            )


@dataclass(slots=True)
class AthenaBill:
    """A table of Athena as the table `bill` (BillEngine)."""

    connection: duckdb.DuckDBPyConnection
    session: Any
    place: AthenaTable
    layout: Layout
    partitions: str
    spent: Spent = field(default_factory=Spent)
    say: Callable[[str], None] = lambda _: None

    def keep(
        self, table: str, statement: str, *, types: Mapping[str, str], start: date, end: date
    ) -> None:
        """Run a statement in Athena and keep its rows as a local table with those types.

        Raises InvalidInput when the budget would be passed (the statement is stopped) or Athena
        refuses the statement, TryAgainLater when it does not answer.
        """
        sql = athena_sql(
            statement,
            database=self.place.database,
            table=self.place.table,
            values={"start": start.isoformat(), "end": end.isoformat()},
        )
        with tempfile.TemporaryDirectory(prefix="finops-athena-") as folder:
            path = Path(folder) / "result.csv"
            self._run(sql, path)
            relation = self.connection.read_csv(
                str(path), header=True, delimiter=",", quotechar='"', all_varchar=True
            )
            relation.create_view("athena_result", replace=True)
            columns = ", ".join(_cell(name, kind) for name, kind in types.items())
            self.connection.execute(
                f'CREATE OR REPLACE TABLE "{table}" AS SELECT {columns} FROM athena_result'
            )
            self.connection.execute("DROP VIEW athena_result")

    def _run(self, sql: str, path: Path) -> None:
        """Write the rows to `path`; the bytes are counted whether it ends well or not."""
        stop = Watch(self._where, self.place.max_usd, self.spent)
        with connect(
            session=self.session,
            s3_staging_dir=self.place.output,
            work_group=self.place.workgroup,
            schema_name=self.place.database,
            poll_interval=self.place.poll_seconds,
        ) as athena:
            cursor = athena.cursor(on_poll=stop)
            try:
                cursor.execute(sql)
                fetch(self.session, cursor, path)
            except AthenaError as error:
                raise InvalidInput(f"Athena refused {self._where}: {_reason(error)}") from error
            except TooDear as error:
                cursor.cancel()
                raise InvalidInput(str(error)) from error
            except (BotoCoreError, ClientError) as error:
                raise TryAgainLater(f"Athena did not answer for {self._where}: {error}") from error
            finally:
                self.spent.statements += 1
                self.spent.scanned_bytes += stop.scanned
                self.spent.billed_bytes += stop.billed
                self.say(f"{self._where}: {self.spent}")

    @property
    def _where(self) -> str:
        return f"{self.place.database}.{self.place.table}"


def fetch(session: Any, cursor: Any, path: Path) -> None:
    """The result's file from S3 in one go; where it may not be read, its rows by the thousand."""
    parts = urlsplit(str(cursor.output_location))
    try:
        session.client("s3").download_file(parts.netloc, parts.path.lstrip("/"), str(path))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in ("403", "404", "NoSuchKey"):
            raise
    else:
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([column[0] for column in cursor.description])
        rows.writerows(cursor)


def _cell(name: str, kind: str) -> str:
    cell = f'"{name}"'
    if kind == "VARCHAR":
        return f"coalesce({cell}, '') AS {cell}"
    return f"CAST(nullif({cell}, '') AS {kind}) AS {cell}"


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:400]


def open_athena_bill(
    connection: duckdb.DuckDBPyConnection,
    session: Any,
    place: AthenaTable,
    *,
    start: date,
    end: date,
    say: Callable[[str], None] = lambda _: None,
) -> AthenaBill:
    """Look at the table's columns and partitions; raises InvalidInput when it is no bill.

    Raises WillNeverWork when it may not be looked at, naming the permission.
    """
    athena = session.client("athena")
    try:
        answer = athena.get_table_metadata(
            CatalogName="AwsDataCatalog", DatabaseName=place.database, TableName=place.table
        )
    except ClientError as error:
        raise WillNeverWork(
            f"Athena's table {place.database}.{place.table} cannot be looked at "
            f"(athena:GetTableMetadata, glue:GetTable): {error}"
        ) from error
    except BotoCoreError as error:
        raise TryAgainLater(f"Athena did not answer: {error}") from error
    metadata = answer["TableMetadata"]
    keys = [_column(one) for one in metadata.get("PartitionKeys", ())]
    columns = [_column(one) for one in metadata.get("Columns", ())]
    layout = layout_of(columns, where=f"{place.database}.{place.table} in Athena")
    partitions = month_condition(keys, start=start, end=end)
    return AthenaBill(connection, session, place, layout, partitions, say=say)


def _column(described: Mapping[str, str]) -> Column:
    return Column(described["Name"], described.get("Type", "varchar").upper())
