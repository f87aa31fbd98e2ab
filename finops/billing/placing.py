"""SQL that puts every charge into one place: allocated, idle, shared or unallocated.

`charges` (what the bill says by day and resource) and `shares` (who had how much of a node's day)
become `placed` and then `micros`; `rounding.py` makes them add up.
"""

from collections.abc import Mapping, Sequence

import duckdb

PLACE_KEYS = (
    "day",
    "currency",
    "category",
    "account",
    "service",
    "item",
    "region",
    "cluster",
    "namespace",
    "workload_kind",
    "workload",
    "team",
    "resource_key",
    "usage_unit",
)
AMOUNTS = ("billed", "effective", "list")
# Under a cent a day a resource is added to its like: a bill has millions of such lines.
SMALL = "0.01"
_KEYS = ", ".join(PLACE_KEYS)
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in (*AMOUNTS, "quantity"))

# Ids that AWS makes up are unique without their ARN, and a balancer is known by its name.
_ID = r"""CASE
    WHEN NOT contains({0}, '/') THEN {0}
    WHEN regexp_matches({0}, '(^|/)(i|vol|nat|eni|vpce|snap|eipalloc)-[0-9a-f]{{8,17}}$')
        THEN regexp_extract({0}, '[^/]*$')
    WHEN contains({0}, 'loadbalancer/')
        THEN regexp_extract({0}, 'loadbalancer/(?:app/|net/|gwy/)?([^/]+)', 1)
    ELSE {0} END"""

_ESTATE = f"""CREATE OR REPLACE TABLE resources AS
SELECT
    e.day, {_ID.format("e.resource_id")} AS id, any_value(e.role) AS role,
    any_value(e.cluster) AS cluster, any_value(e.namespace) AS namespace,
    any_value(e.workload_kind) AS workload_kind, any_value(e.workload) AS workload,
    any_value(e.team) AS team, any_value(n.number) AS number, any_value(n.node_group) AS node_group
FROM estate AS e
LEFT JOIN nodes AS n
    ON e.role = 'node' AND n.day = e.day AND n.cluster = e.cluster AND n.resource_id = e.resource_id
GROUP BY ALL"""

_KNOWN = f"""CREATE OR REPLACE TABLE known AS
SELECT
    c.day, c.currency, c.account, c.service, c.item, c.region, c.resource_id, c.charge,
    c.usage_unit, coalesce(t.name, c.team) AS team, c.cluster AS tagged_cluster,
    CAST(c.billed AS DOUBLE) AS billed, CAST(c.effective AS DOUBLE) AS effective,
    CAST(c.list AS DOUBLE) AS list, c.quantity,
    r.role, r.cluster, r.namespace, r.workload_kind, r.workload, r.team AS known_team, r.number,
    r.node_group
FROM charges AS c
LEFT JOIN resources AS r ON r.day = c.day AND r.id = {_ID.format("c.resource_id")}
LEFT JOIN team_names AS t ON c.team <> '' AND t.spelling = lower(c.team)
WHERE c.charge <> 'split'"""

_NODE_EFFECTIVE = """CREATE OR REPLACE TABLE node_effective AS
SELECT number, sum(effective) AS effective FROM known
WHERE number IS NOT NULL AND charge = 'usage' GROUP BY number"""

# A node whose cluster was not watched on that day is a resource like any other.
_NODE_CHARGES = """CREATE OR REPLACE TABLE node_charges AS
SELECT
    k.number, k.day, k.currency, k.account, k.service, k.region, k.cluster, k.node_group,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list,
    sum(CASE WHEN lower(k.usage_unit) IN ('hrs', 'hours', 'hour') THEN quantity ELSE 0 END)
        AS quantity
FROM known AS k
WHERE k.number IS NOT NULL AND (k.day, k.cluster) IN (
    SELECT DISTINCT n.day, n.cluster FROM shares AS s JOIN nodes AS n ON n.number = s.number)
GROUP BY ALL"""

