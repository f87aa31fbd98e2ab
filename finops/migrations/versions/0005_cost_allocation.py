"""Every line of a bill in one place; what verification judges moves to a table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JUDGED = (
    "day",
    "resource_key",
    "category",
    "cluster",
    "namespace",
    "team",
    "effective_cost",
    "recorded_at",
)


def upgrade() -> None:
    _create_judged("resource_costs")
    _move("cost_allocation", "resource_costs")
    op.drop_table("cost_allocation")
    _create_allocation()
    _create_bill_days()
    _create_bill_changes()
    op.create_table(
        "container_hours",
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("containers", sa.LargeBinary(), nullable=False),
        sa.Column("estate", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cluster", "day", name=op.f("pk_container_hours")),
    )


def downgrade() -> None:
    for name in ("container_hours", "bill_changes", "bill_days", "cost_allocation"):
        op.drop_table(name)
    _create_judged("cost_allocation")
    _move("resource_costs", "cost_allocation")
    op.drop_table("resource_costs")


def _create_judged(name: str) -> None:
    op.create_table(
        name,
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("resource_key", sa.String(length=700), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("namespace", sa.String(length=253), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("effective_cost", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", "resource_key", "category", name=op.f(f"pk_{name}")),
    )
    op.create_index(
        op.f(f"ix_{name}_resource_key_day"), name, ["resource_key", "day"], unique=False
    )


def _move(source: str, target: str) -> None:
    old, new = (sa.table(name, *map(sa.column, JUDGED)) for name in (source, target))
    op.execute(new.insert().from_select(JUDGED, sa.select(*old.c)))


def _create_allocation() -> None:
    op.create_table(
        "cost_allocation",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("bill", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=200), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("cluster", sa.String(length=253), nullable=False),
        sa.Column("namespace", sa.String(length=253), nullable=False),
        sa.Column("workload_kind", sa.String(length=63), nullable=False),
        sa.Column("workload", sa.String(length=253), nullable=False),
        sa.Column("team", sa.String(length=253), nullable=False),
        sa.Column("resource_key", sa.String(length=700), nullable=False),
        sa.Column("usage_unit", sa.String(length=60), nullable=False),
        sa.Column("usage_quantity", sa.Float(), nullable=False),
        sa.Column("billed_cost", sa.BigInteger(), nullable=False),
        sa.Column("effective_cost", sa.BigInteger(), nullable=False),
        sa.Column("list_cost", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_allocation")),
    )
    for columns in (["day", "bill"], ["team", "day"], ["namespace", "day"]):
        name = op.f(f"ix_cost_allocation_{'_'.join(columns)}")
        op.create_index(name, "cost_allocation", columns, unique=False)


def _create_bill_days() -> None:
    op.create_table(
        "bill_days",
        sa.Column("bill", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("billed_cost", sa.BigInteger(), nullable=False),
        sa.Column("effective_cost", sa.BigInteger(), nullable=False),
        sa.Column("list_cost", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bill", "day", "currency", name=op.f("pk_bill_days")),
    )


def _create_bill_changes() -> None:
    op.create_table(
        "bill_changes",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("bill", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("billed_before", sa.BigInteger(), nullable=False),
        sa.Column("billed_after", sa.BigInteger(), nullable=False),
        sa.Column("effective_before", sa.BigInteger(), nullable=False),
        sa.Column("effective_after", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_changes")),
    )
    op.create_index(op.f("ix_bill_changes_changed_at"), "bill_changes", ["changed_at"])
