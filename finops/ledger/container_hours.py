"""Who ran where, day by day, for as long as a bill may still be corrected."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from finops.domain.costs import ContainerDay
from finops.ledger import tables
from finops.ledger.history import upsert

_TABLE = tables.container_hours
# A month is final within the first days of the next one.
KEEP_DAYS = 75


def save_day(connection: Connection, day: ContainerDay, *, now: datetime) -> None:
    """Write a cluster's day; a later one takes its place."""
    row = {
        "cluster": day.cluster,
        "day": day.day,
        "hours": day.hours,
        "containers": day.containers,
        "estate": day.estate,
        "recorded_at": now,
    }
    upsert(connection, _TABLE, [row])


def known_day(connection: Connection, cluster: str, day: date) -> ContainerDay | None:
    """One cluster's day, None when nobody looked."""
    query = select(_TABLE).where(_TABLE.c.cluster == cluster, _TABLE.c.day == day)
    row = connection.execute(query).first()
    return None if row is None else _day(row)


def known_days(connection: Connection, *, start: date, end: date) -> list[ContainerDay]:
    """Every cluster's days with `start <= day < end`, oldest first."""
    query = select(_TABLE).where(_TABLE.c.day >= start, _TABLE.c.day < end)
    return [_day(row) for row in connection.execute(query.order_by(_TABLE.c.day, _TABLE.c.cluster))]


def forget(connection: Connection, *, now: datetime) -> None:
    """Drop what no bill will be split by again."""
    since = now.date() - timedelta(days=KEEP_DAYS)
    connection.execute(delete(_TABLE).where(_TABLE.c.day < since))


def _day(row: Any) -> ContainerDay:
    return ContainerDay(
        cluster=row.cluster,
        day=row.day,
        hours=row.hours,
        containers=bytes(row.containers),
        estate=bytes(row.estate),
    )
