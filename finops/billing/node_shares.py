"""SQL that splits each node's day among the containers on it, hour by hour, as AWS documents it.

A container is allotted the larger of its request and its usage. Where the containers of a node and
hour are allotted more than it has, all shrink alike and nothing is idle; else the rest is idle, and
AWS charges it to them in proportion. A core weighs nine GiB. A node's cost is the same in each hour
of a day: commitments come and go by the hour, and no team chose the hour in which they were absent.
"""

import duckdb

from finops.domain.errors import InvalidInput

CPU_WEIGHT = 9
"""One core is worth nine GiB (AWS, split cost allocation data)."""

# Nobody has a million cores or GiB in a container; such a figure is in another unit.
_LARGEST = 1_000_000

_CPU = "GREATEST(cpu_request_cores, cpu_usage_cores, 0)"
_MEMORY = "GREATEST(memory_request_gib, memory_usage_gib, 0)"

# Names are shorter than a UUID's text and repeat in every hour; a node's number is joined faster.
_NODES = """CREATE OR REPLACE TABLE nodes AS
SELECT
    row_number() OVER () AS number,
    day, cluster, resource_id,
    any_value(node) AS node,
    any_value(node_group) AS node_group,
    max(cpu_cores) AS cpu_cores,
    max(memory_gib) AS memory_gib,
    least(coalesce(max(hours), 0), 24) AS hours
FROM estate
WHERE role = 'node' AND cpu_cores > 0 AND memory_gib > 0
GROUP BY day, cluster, resource_id"""

_NODE_NAMES = """CREATE OR REPLACE TABLE node_names AS
SELECT day, cluster, node AS name, any_value(number) AS number
FROM nodes WHERE node <> '' GROUP BY ALL
UNION
SELECT day, cluster, resource_id, number FROM nodes"""

_NODE_HOURS = f"""CREATE OR REPLACE TABLE node_hours AS
SELECT
    hour, cluster, node,
    sum({_CPU}) AS cpu,
    sum({_MEMORY}) AS memory
FROM containers
GROUP BY hour, cluster, node"""

# What one core of demand in this hour is worth of the node's day, and how much of its idle part.
_FACTORS = f"""CREATE OR REPLACE TABLE factors AS
WITH sized AS (
    SELECT
        h.hour, h.cluster, h.node, n.number, h.cpu, h.memory, n.cpu_cores, n.memory_gib,
        {CPU_WEIGHT} * n.cpu_cores / ({CPU_WEIGHT} * n.cpu_cores + n.memory_gib) AS cpu_part,
        greatest(n.hours, count(*) OVER (PARTITION BY n.number)) AS hours
    FROM node_hours AS h
    JOIN node_names AS m
        ON m.day = CAST(h.hour AS DATE) AND m.cluster = h.cluster AND m.name = h.node
    JOIN nodes AS n ON n.number = m.number
)
SELECT
    hour, cluster, node, number,
    cpu_part / hours / greatest(cpu, cpu_cores) AS cpu_share,
    CASE WHEN cpu > 0 AND cpu < cpu_cores
        THEN cpu_part / hours * (1 - cpu / cpu_cores) / cpu ELSE 0 END AS cpu_idle,
    (1 - cpu_part) / hours / greatest(memory, memory_gib) AS memory_share,
    CASE WHEN memory > 0 AND memory < memory_gib
        THEN (1 - cpu_part) / hours * (1 - memory / memory_gib) / memory ELSE 0 END AS memory_idle
FROM sized"""

_SHARES = f"""CREATE OR REPLACE TABLE shares AS
SELECT
    f.number, c.namespace, c.workload_kind, c.workload, c.container, coalesce(c.team, '') AS team,
    sum({_CPU} * f.cpu_share) AS cpu,
    sum({_CPU} * f.cpu_idle) AS cpu_idle,
    sum({_MEMORY} * f.memory_share) AS memory,
    sum({_MEMORY} * f.memory_idle) AS memory_idle,
    sum({_CPU}) AS core_hours,
    sum({_MEMORY}) AS gib_hours
FROM containers AS c
JOIN factors AS f ON f.hour = c.hour AND f.node = c.node AND f.cluster = c.cluster
GROUP BY ALL"""

_WRONG = f"""SELECT hour, cluster, namespace, workload, container
FROM containers
WHERE hour IS NULL OR cluster IS NULL OR node IS NULL OR namespace IS NULL
    OR NOT (coalesce(cpu_request_cores, 0) BETWEEN 0 AND {_LARGEST})
    OR NOT (coalesce(cpu_usage_cores, 0) BETWEEN 0 AND {_LARGEST})
    OR NOT (coalesce(memory_request_gib, 0) BETWEEN 0 AND {_LARGEST})
    OR NOT (coalesce(memory_usage_gib, 0) BETWEEN 0 AND {_LARGEST})
LIMIT 1"""

# Split rows of the bill itself say what AWS has split already: they take the place of ours.
_BILLED_SHARES = """CREATE OR REPLACE TABLE billed_shares AS
WITH costs AS (
    SELECT n.number, s.*
    FROM splits AS s
    JOIN nodes AS n ON n.day = s.day AND n.resource_id = regexp_extract(s.resource_id, '[^/]*$')
),
whole AS (
    SELECT c.number, greatest(sum(split_cost + unused_cost), coalesce(max(effective), 0)) AS cost
    FROM costs AS c
    LEFT JOIN node_effective AS e ON e.number = c.number
    GROUP BY c.number
)
SELECT
    number, namespace, workload_kind, workload, '' AS container, team,
    sum(CASE WHEN item = 'cpu' THEN split_cost ELSE 0 END) / any_value(cost) AS cpu,
    sum(CASE WHEN item = 'cpu' THEN unused_cost ELSE 0 END) / any_value(cost) AS cpu_idle,
    sum(CASE WHEN item = 'memory' THEN split_cost ELSE 0 END) / any_value(cost) AS memory,
    sum(CASE WHEN item = 'memory' THEN unused_cost ELSE 0 END) / any_value(cost) AS memory_idle,
    sum(CASE WHEN item = 'cpu' THEN quantity ELSE 0 END) AS core_hours,
    sum(CASE WHEN item = 'memory' THEN quantity ELSE 0 END) AS gib_hours
FROM costs JOIN whole USING (number)
WHERE cost > 0
GROUP BY ALL"""


def number_nodes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `nodes` and `node_names` from `estate`."""
    connection.execute(_NODES)
    connection.execute(_NODE_NAMES)


def split_nodes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `shares` from `containers`: parts of each node's day (0-1), and hours of demand.

    Raises InvalidInput for figures that are negative, endless or in another unit.
    """
    wrong = connection.execute(_WRONG).fetchone()
    if wrong:
        raise InvalidInput(
            f"The usage of {wrong[2]}/{wrong[3]} ({wrong[4]}) in {wrong[1]} at {wrong[0]} has no "
            f"place, or is not between 0 and {_LARGEST:,} cores and GiB; nothing was allocated."
        )
    for statement in (_NODE_HOURS, _FACTORS, _SHARES):
        connection.execute(statement)


def take_billed_splits(connection: duckdb.DuckDBPyConnection) -> None:
    """Put AWS's own split of a node's day, from `splits`, in the place of ours."""
    connection.execute(_BILLED_SHARES)
    connection.execute(
        "DELETE FROM shares WHERE number IN (SELECT DISTINCT number FROM billed_shares)"
    )
    connection.execute("INSERT INTO shares SELECT * FROM billed_shares")
