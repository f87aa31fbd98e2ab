"""A whole bill allocated, beside two bare GROUP BYs over the same columns of the same files.

    python -m benchmarks.billing --bill FILE --json
    python -m benchmarks.billing --rows 10000000 --json
    python -m benchmarks.billing --bill 50gb/ --memory-mb 2000 --temp /large --json

The first reads a real bill, however large: `--memory-mb` is what DuckDB may hold, and what does not
fit goes to `--temp` (a folder; else TMPDIR), of which `spilled_mb` is the most that was used at
once. The second makes a month of `--rows` bill lines (FOCUS, Parquet) and of
seven container-hours for every ten lines, and times reading, splitting nodes by hourly use,
placing, sharing and reconciling. `bare_seconds` is one GROUP BY over the bill's columns and one
over those of the container-hours, with DuckDB set up alike. Each is run `--repeat` times,
alternately and each in a process of its own, because the machine may have other users: the medians
are printed, and the highest peak of memory that any of our runs had. `cpu_ratio_to_bare` is of
seconds of processor.
"""

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from finops.billing.allocated_bill import Allocation, allocate
from finops.billing.bill_files import find_bill_files
from finops.billing.duckdb_engine import MEMORY_MB, local_database, open_bill
from finops.billing.learning_rates import learn_rates
from finops.billing.usage_hours import UsageFiles

_EVER = {"start": date(1970, 1, 1), "end": date(2262, 1, 1)}
_DAYS, _CONTAINERS_A_NODE = 31, 30
_BARE_BILL = """SELECT CAST(ChargePeriodStart AS DATE), BillingCurrency, SubAccountId, ServiceName,
    x_UsageType, RegionId, ResourceId, ChargeCategory, CommitmentDiscountStatus, ConsumedUnit,
    Tags['team'], InvoiceId,
    SUM(BilledCost), SUM(EffectiveCost), SUM(ListCost), SUM(ConsumedQuantity), COUNT(*)
FROM read_parquet($files) GROUP BY ALL"""
_BARE_HOURS = """SELECT CAST(hour AS DATE), cluster, node, namespace, workload_kind, workload,
    container, team, SUM(cpu_request_cores), SUM(cpu_usage_cores), SUM(memory_request_gib),
    SUM(memory_usage_gib)
FROM read_parquet($files) GROUP BY ALL"""


def real_bill(path: Path, *, memory_mb: int = MEMORY_MB) -> Mapping[str, Any]:
    """Read one bill; US dollars, or the currency that most of it is in, with `currency` beside."""
    started = time.monotonic()
    with spilling() as spilled, local_database(memory_mb=memory_mb) as connection:
        files = find_bill_files([str(path)])
        found = allocate(connection, open_bill(connection, files), UsageFiles(), **_EVER)
        seconds = time.monotonic() - started
        summary = _summary(connection, found)
        learn_rates(connection, today=_EVER["end"])
    return {
        **summary,
        "files": len(files.paths),
        "bill_mb": sum(Path(one).stat().st_size for one in files.paths) // 2**20,
        "memory_mb": memory_mb,
        "seconds": round(seconds, 2),
        "peak_rss_mb": _peak(),
        "spilled_mb": spilled() // 2**20,
    }


@contextmanager
def spilling() -> Iterator[Callable[[], int]]:
    """A temporary folder of its own; gives the most bytes that were in it at once."""
    most, is_over, usual = [0], threading.Event(), tempfile.tempdir

    def watch() -> None:
        while not is_over.wait(0.1):
            most[0] = max(most[0], _bytes_below(Path(folder)))

    with tempfile.TemporaryDirectory(prefix="finops-bench-") as folder:
        tempfile.tempdir = folder
        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield lambda: most[0]
        finally:
            is_over.set()
            thread.join()
            tempfile.tempdir = usual


def _bytes_below(folder: Path) -> int:
    found = 0
    with suppress(OSError):  # DuckDB takes its files away as it goes
        for path in folder.rglob("*"):
            with suppress(OSError):
                found += path.stat().st_size
    return found


def _summary(connection: duckdb.DuckDBPyConnection, found: Allocation) -> Mapping[str, Any]:
    currency = max(found.days, key=lambda d: abs(d.billed_cost)).currency
    mine = [day for day in found.days if day.currency == currency]
    placed: dict[str, int] = dict(
        connection.execute(
            "SELECT category, CAST(sum(effective) AS BIGINT) FROM micros WHERE currency = ? "
            "GROUP BY 1",
            [currency],
        ).fetchall()
    )
    billed_row = connection.execute(
        "SELECT CAST(sum(billed) AS BIGINT) FROM micros WHERE currency = ?", [currency]
    ).fetchone()
    effective = sum((day.effective_cost for day in mine), Decimal(0))
    billed = sum((day.billed_cost for day in mine), Decimal(0))
    off = abs(_usd(sum(placed.values())) - effective) + abs(
        _usd(billed_row[0] if billed_row else 0) - billed
    )
    return {
        "format": found.format.value,
        "currency": currency,
        "currencies": len({day.currency for day in found.days}),
        "rows": sum(day.lines for day in found.days),
        "billed": float(billed),
        "effective": float(effective),
        **{
            name: float(_usd(placed.get(name, 0)))
            for name in ("allocated", "idle", "shared", "unallocated")
        },
        "reconciliation_difference": float(off),
    }


