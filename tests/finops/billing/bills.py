"""Small bills written as files and allocated whole, for tests."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from finops.billing.allocated_bill import (
    RULES,
    Allocation,
    AllocationRules,
    allocate,
    allocated_rows,
)
from finops.billing.bill_files import find_bill_files
from finops.billing.duckdb_engine import local_database, open_bill
from finops.billing.usage_hours import CONTAINER_TYPES, ESTATE_TYPES, UsageFiles
from finops.domain.costs import AllocatedCost, CostCategory

DAY = date(2026, 7, 1)
FIRST, LAST = date(1970, 1, 1), date(2100, 1, 1)

Cells = Mapping[str, object]


def write_csv(path: Path, rows: Sequence[Cells], *, delimiter: str = ",") -> Path:
    """A CSV with the columns of all rows, missing cells empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def focus(cost: object, resource: str = "", **cells: object) -> Cells:
    """A FOCUS line of the first of July in US dollars."""
    return {
        "ChargePeriodStart": f"{DAY}T00:00:00Z",
        "ResourceId": resource,
        "BilledCost": cost,
        "EffectiveCost": cost,
        "ListCost": cost,
        "BillingCurrency": "USD",
        "ServiceName": "EC2",
        "ChargeCategory": "Usage",
        **cells,
    }


def cur(kind: str, cost: object, resource: str = "", **cells: object) -> Cells:
    """A CUR line of the first of July; `cells` by their names in Athena."""
    return {
        "line_item_line_item_type": kind,
        "line_item_usage_start_date": f"{DAY}T00:00:00Z",
        "line_item_resource_id": resource,
        "line_item_unblended_cost": cost,
        "line_item_currency_code": "USD",
        "line_item_product_code": "AmazonEC2",
        **cells,
    }


def container(
    node: str, workload: str, cpu: float, memory: float, *, hour: int = 0, **cells: object
) -> Cells:
    """An hour of a container that asks for `cpu` cores and `memory` GiB and uses nothing."""
    return {
        **dict.fromkeys(CONTAINER_TYPES, ""),
        "hour": f"{DAY} {hour:02}:00:00",
        "cluster": "prod",
        "node": node,
        "namespace": "shop",
        "workload_kind": "Deployment",
        "workload": workload,
        "container": "main",
        "cpu_request_cores": cpu,
        "memory_request_gib": memory,
        "cpu_usage_cores": 0,
        "memory_usage_gib": 0,
        **cells,
    }


def node(resource: str, cpu: float = 4, memory: float = 16, **cells: object) -> Cells:
    """A machine of the cluster."""
    return estate("node", resource, cpu_cores=cpu, memory_gib=memory, node_group="g", **cells)


def estate(role: str, resource: str, **cells: object) -> Cells:
    """Something of the cluster `prod`."""
    empty = dict.fromkeys(ESTATE_TYPES, "")
    return {**empty, "day": DAY, "cluster": "prod", "role": role, "resource_id": resource, **cells}


@dataclass(frozen=True, slots=True)
class Placed:
    """An allocated bill, open for questions."""

    connection: duckdb.DuckDBPyConnection
    found: Allocation

    def rows(self, day: date = DAY) -> list[AllocatedCost]:
        return list(allocated_rows(self.connection, day))

    def effective(self, category: CostCategory, **key: str) -> Decimal:
        """The effective cost of the rows of a category with that key."""
        rows = (row for row in self.rows() if row.key.category is category)
        mine = (r for r in rows if all(getattr(r.key, n) == v for n, v in key.items()))
        return sum((row.effective_cost for row in mine), Decimal(0))


@contextmanager
def allocated(
    folder: Path,
    lines: Sequence[Cells],
    *,
    containers: Sequence[Cells] = (),
    estates: Sequence[Cells] = (),
    rules: AllocationRules = RULES,
) -> Iterator[Placed]:
    """Write everything into `folder` and allocate it."""
    bill = write_csv(folder / "bill.csv", lines)
    usage = UsageFiles(
        (str(write_csv(folder / "containers.csv", containers)),) if containers else (),
        (str(write_csv(folder / "estate.csv", estates)),) if estates else (),
    )
    with local_database() as connection:
        opened = open_bill(connection, find_bill_files([str(bill)]))
        yield Placed(
            connection, allocate(connection, opened, usage, rules=rules, start=FIRST, end=LAST)
        )
