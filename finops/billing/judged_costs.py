"""SQL for what verification judges: containers by their share, node groups and volumes as billed.

These are views of the same dollars, each day and resource by itself; they are never added up. CPU
and memory are parted here by the prices that savings are promised in (`unit_prices`), because a
verdict compares the two.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb

from finops.billing.node_shares import CPU_WEIGHT
from finops.domain.prices import DEFAULT_UNIT_PRICES
from finops.domain.verdict import DailyCost

# 0.031611 ÷ 0.004237: how many GiB a core is worth in our own prices.
_OUR_WEIGHT = float(
    DEFAULT_UNIT_PRICES.cpu_usd_per_core_hour / DEFAULT_UNIT_PRICES.memory_usd_per_gib_hour
)
# From AWS's part of a node to ours: c and m are its cores and GiB.
_CPU = f"({_OUR_WEIGHT} / ({_OUR_WEIGHT} * c + m)) / ({CPU_WEIGHT} / ({CPU_WEIGHT} * c + m))"
_MEMORY = f"(1 / ({_OUR_WEIGHT} * c + m)) / (1 / ({CPU_WEIGHT} * c + m))"

_JUDGED = f"""WITH sized AS (
    SELECT number, cpu_cores AS c, memory_gib AS m FROM nodes
),
-- A disk is its cluster's for ever, also on the days before anybody looked.
volumes AS (
    SELECT id, any_value(cluster) AS cluster, any_value(namespace) AS namespace,
        any_value(team) AS team
    FROM resources WHERE role = 'volume' GROUP BY id
),
costs AS (
    SELECT day, number, sum(effective) AS effective FROM node_charges
    WHERE currency = 'USD' GROUP BY ALL
),
containers AS (
    SELECT k.day, n.cluster, s.namespace, s.workload_kind, s.workload, s.container,
        any_value(s.team) AS team,
        sum(k.effective * s.cpu * {_CPU}) AS cpu,
        sum(k.effective * s.memory * {_MEMORY}) AS memory
    FROM shares AS s
    JOIN costs AS k ON k.number = s.number
    JOIN nodes AS n ON n.number = s.number
    JOIN sized ON sized.number = s.number
    WHERE s.container <> ''
    GROUP BY ALL
)
SELECT day, concat_ws('/', cluster, namespace, workload_kind, workload, container) AS key,
    'allocated_cpu' AS category, cluster, namespace, team, cpu AS cost FROM containers
UNION ALL
SELECT day, concat_ws('/', cluster, namespace, workload_kind, workload, container),
    'allocated_memory', cluster, namespace, team, memory FROM containers
UNION ALL
SELECT day, cluster || '/NodeGroup/' || node_group, 'billed', cluster, '', '', sum(effective)
FROM known WHERE node_group <> '' AND currency = 'USD' GROUP BY ALL
UNION ALL
SELECT k.day, v.cluster || '/Volume/' || v.id, 'billed', v.cluster, any_value(v.namespace),
    any_value(v.team), sum(k.effective)
FROM known AS k JOIN volumes AS v ON v.id = regexp_extract(k.resource_id, '[^/]*$')
WHERE k.currency = 'USD' GROUP BY ALL
UNION ALL
SELECT k.day, k.resource_id, 'billed', '', '', any_value(k.team), sum(k.effective)
FROM known AS k
WHERE k.role IS NULL AND regexp_matches(k.resource_id, '(^|/)(vol|i)-[0-9a-f]{{8,17}}$')
    AND k.currency = 'USD'
    AND regexp_extract(k.resource_id, '[^/]*$') NOT IN (SELECT id FROM volumes)
GROUP BY ALL"""


def judged_costs(connection: duckdb.DuckDBPyConnection) -> Iterator[DailyCost]:
    """Daily costs (US dollars only), with the keys of `domain.opportunity.Resource`."""
    cursor = connection.cursor()
    cursor.execute(_JUDGED)
    while some := cursor.fetchmany(1_000):
        for day, key, category, cluster, namespace, team, cost in some:
            yield DailyCost(
                day=day if isinstance(day, date) else date.fromisoformat(str(day)),
                resource_key=str(key)[:700],
                category=category,
                effective_cost=Decimal(str(round(cost, 6))),
                cluster=cluster,
                namespace=namespace or "",
                team=team or "",
            )
