"""Costs, baselines, reports, cycles, skips, messages and settings: the ledger's other facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from finops.domain.opportunity import Skipped
from finops.domain.verdict import CostBaseline, DailyCost
from finops.ledger import tables

_SETTING = select(tables.settings.c.value).where(tables.settings.c.key == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Message:
    """A message that stands somewhere for a subject: `message_id` is what that place calls it."""

    subject: str
    purpose: str
    channel: str
    message_id: str
    render_hash: str


def upsert(connection: Connection, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows or replace those with the same primary key."""
    keys = [column.name for column in table.primary_key]
    # One statement may not write a row twice (PostgreSQL), the last one wins; and two writers that
    # take the rows in the same order cannot lock each other out.
    unique = {tuple(row[key] for key in keys): dict(row) for row in values}
    rows = [unique[key] for key in sorted(unique)]
    if not rows:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    statement = insert(table)
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), rows)


def save_costs(connection: Connection, costs: Iterable[DailyCost], *, now: datetime) -> None:
    """Write what verification judges; a corrected day replaces what was known of it."""
    rows = [
        {
            "day": cost.day,
            "resource_key": cost.resource_key,
            "category": cost.category,
            "cluster": cost.cluster,
            "namespace": cost.namespace,
            "team": cost.team,
            "effective_cost": cost.effective_cost,
            "recorded_at": now,
        }
        for cost in costs
    ]
    upsert(connection, tables.resource_costs, rows)


def costs(
    connection: Connection,
    *,
    start: date,
    end: date,
    resource_key: str | None = None,
    category: str | None = None,
) -> list[DailyCost]:
    """Daily costs with `start <= day < end`, oldest first."""
    table = tables.resource_costs
    query = select(table).where(table.c.day >= start, table.c.day < end)
    if resource_key is not None:
        query = query.where(table.c.resource_key == resource_key)
    if category is not None:
        query = query.where(table.c.category == category)
    return [
        DailyCost(
            day=row.day,
            resource_key=row.resource_key,
            category=row.category,
            effective_cost=row.effective_cost,
            cluster=row.cluster,
            namespace=row.namespace,
            team=row.team,
        )
        for row in connection.execute(query.order_by(table.c.day, table.c.resource_key))
    ]


