"""Usage sketches and how far they have been read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage_sketches",
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("namespace", sa.String(length=253), nullable=False),
        sa.Column("kind", sa.String(length=63), nullable=False),
        sa.Column("workload", sa.String(length=253), nullable=False),
        sa.Column("container", sa.String(length=63), nullable=False),
        sa.Column("resource", sa.String(length=20), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "cluster",
            "source",
            "namespace",
            "kind",
            "workload",
            "container",
            "resource",
            name=op.f("pk_usage_sketches"),
        ),
    )
    op.create_table(
        "usage_progress",
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("namespace", sa.String(length=253), nullable=False),
        sa.Column("resource", sa.String(length=20), nullable=False),
        sa.Column("until_second", sa.BigInteger(), nullable=False),
        sa.Column("day_start", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "cluster", "source", "namespace", "resource", name=op.f("pk_usage_progress")
        ),
    )


def downgrade() -> None:
    op.drop_table("usage_progress")
    op.drop_table("usage_sketches")