def _usd(micros: int) -> Decimal:
    return Decimal(micros) / 1_000_000


def made_month(rows: int, repeat: int, *, memory_mb: int = MEMORY_MB) -> Mapping[str, Any]:
    """Time both on a made month."""
    with tempfile.TemporaryDirectory(prefix="finops-bench-") as name:
        folder = Path(name)
        _in_process(make, folder, rows)
        ours, bare = [], []
        for _ in range(repeat):
            bare.append(_in_process(bare_run, folder, memory_mb))
            ours.append(_in_process(our_run, folder, memory_mb))
        seconds = statistics.median(run["seconds"] for run in ours)
        bare_seconds = statistics.median(run["seconds"] for run in bare)
        return {
            "rows": ours[0]["rows"],
            "container_hours": ours[0]["container_hours"],
            "seconds": round(seconds, 2),
            "bare_seconds": round(bare_seconds, 2),
            "ratio_to_bare": round(seconds / bare_seconds, 2),
            "cpu_ratio_to_bare": round(
                statistics.median(run["cpu_seconds"] for run in ours)
                / statistics.median(run["cpu_seconds"] for run in bare),
                2,
            ),
            "peak_rss_mb": max(run["peak_rss_mb"] for run in ours),
            "bare_peak_rss_mb": max(run["peak_rss_mb"] for run in bare),
            "memory_mb": memory_mb,
            "spilled_mb": max(run["spilled_mb"] for run in ours),
            "reconciliation_difference": max(run["difference"] for run in ours),
            "runs": [[o["seconds"], b["seconds"]] for o, b in zip(ours, bare, strict=True)],
        }


def _in_process(work: Any, *arguments: Any) -> Any:
    """Run it in a new process, so that the peak of memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def our_run(folder: Path, memory_mb: int) -> Mapping[str, Any]:
    """Everything: read, split, place, share, reconcile, and learn prices."""
    started, cpu = time.monotonic(), time.process_time()
    with spilling() as spilled, local_database(memory_mb=memory_mb) as connection:
        bill = open_bill(connection, find_bill_files([str(folder / "bill")]))
        usage = UsageFiles((str(folder / "containers.parquet"),), (str(folder / "estate.parquet"),))
        found = allocate(connection, bill, usage, **_EVER)
        learn_rates(connection, today=_EVER["end"])
        seconds = time.monotonic() - started
        hours = connection.execute("SELECT count(*) FROM containers").fetchone()
        summary = _summary(connection, found)
    return {
        "rows": summary["rows"],
        "container_hours": hours[0] if hours else 0,
        "difference": summary["reconciliation_difference"],
        "seconds": round(seconds, 2),
        "cpu_seconds": time.process_time() - cpu,
        "peak_rss_mb": _peak(),
        "spilled_mb": spilled() // 2**20,
    }


def bare_run(folder: Path, memory_mb: int) -> Mapping[str, Any]:
    """Two GROUP BYs, their results kept as tables as ours are."""
    started, cpu = time.monotonic(), time.process_time()
    with local_database(memory_mb=memory_mb) as connection:
        files = [str(path) for path in sorted((folder / "bill").glob("*.parquet"))]
        connection.execute(f"CREATE TABLE a AS {_BARE_BILL}".replace("$files", str(files)))
        files = [str(folder / "containers.parquet")]
        connection.execute(f"CREATE TABLE b AS {_BARE_HOURS}".replace("$files", str(files)))
    return {
        "seconds": round(time.monotonic() - started, 2),
        "cpu_seconds": time.process_time() - cpu,
        "peak_rss_mb": _peak(),
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def make(folder: Path, rows: int) -> None:
    """A month: nodes with four lines an hour (machine, two of traffic, disk), other resources one.

    30 containers run on each node; the number of nodes makes seven container-hours of ten lines.
    """
    hours = _DAYS * 24
    nodes = max(1, round(rows * 0.7 / hours / _CONTAINERS_A_NODE))
    others = max(1, (rows - nodes * hours * 4) // hours)
    (folder / "bill").mkdir()
    with local_database() as connection:
        connection.execute(_MAKE_RESOURCES, {"nodes": nodes, "others": others})
        for first in range(0, _DAYS, 4):
            days = min(4, _DAYS - first)
            target = folder / "bill" / f"bill-{first:02}.parquet"
            query = _MAKE_BILL.format(first=first * 24, last=(first + days) * 24)
            connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        target = folder / "containers.parquet"
        query = _MAKE_CONTAINERS.format(nodes=nodes, each=_CONTAINERS_A_NODE, hours=hours)
        connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        target = folder / "estate.parquet"
        query = _MAKE_ESTATE.format(nodes=nodes, days=_DAYS)
        connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


_MAKE_RESOURCES = """CREATE TABLE resources AS
SELECT 'i-' || lpad(to_hex(n), 17, '0') AS id, 'Amazon Elastic Compute Cloud' AS service,
    kind.u AS u, kind.p AS price, kind.unit AS unit, 0 AS account, 'platform' AS team
