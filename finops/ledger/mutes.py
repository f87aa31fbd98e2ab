"""Mutes: what a team is not asked about until a day, and what it would have hidden."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from finops.domain.mutes import Mute, MuteScope
from finops.domain.opportunity import Opportunity
from finops.ledger.tables import mutes, opportunities


def add(connection: Connection, mute: Mute) -> int:
    """Write a mute; returns its id."""
    scope = mute.scope
    done = connection.execute(
        insert(mutes).values(
            name=mute.name,
            team=scope.team,
            kind=scope.kind,
            cluster=scope.cluster,
            namespace=scope.namespace,
            resource_key=scope.resource_key,
            reason=mute.reason,
            created_by=mute.created_by,
            created_at=mute.created_at,
            expires_at=mute.expires_at,
            ended_by="",
        )
    )
    [key] = done.inserted_primary_key or (0,)
    return int(key)


def active(connection: Connection, *, now: datetime) -> list[Mute]:
    """Those that hide something now, the first to expire first."""
    table = mutes
    query = select(table).where(table.c.ended_at.is_(None), table.c.expires_at > now)
    return [_mute(row) for row in connection.execute(query.order_by(table.c.expires_at))]


def end(connection: Connection, mute_id: int, *, by: str, now: datetime) -> bool:
    """End a mute before its day; False when it has ended."""
    done = connection.execute(
        update(mutes)
        .where(mutes.c.id == mute_id, mutes.c.ended_at.is_(None), mutes.c.expires_at > now)
        .values(ended_at=now, ended_by=by)
    )
    return done.rowcount == 1


def would_hide(
    connection: Connection, scope: MuteScope, *, since: datetime, limit: int
) -> tuple[int, list[str]]:
    """How many opportunities found since then it covers, and the newest of their ids."""
    table = opportunities
    where = [table.c.detected_at >= since, func.lower(table.c.team) == scope.team.lower()]
    for name in ("kind", "cluster", "namespace", "resource_key"):
        if wanted := getattr(scope, name):
            where.append(table.c[name] == wanted)
    count = connection.execute(select(func.count()).where(*where)).scalar() or 0
    newest = select(table.c.id).where(*where).order_by(table.c.detected_at.desc(), table.c.id)
    return int(count), list(connection.execute(newest.limit(limit)).scalars())


def is_muted(scopes: Sequence[MuteScope], row: Any) -> bool:
    """Whether one covers a row with `team, kind, cluster, namespace, resource_key`."""
    return any(
        scope.covers(
            team=row.team,
            kind=row.kind,
            cluster=row.cluster,
            namespace=row.namespace,
            resource_key=row.resource_key,
        )
        for scope in scopes
    )


def hides(scopes: Sequence[MuteScope], opportunity: Opportunity) -> bool:
    """Whether one covers this opportunity."""
    resource = opportunity.resource
    return any(
        scope.covers(
            team=opportunity.team,
            kind=opportunity.kind.value,
            cluster=resource.cluster,
            namespace=resource.namespace,
            resource_key=resource.key,
        )
        for scope in scopes
    )


def _mute(row: Any) -> Mute:
    scope = MuteScope(
        team=row.team,
        kind=row.kind,
        cluster=row.cluster,
        namespace=row.namespace,
        resource_key=row.resource_key,
    )
    return Mute(
        id=row.id,
        name=row.name,
        scope=scope,
        reason=row.reason,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
