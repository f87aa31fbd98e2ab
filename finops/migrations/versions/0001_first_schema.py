"""The first schema: opportunities, costs, reports, audit log, outbox, claims and settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "skips",
    "settings",
    "savings_reports",
    "cost_baselines",
    "outbox",
    "opportunities",
    "messages",
    "cycles",
    "cost_allocation",
    "claims",
    "audit_log",
)


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", SERIAL, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=253), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=700), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_log_hash")),
    )
    op.create_index(op.f("ix_audit_log_subject"), "audit_log", ["subject"], unique=False)
    op.create_table(
        "claims",
        sa.Column("work", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=400), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("work", "unit", name=op.f("pk_claims")),
    )
    op.create_table(
        "cost_allocation",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("resource_key", sa.String(length=700), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("namespace", sa.String(length=253), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("effective_cost", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", "resource_key", "category", name=op.f("pk_cost_allocation")),
    )
    op.create_index(
        op.f("ix_cost_allocation_resource_key_day"),
        "cost_allocation",
        ["resource_key", "day"],
        unique=False,
    )
    op.create_table(
        "cycles",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("gaps", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
    )
    op.create_index(
        op.f("ix_cycles_cluster_taken_at"), "cycles", ["cluster", "taken_at"], unique=False
    )
    op.create_table(
        "messages",
        sa.Column("subject", sa.String(length=700), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("render_hash", sa.String(length=64), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "purpose", "channel", name=op.f("pk_messages")),
    )
    op.create_table(
        "opportunities",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=700), nullable=False),
        sa.Column("open_fingerprint", sa.String(length=700), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("namespace", sa.String(length=253), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("resource_key", sa.String(length=700), nullable=False),
        sa.Column("proposal", JSON, nullable=False),
        sa.Column("cashable_usd_per_month", sa.BigInteger(), nullable=False),
        sa.Column("freed_usd_per_month", sa.BigInteger(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("effort", sa.String(length=20), nullable=False),
        sa.Column("restart_needed", sa.Boolean(), nullable=False),
        sa.Column("rollback_possible", sa.Boolean(), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=253), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guardrail_reasons", JSON, nullable=False),
        sa.Column("repository", sa.String(length=253), nullable=False),
        sa.Column("pull_request_number", sa.Integer(), nullable=True),
        sa.Column("pull_request_url", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("implemented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", JSON, nullable=False),
        sa.Column("realised_cashable_usd_per_month", sa.BigInteger(), nullable=False),
        sa.Column("realised_freed_usd_per_month", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunities")),
        sa.UniqueConstraint("open_fingerprint", name=op.f("uq_opportunities_open_fingerprint")),
    )
    op.create_index(
        op.f("ix_opportunities_cluster_last_seen_at"),
        "opportunities",
        ["cluster", "last_seen_at"],
        unique=False,
    )
    op.create_index(op.f("ix_opportunities_status"), "opportunities", ["status"], unique=False)
    op.create_index(
        op.f("ix_opportunities_team_status"), "opportunities", ["team", "status"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=700), nullable=False),
        sa.Column("idempotency_key", sa.String(length=700), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=120), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_idempotency_key")),
    )
    op.create_index(
        op.f("ix_outbox_status_not_before_id"),
        "outbox",
        ["status", "not_before", "id"],
        unique=False,
    )
    op.create_table(
        "savings_reports",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=253), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_reports")),
        sa.UniqueConstraint(
            "kind", "scope", "period_start", name=op.f("uq_savings_reports_kind_scope_period_start")
        ),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=253), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=253), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "skips",
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("detector", sa.String(length=80), nullable=False),
        sa.Column("resource_key", sa.String(length=700), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cluster", "detector", "resource_key", name=op.f("pk_skips")),
    )
    op.create_table(
        "cost_baselines",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("opportunity_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("resource_key", sa.String(length=700), nullable=False),
        sa.Column("effective_cost_usd_per_month", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"], name=op.f("fk_cost_baselines_opportunity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_baselines")),
        sa.UniqueConstraint(
            "opportunity_id", "revision", name=op.f("uq_cost_baselines_opportunity_id_revision")
        ),
    )
    # ### end Alembic commands ###

    _make_audit_log_append_only()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION finops_refuse_change()")


def _make_audit_log_append_only() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION finops_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION finops_refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_log_append_only_{verb.lower()} BEFORE {verb} ON audit_log "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