FROM range($nodes) AS t(n),
    (VALUES ('BoxUsage:m5.2xlarge', 0.384, 'Hrs'), ('DataTransfer-Regional-Bytes', 0.0123, 'GB'),
        ('DataTransfer-Out-Bytes', 0.0071, 'GB'), ('EBS:VolumeUsage.gp3', 0.0111, 'GB-Mo'))
        AS kind(u, p, unit)
UNION ALL
SELECT CASE n % 4 WHEN 0 THEN 'vol-' || lpad(to_hex(n), 17, '0')
        WHEN 1 THEN 'arn:aws:rds:us-east-1:1234567890' || (10 + n % 20) || ':db:db-' || n
        WHEN 2 THEN 'bucket-' || n
        ELSE 'arn:aws:lambda:us-east-1:1234567890' || (10 + n % 20) || ':function:f-' || n END,
    CASE n % 4 WHEN 0 THEN 'Amazon Elastic Compute Cloud'
        WHEN 1 THEN 'Amazon Relational Database Service'
        WHEN 2 THEN 'Amazon Simple Storage Service' ELSE 'AWS Lambda' END,
    CASE n % 4 WHEN 0 THEN 'EBS:VolumeUsage.gp3' WHEN 1 THEN 'InstanceUsage:db.m5.large'
        WHEN 2 THEN 'TimedStorage-ByteHrs' ELSE 'Lambda-GB-Second' END,
    0.0001 + (n % 97) * 0.00371, 'Hrs', n % 20, 'team-' || (n % 40)
FROM range($others) AS t(n)"""

_MAKE_BILL = """SELECT
    TIMESTAMP '2026-07-01 00:00:00' + to_hours(h) AS ChargePeriodStart,
    TIMESTAMP '2026-07-01 01:00:00' + to_hours(h) AS ChargePeriodEnd,
    'USD' AS BillingCurrency, '1234567890' || (10 + account) AS SubAccountId,
    service AS ServiceName, u AS x_UsageType, 'us-east-1' AS RegionId, id AS ResourceId,
    'Usage' AS ChargeCategory, CAST(NULL AS VARCHAR) AS CommitmentDiscountStatus,
    unit AS ConsumedUnit, 1.0 + (h % 7) * 0.01 AS ConsumedQuantity,
    MAP {{'team': team, 'env': 'prod'}} AS Tags, 'INV-1' AS InvoiceId,
    price * (1 + (h % 7) * 0.01) AS BilledCost,
    price * (1 + (h % 7) * 0.01) * 0.72 AS EffectiveCost, price * 1.1 AS ListCost
FROM range({first}, {last}) AS t(h), resources"""

_MAKE_CONTAINERS = """SELECT
    TIMESTAMP '2026-07-01 00:00:00' + to_hours(h) AS hour, 'prod' AS cluster,
    'i-' || lpad(to_hex(n), 17, '0') AS node, 'ns-' || (app % 25) AS namespace,
    'Deployment' AS workload_kind, 'app-' || app AS workload, 'main' AS container,
    'team-' || (app % 12) AS team,
    0.05 + (c % 5) * 0.05 AS cpu_request_cores,
    0.02 + ((h * 31 + n * 17 + c * 13) % 41) * 0.01 AS cpu_usage_cores,
    0.25 + (c % 4) * 0.25 AS memory_request_gib,
    0.2 + ((h * 7 + n + c) % 29) * 0.05 AS memory_usage_gib
FROM range({hours}) AS t(h), (SELECT n, c, (n * 7 + c) % 1000 AS app
    FROM range({nodes}) AS u(n), range({each}) AS v(c))"""

_MAKE_ESTATE = """SELECT DATE '2026-07-01' + CAST(d AS INTEGER) AS day, 'prod' AS cluster,
    'node' AS role, 'i-' || lpad(to_hex(n), 17, '0') AS resource_id, 'node-' || n AS node,
    'general' AS node_group, 8.0 AS cpu_cores, 32.0 AS memory_gib, 24.0 AS hours, '' AS namespace,
    '' AS workload_kind, '' AS workload, '' AS team
FROM range({days}) AS t(d), range({nodes}) AS u(n)"""


def main() -> None:
    """Read a bill or make one, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--bill", type=Path, help="a CUR or FOCUS file, folder or pattern")
    what.add_argument("--rows", type=int, help="make a month with so many bill lines")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--memory-mb", type=int, default=MEMORY_MB, help="what DuckDB may hold")
    parser.add_argument("--temp", type=Path, help="a folder for what does not fit")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.temp is not None:
        # The environment, because each run is a process of its own.
        os.environ["TMPDIR"] = tempfile.tempdir = str(arguments.temp)
    if arguments.bill:
        found = real_bill(arguments.bill, memory_mb=arguments.memory_mb)
    else:
        found = made_month(arguments.rows, arguments.repeat, memory_mb=arguments.memory_mb)
    print(json.dumps(found) if arguments.json else json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