_PARTS = ("cpu", "cpu_idle", "memory", "memory_idle")
_WORKLOAD_PARTS = f"""CREATE OR REPLACE TABLE workload_parts AS
WITH workloads AS (
    SELECT number, namespace, workload_kind, workload, team,
        {", ".join(f"sum({part}) AS {part}" for part in (*_PARTS, "core_hours", "gib_hours"))}
    FROM shares GROUP BY ALL
)
SELECT
    c.day, c.currency, c.account, c.service, c.region, c.cluster,
    w.namespace, w.workload_kind, w.workload, w.team,
    {
    ", ".join(
        f"sum(c.{amount} * w.{part}) AS {amount}_{part}" for part in _PARTS for amount in AMOUNTS
    )
},
    sum(CASE WHEN c.quantity > 0 THEN w.core_hours ELSE 0 END) AS core_hours,
    sum(CASE WHEN c.quantity > 0 THEN w.gib_hours ELSE 0 END) AS gib_hours
FROM node_charges AS c JOIN workloads AS w ON w.number = c.number
GROUP BY ALL"""

_NODE_REST = f"""INSERT INTO placed
SELECT
    c.day, c.currency, 'idle', c.account, c.service, 'node', c.region, c.cluster, '', '', '', '',
    CASE WHEN coalesce(c.node_group, '') <> '' THEN c.cluster || '/NodeGroup/' || c.node_group
        ELSE '' END, '',
    {", ".join(f"sum(c.{amount} * (1 - coalesce(w.whole, 0)))" for amount in AMOUNTS)}, 0
FROM node_charges AS c
LEFT JOIN (SELECT number, {" + ".join(f"sum({part})" for part in _PARTS)} AS whole
    FROM shares GROUP BY number) AS w ON w.number = c.number
GROUP BY ALL"""


def _workload_rows(part: str, hours: str, unit: str) -> str:
    """One of the four parts of workloads' nodes as rows; kube-system serves everybody."""
    is_idle = part.endswith("_idle")
    category = (
        "'idle'" if is_idle else "CASE WHEN s.name IS NULL THEN 'allocated' ELSE 'shared' END"
    )
    return f"""INSERT INTO placed
SELECT
    p.day, p.currency, {category}, p.account, p.service, '{part.removesuffix("_idle")}', p.region,
    p.cluster, p.namespace, p.workload_kind, p.workload, p.team,
    p.cluster || '/' || p.namespace || '/' || p.workload_kind || '/' || p.workload, '{unit}',
    {", ".join(f"p.{amount}_{part}" for amount in AMOUNTS)}, {"0" if is_idle else hours}
FROM workload_parts AS p LEFT JOIN shared_namespaces AS s ON s.name = p.namespace"""


_IS_CONTROL_PLANE = "regexp_matches(resource_id, ':eks:.*:cluster/')"
_SERVES_ALL = f"""({_IS_CONTROL_PLANE} OR (tagged_cluster <> '' AND regexp_matches(
    item || ' ' || resource_id, 'NatGateway|natgateway/|LoadBalancer|loadbalancer/|LCUUsage')))"""
# A fee buys a commitment (billed, for everybody); what of it nobody used is idle (effective).
_REST = f"""INSERT INTO placed
WITH rest AS (
    SELECT *,
        CASE
            WHEN charge = 'unused' THEN 'idle'
            WHEN charge = 'fee' THEN 'unallocated'
            WHEN role = 'shared' OR {_SERVES_ALL} THEN 'shared'
            WHEN role IN ('volume', 'workload')
                AND namespace IN (SELECT name FROM shared_namespaces) THEN 'shared'
            WHEN resource_id <> '' AND charge <> 'tax' THEN 'allocated'
            ELSE 'unallocated' END AS category,
        coalesce(nullif(cluster, ''), CASE WHEN {_IS_CONTROL_PLANE}
            THEN regexp_extract(resource_id, 'cluster/([^/]+)', 1) ELSE tagged_cluster END) AS its
    FROM known
    WHERE number IS NULL OR number NOT IN (SELECT number FROM node_charges)
)
SELECT
    day, currency, category, account, service, item, region, coalesce(its, ''),
    coalesce(namespace, ''), coalesce(workload_kind, ''), coalesce(workload, ''),
    coalesce(nullif(known_team, ''), team, ''),
    CASE
        WHEN role = 'volume' THEN its || '/Volume/' || {_ID.format("resource_id")}
        WHEN role = 'node' AND coalesce(node_group, '') <> ''
            THEN its || '/NodeGroup/' || node_group
        ELSE resource_id END,
    usage_unit, billed, CASE WHEN charge = 'fee' THEN 0 ELSE effective END, list, quantity
FROM rest
UNION ALL
SELECT day, currency, 'idle', account, service, item, region, '', '', '', '', team, resource_id,
    usage_unit, 0, effective, 0, 0
FROM rest WHERE charge = 'fee' AND effective <> 0"""

