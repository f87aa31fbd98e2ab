"""What is asked of a bill, in one SQL for both engines. Pure.

It is DuckDB's dialect, written so that sqlglot can turn it into Athena's: `bill` is the table,
`$start` and `$end` are days that the engine binds. Amounts are exact decimals to the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finops.billing.bill_cells import amount, text
from finops.billing.bill_facts import Facts, facts_of, tag_of
from finops.billing.bill_layout import Column, Layout

# What one row of `charges` is about; the order is that of the statement. `pricing` says how an hour
# was paid, `terms` what else the price of a machine depends on (finops/billing/machine_words.py).
CHARGE_KEYS = (
    "day",
    "currency",
    "account",
    "service",
    "item",
    "region",
    "resource_id",
    "charge",
    "usage_unit",
    "team",
    "cluster",
    "pricing",
    "terms",
)
CHARGE_TYPES: Mapping[str, str] = {
    **dict.fromkeys(CHARGE_KEYS, "VARCHAR"),
    "day": "DATE",
    **dict.fromkeys(("billed", "effective", "list", "netted"), "DECIMAL(38, 10)"),
    "quantity": "DOUBLE",
    "lines": "BIGINT",
}
TOTAL_TYPES: Mapping[str, str] = {
    "day": "DATE",
    "currency": "VARCHAR",
    **dict.fromkeys(("billed", "effective", "list"), "DECIMAL(38, 10)"),
    "lines": "BIGINT",
    "invoiced_lines": "BIGINT",
}
DAY_TYPES: Mapping[str, str] = {"day": "DATE", "currency": "VARCHAR", "lines": "BIGINT"}
SPLIT_TYPES: Mapping[str, str] = {
    "day": "DATE",
    **dict.fromkeys(
        ("resource_id", "item", "cluster", "namespace", "workload_kind", "workload", "team"),
        "VARCHAR",
    ),
    **dict.fromkeys(("split_cost", "unused_cost", "quantity"), "DOUBLE"),
}


@dataclass(frozen=True, slots=True)
class Statements:
    """The questions that one layout allows; `splits` is None without split cost allocation.

    `days` is the cheapest of them: two columns, for a look at how far a bill reaches.
    """

    days: str
    totals: str
    charges: str
    splits: str | None


def statements_of(
    layout: Layout, *, team_keys: Sequence[str], partitions: str = "TRUE"
) -> Statements:
    """The statements for a bill of that layout.

    `partitions` is a condition that keeps an engine from reading other months; whoever gives it
    answers for its text.
    """
    facts = facts_of(layout, team_keys=team_keys)
    has_splits = layout.has("split_line_item_parent_resource_id")
    return Statements(
        days=_days(facts, partitions),
        totals=_totals(facts, partitions),
        charges=_charges(facts, partitions),
        splits=_splits(layout, facts, partitions) if has_splits else None,
    )


_WITHIN = "(day >= CAST($start AS DATE) AND day < CAST($end AS DATE)) OR day IS NULL"


def _added_up(facts: Facts, columns: Sequence[Column], partitions: str, *, is_whole: bool) -> str:
    """Lines added up by their columns as they stand: the one pass over the bill.

    Where it is whole, tags and the terms of machines are kept, which amounts do not need.
    """
    keys = [column.sql for column in columns]
    whole = facts.whole_tags if is_whole else None
    extra = ""
    if is_whole and facts.machine_terms is not None:
        keys.append(facts.machine_terms)
        extra = f"{facts.machine_terms} AS terms,"
    if whole is not None:
        team, resource = facts.said["team"], facts.said["resource_id"]
        keys.append(f"CASE WHEN {resource} = '' THEN {team} ELSE '' END")
        extra += f"{keys[-1]} AS team_of_nothing, ANY_VALUE({whole.sql}) AS {whole.sql},"
    names = "".join(f"{column.sql}, " for column in columns)
    sums = ", ".join(f"SUM({sql}) AS {name}" for name, sql in facts.sums.items())
    day = f"CAST({facts.starts_at} AS DATE)"
    grouped = ", ".join((day, *keys))
    return f"""(
        SELECT {day} AS day, {names} {extra} {sums}, COUNT(*) AS lines
        FROM bill
        WHERE {partitions} AND {facts.is_line}
        GROUP BY {grouped}
    ) AS added
    WHERE {_WITHIN}"""


def _days(facts: Facts, partitions: str) -> str:
    day = f"CAST({facts.starts_at} AS DATE)"
    currency = f"COALESCE(NULLIF({facts.currency}, ''), 'USD')"
    return f"""SELECT * FROM (
        SELECT {day} AS day, {currency} AS currency, COUNT(*) AS lines
        FROM bill WHERE {partitions} GROUP BY {day}, {currency}
    ) AS counted
    WHERE {_WITHIN}"""


def _totals(facts: Facts, partitions: str) -> str:
    """The bill's own sums, read apart from the lines that are placed, so that one checks the other.

    What the invoice asks is the plain sum of its column, whatever the rules make of a line.
    """
    said, amounts = facts.said, facts.amounts
    return f"""SELECT
        day,
        {said["currency"]} AS currency,
        SUM({amounts["invoiced"]}) AS billed,
        SUM({amounts["effective"]}) AS effective,
        SUM({amounts["list"]}) AS list,
        SUM(lines) AS lines,
        SUM(CASE WHEN {said["invoice"]} <> '' THEN lines ELSE 0 END) AS invoiced_lines
    FROM {_added_up(facts, facts.amount_columns, partitions, is_whole=False)}
    GROUP BY day, {said["currency"]}
    ORDER BY day, currency"""


def _charges(facts: Facts, partitions: str) -> str:
    said = dict(facts.said) | {"terms": "''" if facts.machine_terms is None else "terms"}
    if facts.whole_tags is not None:
        said["team"] = f"""CASE WHEN {said["resource_id"]} = '' THEN team_of_nothing
            ELSE {said["team"]} END"""
    texts = ",\n        ".join(f"{said[name]} AS {name}" for name in CHARGE_KEYS[1:])
    amounts = ",\n        ".join(
        f"{facts.amounts[name]} AS {name}" for name in ("billed", "effective", "list", "netted")
    )
    return f"""SELECT
        day,
        {texts},
        {amounts},
        quantity,
        lines
    FROM {_added_up(facts, facts.columns, partitions, is_whole=True)}"""


def _splits(layout: Layout, facts: Facts, partitions: str) -> str:
    """Pods' rows of split cost allocation, by node, controller and CPU or memory."""
    c = layout.column
    split = amount(c("split_line_item_net_split_cost"), "NULL")
    unused = amount(c("split_line_item_net_unused_cost"), "NULL")
    said = {
        "resource_id": text(c("split_line_item_parent_resource_id")),
        "item": f"CASE WHEN {facts.said['item']} LIKE '%vCPU%' THEN 'cpu' ELSE 'memory' END",
        "cluster": facts.said["cluster"],
        "namespace": tag_of(layout, ("aws:eks:namespace",)),
        "workload_kind": tag_of(layout, ("aws:eks:workload-type",)),
        "workload": tag_of(layout, ("aws:eks:workload-name", "aws:eks:deployment")),
        "team": facts.said["team"],
    }
    texts = ", ".join(f"{sql} AS {name}" for name, sql in said.items())
    names = ", ".join(said)
    return f"""SELECT
        day, {names},
        CAST(SUM(split_cost) AS DOUBLE) AS split_cost,
        CAST(SUM(unused_cost) AS DOUBLE) AS unused_cost,
        SUM(quantity) AS quantity
    FROM (
        SELECT
            CAST({facts.starts_at} AS DATE) AS day, {texts},
            COALESCE({split}, {amount(c("split_line_item_split_cost"))}) AS split_cost,
            COALESCE({unused}, {amount(c("split_line_item_unused_cost"))}) AS unused_cost,
            {facts.sums["quantity"]} AS quantity
        FROM bill
        WHERE {partitions} AND {said["resource_id"]} <> ''
    ) AS pods
    WHERE {_WITHIN}
    GROUP BY day, {names}"""


def unreadable_cells(layout: Layout) -> Sequence[tuple[Column, str]]:
    """Text columns that hold numbers or times, and the type that each cell must have."""
    money = [
        "EffectiveCost",
        "BilledCost",
        "ListCost",
        "line_item_unblended_cost",
        "line_item_net_unblended_cost",
        "reservation_effective_cost",
        "savings_plan_savings_plan_effective_cost",
        "pricing_public_on_demand_cost",
    ]
    moments = ["ChargePeriodStart", "line_item_usage_start_date"]
    quantities = ["ConsumedQuantity", "PricingQuantity", "line_item_usage_amount"]
    wanted = (
        *((name, "TIMESTAMP") for name in moments),
        *((name, "DECIMAL(18, 10)") for name in money),
        *((name, "DOUBLE") for name in quantities),
    )
    found = ((layout.column(name), kind) for name, kind in wanted)
    return [(column, kind) for column, kind in found if column is not None and column.is_text]
