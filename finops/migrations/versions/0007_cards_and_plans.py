"""Approvals of several people, edited proposals, mutes, plans of the week, what people chose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "opportunities",
        sa.Column("edited_by", sa.String(length=253), nullable=False, server_default=""),
    )
    op.create_table(
        "approvals",
        sa.Column("opportunity_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approver", sa.String(length=253), nullable=False),
        sa.Column("approved_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunities.id"],
            name=op.f("fk_approvals_opportunity_id_opportunities"),
        ),
        sa.PrimaryKeyConstraint(
            "opportunity_id", "revision", "approver", name=op.f("pk_approvals")
        ),
    )
    _create_mutes()
    _create_plans()
    op.create_table(
        "people",
        sa.Column("user_id", sa.String(length=60), nullable=False),
        sa.Column("wants_messages", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_people")),
    )


def _create_mutes() -> None:
    op.create_table(
        "mutes",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("namespace", sa.String(length=253), nullable=False),
        sa.Column("resource_key", sa.String(length=700), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=253), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("ended_by", sa.String(length=253), nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutes")),
    )
    op.create_index(op.f("ix_mutes_team"), "mutes", ["team"])


def _create_plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("week", sa.String(length=20), nullable=False),
        sa.Column("struck", JSON, nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("team", "week", name=op.f("uq_plans_team_week")),
    )
    op.create_table(
        "plan_items",
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("opportunity_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunities.id"],
            name=op.f("fk_plan_items_opportunity_id_opportunities"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_items_plan_id_plans")
        ),
        sa.PrimaryKeyConstraint("plan_id", "opportunity_id", name=op.f("pk_plan_items")),
    )
    op.create_index(op.f("ix_plan_items_opportunity_id"), "plan_items", ["opportunity_id"])


def downgrade() -> None:
    for table in ("people", "plan_items", "plans", "mutes", "approvals"):
        op.drop_table(table)
    op.drop_column("opportunities", "edited_by")
