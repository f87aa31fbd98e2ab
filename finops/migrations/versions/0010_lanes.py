"""How often something may be sent, kept together by all replicas."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lanes",
        sa.Column("lane", sa.String(length=253), nullable=False),
        sa.Column("idle_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lanes")),
    )
    op.add_column(
        "outbox", sa.Column("turn", sa.String(length=253), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("outbox", "turn")
    op.drop_table("lanes")
