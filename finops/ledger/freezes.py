"""Freezes: what may not be changed, by whose word and until when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from finops.domain.freezes import Freeze, FreezeReach, FreezeScope
from finops.ledger.tables import freezes

_ACTIVE = (
    select(freezes)
    .where(
        freezes.c.ended_at.is_(None),
        or_(freezes.c.until.is_(None), freezes.c.until > bindparam("now")),
    )
    .order_by(freezes.c.id)
)


def add(connection: Connection, freeze: Freeze) -> int:
    """Write a freeze; returns its id."""
    done = connection.execute(
        insert(freezes).values(
            reach=freeze.scope.reach,
            name=freeze.scope.name,
            reason=freeze.reason,
            frozen_by=freeze.by,
            frozen_at=freeze.at,
            until=freeze.until,
            ended_by="",
        )
    )
    [key] = done.inserted_primary_key or (0,)
    return int(key)


def active(connection: Connection, *, now: datetime) -> tuple[Freeze, ...]:
    """Those that hold now, the oldest first."""
    return tuple(_freeze(row) for row in connection.execute(_ACTIVE, {"now": now}))


def end(connection: Connection, freeze_id: int, *, by: str, now: datetime) -> bool:
    """End one before its time; False when somebody has."""
    done = connection.execute(
        update(freezes)
        .where(freezes.c.id == freeze_id, freezes.c.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
    )
    return done.rowcount == 1


def _freeze(row: Any) -> Freeze:
    return Freeze(
        id=row.id,
        scope=FreezeScope(FreezeReach(row.reach), row.name),
        by=row.frozen_by,
        at=row.frozen_at,
        until=row.until,
        reason=row.reason,
    )
