"""Assignments: what people said about whose a resource is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
# The one before this: "0002_price_facts" as soon as that is there.
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=700), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("assigned_by", sa.String(length=253), nullable=False),
        sa.Column("name", sa.String(length=253), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_assignments")),
    )


def downgrade() -> None:
    op.drop_table("assignments")
