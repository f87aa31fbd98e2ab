"""Pull requests as things of their own, notes beside a state, and picked sources."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("opportunities", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "pull_requests",
        sa.Column("repository", sa.String(length=253), nullable=False),
        sa.Column("branch", sa.String(length=253), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("members", JSON, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=253), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_reason", sa.Text(), nullable=False),
        sa.Column("is_touched", sa.Boolean(), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.PrimaryKeyConstraint("repository", "branch", name=op.f("pk_pull_requests")),
    )
    op.create_index(
        op.f("ix_pull_requests_stage_repository"),
        "pull_requests",
        ["stage", "repository"],
        unique=False,
    )
    op.create_table(
        "source_choices",
        sa.Column("resource_key", sa.String(length=700), nullable=False),
        sa.Column("candidates", JSON, nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("chosen_by", sa.String(length=253), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("resource_key", name=op.f("pk_source_choices")),
    )
    _adopt_open_ones()


def _adopt_open_ones() -> None:
    """What is open now is watched and counted by its row from here on."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    members = "json_build_array(json_build_array(id, revision))"
    members = f"{members}::jsonb" if is_postgresql else "json_array(json_array(id, revision))"
    nothing = "'[]'::jsonb" if is_postgresql else "'[]'"
    false = "false" if is_postgresql else "0"
    op.execute(
        "INSERT INTO pull_requests (repository, branch, purpose, stage, team, members, number, "  # noqa: S608 - constants of this file
        "url, asked_by, reason, claimed_at, opened_at, closing_reason, is_touched, said) "
        f"SELECT repository, 'finops/' || id, 'change', 'open', team, {members}, "
        "pull_request_number, pull_request_url, decided_by, '', status_changed_at, "
        f"status_changed_at, '', {false}, {nothing} "
        "FROM opportunities WHERE status = 'pull_request_open' AND pull_request_number IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("source_choices")
    op.drop_table("pull_requests")
    op.drop_column("opportunities", "note")
