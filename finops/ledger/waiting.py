"""Who still has to be told of what: a few columns of many rows, asked at every tick."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, String, and_, cast, exists, literal, or_, select

from finops.domain.lifecycle import Status
from finops.ledger.outbox import OutboxStatus
from finops.ledger.tables import messages, opportunities, outbox

# What mutes look at.
_ABOUT = (
    opportunities.c.id,
    opportunities.c.team,
    opportunities.c.kind,
    opportunities.c.cluster,
    opportunities.c.namespace,
    opportunities.c.resource_key,
)
# What could not be posted is offered again on another day: somebody may have mended it.
OFFER_AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Uncarded:
    """An opportunity whose revision has no card; `is_shown` when a former revision has one."""

    id: str
    team: str
    revision: int
    is_shown: bool
    kind: str
    cluster: str
    namespace: str
    resource_key: str
    usd_per_month: Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """An opportunity somebody may not have heard of."""

    id: str
    team: str
    cluster: str
    detected_at: datetime
    kind: str
    namespace: str
    resource_key: str


def card_key(opportunity_id: str, revision: int) -> str:
    """The idempotency key of a revision's card."""
    return f"card:{opportunity_id}:r{revision}"


def uncarded(connection: Connection, *, wall: datetime) -> list[Uncarded]:
    """Detected opportunities whose card was never asked for, the largest saving first."""
    table = opportunities
    key = literal("card:") + table.c.id + literal(":r") + cast(table.c.revision, String)
    is_shown = exists().where(messages.c.subject == table.c.id, messages.c.purpose == "card")
    given_up = and_(
        outbox.c.status == OutboxStatus.DEAD, outbox.c.finished_at <= wall - OFFER_AGAIN_AFTER
    )
    query = (
        select(
            *_ABOUT,
            table.c.revision,
            is_shown.label("is_shown"),
            table.c.cashable_usd_per_month,
            table.c.freed_usd_per_month,
        )
        .select_from(table.outerjoin(outbox, outbox.c.idempotency_key == key))
        .where(table.c.status == Status.DETECTED, or_(outbox.c.id.is_(None), given_up))
        .order_by((table.c.cashable_usd_per_month + table.c.freed_usd_per_month).desc(), table.c.id)
    )
    return [
        Uncarded(
            r.id, r.team, r.revision, r.is_shown, r.kind, r.cluster, r.namespace, r.resource_key,
            max(r.cashable_usd_per_month, r.freed_usd_per_month),
        )
        for r in connection.execute(query)
    ]  # fmt: skip


def found(connection: Connection, *, statuses: Collection[Status]) -> list[Found]:
    """All opportunities of these statuses, the largest saving first."""
    table = opportunities
    query = (
        select(*_ABOUT, table.c.detected_at)
        .where(table.c.status.in_(statuses))
        .order_by((table.c.cashable_usd_per_month + table.c.freed_usd_per_month).desc(), table.c.id)
    )
    return [
        Found(r.id, r.team, r.cluster, r.detected_at, r.kind, r.namespace, r.resource_key)
        for r in connection.execute(query)
    ]