# Covered usage and its negation cancel out; this is what one of them lacks of the other.
_NETTED = """INSERT INTO placed
SELECT day, currency, 'unallocated', account, '', 'SavingsPlanNegation', '', '', '', '', '', '', '',
    '', CAST(sum(netted) AS DOUBLE), 0, 0, 0
FROM charges GROUP BY ALL HAVING sum(netted) <> 0"""

_MICROS = ", ".join(f"CAST(round({amount} * 1000000) AS BIGINT) AS {amount}" for amount in AMOUNTS)
_IS_SMALL = f"""cluster = '' AND resource_key <> ''
    AND greatest(abs(billed), abs(effective), abs(list)) < {SMALL}"""

# Who is served pays by what is theirs: the documented key.
_MICRO_ROWS = f"""CREATE OR REPLACE TABLE micros AS
WITH theirs AS (
    SELECT day, currency, cluster, namespace, team, sum(effective) AS effective
    FROM placed
    WHERE category = 'allocated' AND cluster <> '' AND namespace <> ''
    GROUP BY ALL HAVING sum(effective) > 0
),
weights AS (
    SELECT *, effective / sum(effective) OVER (PARTITION BY day, currency, cluster) AS weight
    FROM theirs
),
small AS (
    SELECT * REPLACE ('' AS resource_key) FROM placed WHERE category <> 'shared' AND {_IS_SMALL}
),
whole AS (
    SELECT {_KEYS}, {", ".join(AMOUNTS)}, quantity FROM placed
    WHERE category <> 'shared' AND NOT ({_IS_SMALL})
    UNION ALL
    SELECT {_KEYS}, {_SUMS} FROM small GROUP BY {_KEYS}
    UNION ALL
    SELECT p.day, p.currency, p.category, p.account, p.service, p.item, p.region, p.cluster,
        coalesce(w.namespace, ''), '', '', coalesce(w.team, ''), '', p.usage_unit,
        {", ".join(f"p.{amount} * coalesce(w.weight, 1)" for amount in (*AMOUNTS, "quantity"))}
    FROM (
        SELECT day, currency, category, account, service, item, region, cluster, usage_unit, {_SUMS}
        FROM placed WHERE category = 'shared' GROUP BY ALL
    ) AS p
    LEFT JOIN weights AS w ON w.day = p.day AND w.currency = p.currency AND w.cluster = p.cluster
)
SELECT {_KEYS}, {_MICROS}, quantity FROM whole
WHERE {" OR ".join(f"{amount} <> 0" for amount in AMOUNTS)}"""


def know_resources(connection: duckdb.DuckDBPyConnection, *, team_names: Mapping[str, str]) -> None:
    """Make `known`: every charge with what the estate says of its resource."""
    connection.execute("CREATE OR REPLACE TABLE team_names (spelling VARCHAR, name VARCHAR)")
    for spelling, name in {word.lower(): name for word, name in team_names.items()}.items():
        connection.execute("INSERT INTO team_names VALUES (?, ?)", [spelling, name])
    for statement in (_ESTATE, _KNOWN, _NODE_EFFECTIVE):
        connection.execute(statement)


def place_charges(
    connection: duckdb.DuckDBPyConnection, *, shared_namespaces: Sequence[str]
) -> None:
    """Make `micros` from `known` and `shares`: a row for each place, in whole millionths."""
    connection.execute("CREATE OR REPLACE TABLE shared_namespaces (name VARCHAR)")
    for name in shared_namespaces:
        connection.execute("INSERT INTO shared_namespaces VALUES (?)", [name])
    texts = ", ".join(f"{k} VARCHAR" for k in PLACE_KEYS[1:])
    amounts = ", ".join(f"{name} DOUBLE" for name in (*AMOUNTS, "quantity"))
    connection.execute(f"CREATE OR REPLACE TABLE placed (day DATE, {texts}, {amounts})")
    for statement in (_NODE_CHARGES, _WORKLOAD_PARTS, _NODE_REST):
        connection.execute(statement)
    for part in _PARTS:
        is_cpu = part.startswith("cpu")
        hours, unit = ("core_hours", "core-hours") if is_cpu else ("gib_hours", "GiB-hours")
        connection.execute(_workload_rows(part, hours, unit))
    for statement in (_REST, _NETTED, _MICRO_ROWS):
        connection.execute(statement)
