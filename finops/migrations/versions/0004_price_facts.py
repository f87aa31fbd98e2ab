"""Answers of price services, remembered with their date."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "price_facts",
        sa.Column("key", sa.String(length=253), nullable=False),
        sa.Column("usd", sa.String(length=40), nullable=True),
        sa.Column("attributes", JSON, nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_price_facts")),
    )


def downgrade() -> None:
    op.drop_table("price_facts")
