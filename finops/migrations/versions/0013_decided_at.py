"""What was decided today is asked for at each approval, not looked for in all rows."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEX = "ix_opportunities_decided_at"


def upgrade() -> None:
    op.create_index(INDEX, "opportunities", ["decided_at"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="opportunities")
