"""Who ran where, hour by hour: the tables that node costs are split by. Pure but for Parquet.

`containers`, one row for each pod's container (or several that are alike) and hour:

    hour               start of the hour, UTC
    cluster, node      node: its name in Kubernetes or its instance id
    namespace, workload_kind, workload, container, team
    cpu_request_cores, cpu_usage_cores, memory_request_gib, memory_usage_gib
                       means over the hour; a pod that ran for half of it counts half; NULL is 0

`estate`, one row for each cloud resource that belongs to a cluster, and day:

    day, cluster, role, resource_id
                       role: node, volume, shared, workload; resource_id as the bill writes it, or
                       its last part
    node, node_group, cpu_cores, memory_gib, hours     of a node: its name, size and hours it ran
    namespace, workload_kind, workload, team           whose volume or load balancer it is

Both are written by the bot itself (`container_hours` in the ledger) and may be given as Parquet or
CSV files of the same columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import duckdb

from finops.domain.errors import InvalidInput

CONTAINER_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "hour": "TIMESTAMP",
        **dict.fromkeys(
            ("cluster", "node", "namespace", "workload_kind", "workload", "container", "team"),
            "VARCHAR",
        ),
        **dict.fromkeys(
            (
                "cpu_request_cores",
                "cpu_usage_cores",
                "memory_request_gib",
                "memory_usage_gib",
            ),
            "DOUBLE",
        ),
    }
)
ESTATE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "day": "DATE",
        **dict.fromkeys(("cluster", "role", "resource_id", "node", "node_group"), "VARCHAR"),
        **dict.fromkeys(("cpu_cores", "memory_gib", "hours"), "DOUBLE"),
        **dict.fromkeys(("namespace", "workload_kind", "workload", "team"), "VARCHAR"),
    }
)


@dataclass(frozen=True, slots=True)
class UsageFiles:
    """Parquet or CSV files of `containers` and of `estate`; none means that nothing is known."""

    containers: tuple[str, ...] = ()
    estate: tuple[str, ...] = ()


def open_usage(connection: duckdb.DuckDBPyConnection, files: UsageFiles) -> None:
    """Make the files the views `containers` and `estate`; without any both are empty.

    Raises InvalidInput that names the file and the columns that are missing.
    """
    _open(connection, "containers", files.containers, CONTAINER_TYPES)
    _open(connection, "estate", files.estate, ESTATE_TYPES)


def _open(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    paths: Sequence[str],
    types: Mapping[str, str],
) -> None:
    if not paths:
        columns = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in types.items())
        connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT {columns} WHERE FALSE")
        return
    try:
        if all(path.endswith(".parquet") for path in paths):
            relation = connection.read_parquet(list(paths), union_by_name=True)
        else:
            relation = connection.read_csv(list(paths), header=True, all_varchar=True)
    except duckdb.Error as error:
        text = " ".join(str(error).split("\n\n")[0].split())
        raise InvalidInput(f"{paths[0]} ({name}) cannot be read: {text[:300]}") from error
    missing = sorted(set(types) - set(relation.columns) - {"team"})
    if missing:
        raise InvalidInput(f"{paths[0]} ({name}): the columns {', '.join(missing)} are missing.")
    present = {column: column if column in relation.columns else "''" for column in types}
    relation.project(
        ", ".join(f"CAST({sql} AS {types[column]}) AS {column}" for column, sql in present.items())
    ).create_view(name, replace=True)
