"""Plans of the week: which opportunities stand in a team's message, and what was struck out."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.plans import Plan, PlanItem
from finops.ledger.codec import record_from
from finops.ledger.tables import messages, opportunities, outbox, plan_items, plans

_HOLDING = (
    select(plan_items.c.plan_id)
    .where(plan_items.c.opportunity_id == bindparam("opportunity"))
    .order_by(plan_items.c.plan_id)
)


def create(connection: Connection, plan: Plan) -> bool:
    """Write a plan; False when the team has one for that week, whoever wrote it."""
    write = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    done = connection.execute(
        write(plans)
        .values(
            id=plan.id,
            team=plan.team,
            week=plan.week,
            struck=[],
            left_out=plan.left_out,
            created_at=plan.created_at,
        )
        .on_conflict_do_nothing()
    )
    if done.rowcount != 1:
        return False
    rows = [
        {"plan_id": plan.id, "opportunity_id": item.opportunity_id, "position": place}
        | {"score": item.score}
        for place, item in enumerate(plan.items)
    ]
    connection.execute(insert(plan_items), rows)
    return True


def get(connection: Connection, plan_id: str) -> Plan | None:
    """One plan with its items in their order."""
    row = connection.execute(select(plans).where(plans.c.id == plan_id)).first()
    if row is None:
        return None
    table = plan_items
    items = connection.execute(
        select(table).where(table.c.plan_id == plan_id).order_by(table.c.position)
    )
    newest = select(func.max(plans.c.created_at)).where(plans.c.team == row.team)
    return Plan(
        id=row.id,
        team=row.team,
        week=row.week,
        items=tuple(PlanItem(item.opportunity_id, item.score) for item in items),
        struck=frozenset(row.struck),
        left_out=row.left_out,
        created_at=row.created_at,
        is_newest=connection.execute(newest).scalar() == row.created_at,
    )


def exists_for(connection: Connection, *, team: str, week: str) -> bool:
    """Whether a team has its plan of that week."""
    found = select(plans.c.id).where(plans.c.team == team, plans.c.week == week)
    return connection.execute(found).first() is not None


def of_team(connection: Connection, team: str) -> list[str]:
    """The ids of a team's plans, the newest first."""
    query = select(plans.c.id).where(plans.c.team == team).order_by(plans.c.created_at.desc())
    return list(connection.execute(query).scalars())


def holding(connection: Connection, opportunity_id: str) -> list[str]:
    """The ids of the plans in which an opportunity stands."""
    return list(connection.execute(_HOLDING, {"opportunity": opportunity_id}).scalars())


def strike(connection: Connection, plan_id: str, struck: Collection[str]) -> None:
    """Remember what is taken off."""
    connection.execute(
        update(plans).where(plans.c.id == plan_id).values(struck=sorted(set(struck)))
    )


def waiting_without_card(connection: Connection, *, team: str) -> Sequence[OpportunityRecord]:
    """What waits for a team's decision and has no card, nor one on its way."""
    table = opportunities
    has_card = exists().where(messages.c.subject == table.c.id, messages.c.purpose == "card")
    is_coming = exists().where(
        outbox.c.subject == table.c.id,
        outbox.c.kind == "post_card",
        outbox.c.finished_at.is_(None),
    )
    query = select(table).where(
        table.c.status.in_([Status.DETECTED, Status.NOTIFIED]),
        func.lower(table.c.team) == team.lower(),
        ~has_card,
        ~is_coming,
    )
    return [record_from(row) for row in connection.execute(query)]
