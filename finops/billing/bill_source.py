"""A configured bill, files or Athena, as the engine reads it (AllocatingBill)."""

import calendar
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from finops.billing.allocated_bill import (
    FINAL_AFTER_DAYS,
    RULES,
    AllocationRules,
    BillEngine,
    allocate,
    allocated_rows,
)
from finops.billing.athena_engine import AthenaTable, open_athena_bill
from finops.billing.bill_files import find_bill_files
from finops.billing.bill_layout import BillFormat
from finops.billing.duckdb_engine import MEMORY_MB, local_database, open_bill
from finops.billing.judged_costs import judged_costs
from finops.billing.learning_rates import learn_rates
from finops.billing.s3_files import S3Bills
from finops.billing.usage_hours import UsageFiles
from finops.domain.billed_rates import BillRates
from finops.domain.costs import AllocatedCost, BillDay, ContainerDay
from finops.domain.verdict import DailyCost


@dataclass(frozen=True, slots=True, kw_only=True)
class BillSource:
    """Where one bill is: local paths, folders and patterns, s3:// addresses, or Athena.

    `session` gives a boto3 session, asked only for S3 and Athena. `usage` are files of one's own
    beside what the bot has recorded. `history_months` are read back once, before what may still
    change. `say` hears what a reading in Athena cost.
    """

    name: str = "bill"
    files: tuple[str, ...] = ()
    athena: AthenaTable | None = None
    session: Callable[[], Any] = field(default=lambda: _no_session())
    usage: UsageFiles = field(default_factory=UsageFiles)
    rules: AllocationRules = RULES
    memory_mb: int = MEMORY_MB
    history_months: int = 0
    say: Callable[[str], None] = lambda _: None

    @contextmanager
    def read(
        self, *, start: date, end: date, usage: Sequence[ContainerDay] = (), today: date
    ) -> Iterator["ReadBill"]:
        """Place every line with `start <= day < end`; raises as `allocate` does."""
        with (
            tempfile.TemporaryDirectory(prefix="finops-bill-") as name,
            local_database(memory_mb=self.memory_mb) as connection,
        ):
            folder = Path(name)
            bill = self._open(connection, folder, start=start, end=end)
            found = allocate(
                connection,
                bill,
                self._usage(usage, folder),
                start=start,
                end=end,
                rules=self.rules,
            )
            days = [_finished(day, today) for day in found.days]
            yield ReadBill(connection, found.format, days, today)

    def pieces(self, *, start: date, end: date) -> Sequence[tuple[date, date]]:
        """How those days are best read, the newest first: S3 and Athena by the month.

        There a month is what is copied or scanned; files that lie here are gone through once.
        """
        is_remote = self.athena is not None or any(map(_is_remote, self.files))
        if not is_remote:
            return [(start, end)] if start < end else []
        months = []
        while start < end:
            first = max((end - timedelta(days=1)).replace(day=1), start)
            months.append((first, end))
            end = first
        return months

    @contextmanager
    def opened(self, *, start: date, end: date) -> Iterator[BillEngine]:
        """The bill before anything is read of it but its columns, for a look at its state."""
        with (
            tempfile.TemporaryDirectory(prefix="finops-bill-") as name,
            local_database(memory_mb=self.memory_mb) as connection,
        ):
            yield self._open(connection, Path(name), start=start, end=end)

    def _open(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, *, start: date, end: date
    ) -> BillEngine:
        if self.athena is not None:
            return open_athena_bill(
                connection,
                self.session(),
                self.athena,
                start=start,
                end=end,
                say=self.say,
            )
        remote = tuple(filter(_is_remote, self.files))
        local = [path for path in self.files if path not in remote]
        if remote:
            client = self.session().client("s3")
            bills = S3Bills(remote, lambda: client)
            local += bills.copy(folder / "s3", start=start, end=end)
        return open_bill(connection, find_bill_files(local, start=start, end=end))

    def _usage(self, days: Sequence[ContainerDay], folder: Path) -> UsageFiles:
        containers, estate = list(self.usage.containers), list(self.usage.estate)
        for number, day in enumerate(days):
            for name, content, into in (
                ("containers", day.containers, containers),
                ("estate", day.estate, estate),
            ):
                path = folder / f"{name}-{number}.parquet"
                path.write_bytes(content)
                into.append(str(path))
        return UsageFiles(tuple(containers), tuple(estate))


@dataclass(frozen=True, slots=True)
class ReadBill:
    """A bill that is placed (BillReading); good while its database is open."""

    connection: duckdb.DuckDBPyConnection
    format: BillFormat
    days: Sequence[BillDay]
    today: date

    def rows(self, day: date) -> Iterable[AllocatedCost]:
        """Where the lines of one day landed."""
        return allocated_rows(self.connection, day)

    def judged(self) -> Iterable[DailyCost]:
        """What verification judges."""
        return judged_costs(self.connection)

    def rates(self) -> BillRates:
        """What machines and resources cost on its newest days."""
        return learn_rates(self.connection, today=self.today)

    def team_costs(self) -> dict[str, Decimal]:
        """What each team's tag has under it, as the bill spells it, in US dollars."""
        rows = self.connection.execute(
            "SELECT team, sum(effective) FROM charges WHERE team <> '' AND currency = 'USD' "
            "GROUP BY team"
        )
        return {str(team): Decimal(cost) for team, cost in rows.fetchall()}


def _is_remote(address: str) -> bool:
    return address.startswith("s3://")


def _no_session() -> Any:
    import boto3  # 0.3 s, which a bill in files need not wait for

    return boto3.Session()


def _finished(day: BillDay, today: date) -> BillDay:
    """Final when its lines have an invoice or its month has been over for ten days."""
    _, length = calendar.monthrange(day.day.year, day.day.month)
    over = day.day.replace(day=length) + timedelta(days=1 + FINAL_AFTER_DAYS)
    return replace(day, is_final=day.is_final or today >= over)
