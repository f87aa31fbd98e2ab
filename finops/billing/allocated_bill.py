"""One bill read and every line of it placed: the thread from files or Athena to daily rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

import duckdb

from finops.billing.bill_layout import BillFormat, Layout
from finops.billing.bill_statements import (
    CHARGE_TYPES,
    SPLIT_TYPES,
    TOTAL_TYPES,
    statements_of,
)
from finops.billing.node_shares import number_nodes, split_nodes, take_billed_splits
from finops.billing.placing import know_resources, place_charges
from finops.billing.rounding import settle
from finops.billing.usage_hours import UsageFiles, open_usage
from finops.domain.costs import AllocatedCost, BillDay, CostCategory, CostKey

SHARED_NAMESPACES = ("kube-system", "kube-public", "kube-node-lease")
TEAM_KEYS = ("team", "owner")
# AWS closes a month within the first days of the next one.
FINAL_AFTER_DAYS = 10


class BillEngine(Protocol):
    """Where a bill lies and what runs the SQL over it: files by DuckDB, or a table in Athena."""

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The local database that keeps answers."""
        ...

    @property
    def layout(self) -> Layout:
        """The columns of the table `bill`."""
        ...

    @property
    def partitions(self) -> str:
        """A condition in SQL that keeps other months from being read; `TRUE` for none."""
        ...

    def keep(
        self, table: str, statement: str, *, types: Mapping[str, str], start: date, end: date
    ) -> None:
        """Run a statement over `bill` and keep its rows as a local table with those types."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRules:
    """Tags that name a team, in this order, and the namespaces that serve a whole cluster.

    `team_names` maps spellings (in any case) to teams, as a person has configured them.
    """

    team_keys: Sequence[str] = TEAM_KEYS
    shared_namespaces: Sequence[str] = SHARED_NAMESPACES
    team_names: Mapping[str, str] = field(default_factory=dict)


RULES = AllocationRules()


@dataclass(frozen=True, slots=True)
class Allocation:
    """What was found: the bill's own totals by day; the rows stand in the database as `micros`."""

    format: BillFormat
    days: Sequence[BillDay]


def allocate(
    connection: duckdb.DuckDBPyConnection,
    bill: BillEngine,
    usage: UsageFiles,
    *,
    start: date,
    end: date,
    rules: AllocationRules = RULES,
) -> Allocation:
    """Place every line with `start <= day < end`.

    Raises InvalidInput, with the lines that cause it, when a cell cannot be read or the places do
    not add up to the bill.
    """
    statements = statements_of(bill.layout, team_keys=rules.team_keys, partitions=bill.partitions)
    days = {"start": start, "end": end}
    bill.keep("totals", statements.totals, types=TOTAL_TYPES, **days)
    bill.keep("charges", statements.charges, types=CHARGE_TYPES, **days)
    open_usage(connection, usage)
    number_nodes(connection)
    know_resources(connection, team_names=rules.team_names)
    split_nodes(connection)
    if statements.splits is not None:
        bill.keep("splits", statements.splits, types=SPLIT_TYPES, **days)
        take_billed_splits(connection)
    place_charges(connection, shared_namespaces=rules.shared_namespaces)
    settle(connection)
    return Allocation(bill.layout.format, list(_days(connection)))


def _days(connection: duckdb.DuckDBPyConnection) -> Iterator[BillDay]:
    rows = connection.execute("SELECT * FROM total_micros ORDER BY day, currency").fetchall()
    for day, currency, billed, effective, list_cost, lines, invoiced in rows:
        yield BillDay(
            day=day,
            currency=currency,
            billed_cost=_money(billed),
            effective_cost=_money(effective),
            list_cost=_money(list_cost),
            lines=lines,
            is_final=lines == invoiced,
        )


def allocated_rows(connection: duckdb.DuckDBPyConnection, day: date) -> Iterator[AllocatedCost]:
    """The rows of one day, the dearest first."""
    cursor = connection.cursor()
    cursor.execute("SELECT * FROM micros WHERE day = ? ORDER BY abs(effective) DESC", [day])
    while some := cursor.fetchmany(1_000):
        yield from map(_row, some)


# A ledger's text has an end and no NUL.
_LONGEST: Mapping[str, int] = {
    "account": 64,
    "service": 200,
    "item": 200,
    "region": 40,
    "cluster": 253,
    "namespace": 253,
    "workload_kind": 63,
    "workload": 253,
    "team": 253,
    "resource_key": 700,
    "usage_unit": 60,
}


def _row(row: tuple[object, ...]) -> AllocatedCost:
    day, currency, category, *rest = row
    texts, (billed, effective, list_cost, quantity) = rest[: len(_LONGEST)], rest[len(_LONGEST) :]
    if not isinstance(day, date):
        raise TypeError(f"{day!r} is no date")
    key = CostKey(
        day=day,
        currency=str(currency),
        category=CostCategory(str(category)),
        **{
            name: str(text).replace("\x00", "")[:longest]
            for (name, longest), text in zip(_LONGEST.items(), texts, strict=True)
        },
    )
    return AllocatedCost(
        key=key,
        billed_cost=_money(billed),
        effective_cost=_money(effective),
        list_cost=_money(list_cost),
        usage_quantity=float(str(quantity or 0)),
    )


def _money(micros: object) -> Decimal:
    return Decimal(int(str(micros))) / 1_000_000