def daily_totals(connection: Connection, *, category: str) -> list[tuple[date, Decimal]]:
    """What each day cost in US dollars over all resources of that category, oldest first."""
    table = tables.resource_costs
    query = (
        select(table.c.day, func.sum(table.c.effective_cost, type_=tables.Usd()))
        .where(table.c.category == category)
        .group_by(table.c.day)
        .order_by(table.c.day)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def covered_days(
    connection: Connection, *, start: date, end: date, category: str, cluster: str
) -> list[date]:
    """The days of a cluster's bill with a line of that category, `start <= day < end`."""
    table = tables.resource_costs
    query = select(table.c.day).distinct().where(table.c.day >= start, table.c.day < end)
    query = query.where(table.c.category == category, table.c.cluster.in_([cluster, ""]))
    return list(connection.execute(query.order_by(table.c.day)).scalars())


def save_baseline(connection: Connection, baseline: CostBaseline, *, now: datetime) -> None:
    """Write the baseline of a revision once; a second one for it changes nothing."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    connection.execute(
        insert(tables.cost_baselines)
        .values(
            opportunity_id=baseline.opportunity_id,
            revision=baseline.revision,
            resource_key=baseline.resource_key,
            effective_cost_usd_per_month=baseline.effective_cost_usd_per_month,
            method=baseline.method,
            period_start=baseline.period_start,
            period_end=baseline.period_end,
            recorded_at=now,
        )
        .on_conflict_do_nothing(index_elements=["opportunity_id", "revision"])
    )


def baseline(connection: Connection, opportunity_id: str) -> CostBaseline | None:
    """The newest baseline of an opportunity."""
    table = tables.cost_baselines
    row = connection.execute(
        select(table)
        .where(table.c.opportunity_id == opportunity_id)
        .order_by(table.c.revision.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return CostBaseline(
        opportunity_id=row.opportunity_id,
        revision=row.revision,
        resource_key=row.resource_key,
        effective_cost_usd_per_month=row.effective_cost_usd_per_month,
        method=row.method,
        period_start=row.period_start,
        period_end=row.period_end,
    )


def save_cycle(
    connection: Connection,
    *,
    cluster: str,
    taken_at: datetime,
    found: int,
    skipped: Sequence[Skipped],
    gaps: Sequence[Mapping[str, str]],
) -> None:
    """Write that a cycle ran; the cluster's skips of the cycle before are replaced."""
    connection.execute(
        tables.cycles.insert().values(
            cluster=cluster,
            taken_at=taken_at,
            found=found,
            skipped=len(skipped),
            gaps=[dict(gap) for gap in gaps],
        )
    )
    connection.execute(delete(tables.skips).where(tables.skips.c.cluster == cluster))
    rows = [
        {
            "cluster": cluster,
            "detector": skip.detector,
            "resource_key": skip.resource_key,
            "team": skip.team,
            "reason": skip.reason,
            "seen_at": taken_at,
        }
        for skip in skipped
    ]
    upsert(connection, tables.skips, rows)


def skips(connection: Connection) -> list[Skipped]:
    """The reasoned noes of each cluster's newest cycle."""
    query = select(tables.skips).order_by(tables.skips.c.resource_key, tables.skips.c.detector)
    return [
        Skipped(row.detector, row.resource_key, row.reason, row.team)
        for row in connection.execute(query)
    ]


def newest_cycles(connection: Connection) -> list[Any]:
    """The newest cycle of each cluster: `cluster, taken_at, found, skipped, gaps`."""
    table = tables.cycles
    newest = select(func.max(table.c.id)).group_by(table.c.cluster)
    return list(
        connection.execute(select(table).where(table.c.id.in_(newest)).order_by(table.c.id.desc()))
    )


def save_report(connection: Connection, *, now: datetime, **values: Any) -> None:
    """Write a report; a later one for the same period replaces it."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    statement = insert(tables.savings_reports).values(created_at=now, **values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "scope", "period_start"],
            set_={
                "report": statement.excluded.report,
                "period_end": statement.excluded.period_end,
                "created_at": statement.excluded.created_at,
            },
        )
    )


def report_before(connection: Connection, *, kind: str, scope: str, until: datetime) -> Any:
    """The newest report of that kind that ended by `until`, as it was kept; None without one."""
    table = tables.savings_reports
    query = (
        select(table.c.report)
        .where(table.c.kind == kind, table.c.scope == scope, table.c.period_end <= until)
        .order_by(table.c.period_end.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def save_message(connection: Connection, message: Message, *, now: datetime) -> None:
    """Remember where a message stands and what it shows."""
    row = {
        "subject": message.subject,
        "purpose": message.purpose,
        "channel": message.channel,
        "message_id": message.message_id,
        "render_hash": message.render_hash,
        "posted_at": now,
    }
    upsert(connection, tables.messages, [row])


def messages(connection: Connection, *, subject: str, purpose: str) -> list[Message]:
    """Where messages of that purpose about that subject stand."""
    table = tables.messages
    query = select(table).where(table.c.subject == subject, table.c.purpose == purpose)
    return [
        Message(r.subject, r.purpose, r.channel, r.message_id, r.render_hash)
        for r in connection.execute(query.order_by(table.c.channel))
    ]


def put_setting(connection: Connection, key: str, value: object, *, by: str, now: datetime) -> None:
    """Keep a setting that was made at run time."""
    put_settings(connection, {key: value}, by=by, now=now)


def put_settings(
    connection: Connection, kept: Mapping[str, object], *, by: str, now: datetime
) -> None:
    """Keep several in one statement."""
    rows = [
        {"key": key, "value": value, "updated_at": now, "updated_by": by}
        for key, value in kept.items()
    ]
    upsert(connection, tables.settings, rows)


def setting(connection: Connection, key: str) -> Any:
    """A setting made at run time, or None."""
    return connection.execute(_SETTING, {"key": key}).scalar()


def settings_below(connection: Connection, prefix: str) -> dict[str, Any]:
    """The settings whose key begins with `prefix`, by what follows it."""
    table = tables.settings
    query = select(table.c.key, table.c.value).where(
        table.c.key.startswith(prefix, autoescape=True)
    )
    return {row.key.removeprefix(prefix): row.value for row in connection.execute(query)}
