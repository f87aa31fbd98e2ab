"""The tables of the ledger, the same on SQLite and PostgreSQL.

Money is kept as whole micro-dollars (10⁻⁶ USD) in BIGINT, so that sums are exact on both
databases; times are aware UTC.
"""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

MICRO = Decimal(1_000_000)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which has no zones, keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are always a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r} given to the ledger")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Usd(TypeDecorator[Decimal]):
    """US dollars as Decimal in the program, whole micro-dollars in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Round to the nearest micro-dollar."""
        return None if value is None else int((Decimal(value) * MICRO).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Back to dollars, exactly; a SUM on PostgreSQL arrives as Decimal."""
        return None if value is None else Decimal(int(value)) / MICRO


Json = JSON().with_variant(JSONB(), "postgresql")
# SQLite only counts up INTEGER primary keys by itself.
Serial = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

opportunities = Table(
    "opportunities",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("fingerprint", String(700), nullable=False),
    # Equal to the fingerprint while the opportunity is open, NULL once it is closed, so that a
    # waste is open at most once on either database.
    Column("open_fingerprint", String(700), unique=True),
    Column("generation", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(60), nullable=False),
    Column("status", String(40), nullable=False),
    Column("cluster", String(253), nullable=False),
    Column("namespace", String(253), nullable=False),
    Column("team", String(253), nullable=False),
    Column("resource_key", String(700), nullable=False),
    Column("proposal", Json, nullable=False),
    Column("cashable_usd_per_month", Usd, nullable=False),
    Column("freed_usd_per_month", Usd, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("risk", Float, nullable=False),
    Column("effort", String(20), nullable=False),
    Column("restart_needed", Boolean, nullable=False),
    Column("rollback_possible", Boolean, nullable=False),
    Column("detected_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("status_changed_at", UtcDateTime, nullable=False),
    Column("status_reason", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default="", server_default=""),
    Column("decided_by", String(253), nullable=False, default=""),
    Column("decided_at", UtcDateTime),
    Column("snoozed_until", UtcDateTime),
    Column("guardrail_reasons", Json, nullable=False),
    Column("repository", String(253), nullable=False, default=""),
    Column("pull_request_number", Integer),
    Column("pull_request_url", Text, nullable=False, default=""),
    Column("merged_at", UtcDateTime),
    Column("implemented_at", UtcDateTime),
    Column("verified_at", UtcDateTime),
    Column("verdict", Json, nullable=False),
    Column("realised_cashable_usd_per_month", Usd, nullable=False),
    Column("realised_freed_usd_per_month", Usd, nullable=False),
    # The person who set the value that is proposed now; empty where a detector did.
    Column("edited_by", String(253), nullable=False, server_default=""),
    Index(None, "status"),
    Index(None, "team", "status"),
    Index(None, "cluster", "last_seen_at"),
    Index(None, "decided_at"),
)

cost_baselines = Table(
    "cost_baselines",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("opportunity_id", ForeignKey("opportunities.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("resource_key", String(700), nullable=False),
    Column("effective_cost_usd_per_month", Usd, nullable=False),
    Column("method", Text, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("opportunity_id", "revision"),
)

# What verification judges: node groups and volumes as billed, containers by their share. A dollar
# may be in it twice, so its rows are never added up; that is what `cost_allocation` is for.
resource_costs = Table(
    "resource_costs",
    metadata,
    Column("day", Date, primary_key=True),
    Column("resource_key", String(700), primary_key=True),
    Column("category", String(40), primary_key=True),
    Column("cluster", String(253), nullable=False),
    Column("namespace", String(253), nullable=False),
    Column("team", String(253), nullable=False),
    Column("effective_cost", Usd, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index(None, "resource_key", "day"),
)

# Where each line of a bill landed; the rows of a day are replaced together. Amounts are millionths
# of whatever currency the row names.
cost_allocation = Table(
    "cost_allocation",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("bill", String(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("currency", String(8), nullable=False),
    Column("category", String(20), nullable=False),
    Column("account", String(64), nullable=False),
    Column("service", String(200), nullable=False),
    Column("item", String(200), nullable=False),
    Column("region", String(40), nullable=False),
    Column("cluster", String(253), nullable=False),
    Column("namespace", String(253), nullable=False),
    Column("workload_kind", String(63), nullable=False),
    Column("workload", String(253), nullable=False),
    Column("team", String(253), nullable=False),
    Column("resource_key", String(700), nullable=False),
    Column("usage_unit", String(60), nullable=False),
    Column("usage_quantity", Float, nullable=False),
    Column("billed_cost", Usd, nullable=False),
    Column("effective_cost", Usd, nullable=False),
    Column("list_cost", Usd, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index(None, "day", "bill"),
    Index(None, "team", "day"),
    Index(None, "namespace", "day"),
)

# The bill's own totals, against which the rows of a day are held.
bill_days = Table(
    "bill_days",
    metadata,
    Column("bill", String(100), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("currency", String(8), primary_key=True),
    Column("billed_cost", Usd, nullable=False),
    Column("effective_cost", Usd, nullable=False),
    Column("list_cost", Usd, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("is_final", Boolean, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
)

# Corrections: what a day cost before and after it was read again.
bill_changes = Table(
    "bill_changes",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("bill", String(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("currency", String(8), nullable=False),
    Column("billed_before", Usd, nullable=False),
    Column("billed_after", Usd, nullable=False),
    Column("effective_before", Usd, nullable=False),
    Column("effective_after", Usd, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "changed_at"),
)

# Who ran where, hour by hour, as one Parquet file a cluster and day: a thousandth of the rows, and
# what DuckDB reads at once. `estate` are the machines, disks and balancers of that day in another.
container_hours = Table(
    "container_hours",
    metadata,
    Column("cluster", String(253), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("hours", Integer, nullable=False),
    Column("containers", LargeBinary, nullable=False),
    Column("estate", LargeBinary, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
)

savings_reports = Table(
    "savings_reports",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("scope", String(253), nullable=False),
    Column("period_start", UtcDateTime, nullable=False),
    Column("period_end", UtcDateTime, nullable=False),
    Column("report", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("kind", "scope", "period_start"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(253), nullable=False),
    Column("action", String(80), nullable=False),
    Column("subject", String(700), nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Index(None, "subject"),
)

# Refusals, until they are taken up into the chain: they must not queue for its one end.
audit_waiting = Table(
    "audit_waiting",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(253), nullable=False),
    Column("action", String(80), nullable=False),
    Column("subject", String(700), nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "subject"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("subject", String(700), nullable=False),
    # An intent that was written before is not written again: two cycles, one message.
    Column("idempotency_key", String(700), nullable=False, unique=True),
    Column("payload", Json, nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("lease_owner", String(120), nullable=False, default=""),
    Column("last_error", Text, nullable=False, default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("turn", String(253), nullable=False, server_default=""),
    Index(None, "status", "not_before", "id"),
)

claims = Table(
    "claims",
    metadata,
    Column("work", String(80), primary_key=True),
    Column("unit", String(400), primary_key=True),
    Column("owner", String(120), nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("last_error", Text, nullable=False, default=""),
)

settings = Table(
    "settings",
    metadata,
    Column("key", String(253), primary_key=True),
    Column("value", Json, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(253), nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("subject", String(700), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("channel", String(120), primary_key=True),
    Column("message_id", String(120), nullable=False),
    Column("render_hash", String(64), nullable=False, default=""),
    Column("posted_at", UtcDateTime, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    Column("scope", String(20), primary_key=True),
    Column("key", String(700), primary_key=True),
    Column("team", String(253), nullable=False),
    Column("assigned_by", String(253), nullable=False),
    Column("name", String(253), nullable=False, default=""),
    Column("assigned_at", UtcDateTime, nullable=False),
)

# Who has agreed to a revision; what waits for more approvals is still notified.
approvals = Table(
    "approvals",
    metadata,
    Column("opportunity_id", ForeignKey("opportunities.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("approver", String(253), primary_key=True),
    Column("approved_at", UtcDateTime, nullable=False),
)

# What a team does not want to be asked about for a while; empty columns match anything.
mutes = Table(
    "mutes",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("team", String(253), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("cluster", String(253), nullable=False, default=""),
    Column("namespace", String(253), nullable=False, default=""),
    Column("resource_key", String(700), nullable=False, default=""),
    Column("reason", Text, nullable=False),
    Column("created_by", String(253), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_by", String(253), nullable=False, default=""),
    Column("ended_at", UtcDateTime),
    Index(None, "team"),
)

# One message a team and week; `struck` are the ids that people have taken off.
plans = Table(
    "plans",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("team", String(253), nullable=False),
    Column("week", String(20), nullable=False),
    Column("struck", Json, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("team", "week"),
)

plan_items = Table(
    "plan_items",
    metadata,
    Column("plan_id", ForeignKey("plans.id"), primary_key=True),
    Column("opportunity_id", ForeignKey("opportunities.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Index(None, "opportunity_id"),
)

# What people have chosen for themselves.
people = Table(
    "people",
    metadata,
    Column("user_id", String(60), primary_key=True),
    Column("wants_messages", Boolean, nullable=False),
    Column("time_zone", String(60), nullable=False, default=""),
    Column("updated_at", UtcDateTime, nullable=False),
)

# Pull requests of ours, one row a branch: what limits count, and what is watched. A place is
# claimed before anything is written outside, so that all replicas together hold a limit.
pull_requests = Table(
    "pull_requests",
    metadata,
    Column("repository", String(253), primary_key=True),
    Column("branch", String(253), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("team", String(253), nullable=False),
    # [[opportunity id, revision], …]
    Column("members", Json, nullable=False),
    Column("number", Integer, nullable=False, default=0),
    Column("url", Text, nullable=False, default=""),
    Column("asked_by", String(253), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime),
    Column("decided_at", UtcDateTime),
    Column("closing_reason", Text, nullable=False, default=""),
    Column("is_touched", Boolean, nullable=False, default=False),
    Column("said", Json, nullable=False),
    Index(None, "stage", "repository"),
)

# Places that may decide a value, and which of them a person picked.
source_choices = Table(
    "source_choices",
    metadata,
    Column("resource_key", String(700), primary_key=True),
    # [{"path", "place", "words", "repository"}, …]
    Column("candidates", Json, nullable=False),
    Column("choice", Text, nullable=False, default=""),
    Column("chosen_by", String(253), nullable=False, default=""),
    Column("changed_at", UtcDateTime, nullable=False),
)

cycles = Table(
    "cycles",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("cluster", String(253), nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("found", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("gaps", Json, nullable=False),
    Index(None, "cluster", "taken_at"),
)

price_facts = Table(
    "price_facts",
    metadata,
    # Region and rate: eu-central-1/machine/m5.large.
    Column("key", String(253), primary_key=True),
    # Dollars in full, as text: a GiB-second costs less than a micro-dollar's precision allows. NULL
    # means that the service was asked and has no such price.
    Column("usd", String(40)),
    Column("attributes", Json, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
)

# What a bill says that things really cost, learnt anew at each reading. One row with an empty kind
# says what holds for all of them.
bill_rates = Table(
    "bill_rates",
    metadata,
    Column("bill", String(100), primary_key=True),
    # machine, type, option, too few or resource, and which: m5.large, eu-central-1, spot.
    Column("kind", String(20), primary_key=True),
    Column("key", String(700), primary_key=True),
    # Dollars an hour, of a resource a month; in full, as text. NULL where too little was seen.
    Column("usd", String(60)),
    Column("facts", Json, nullable=False),
    Column("learnt_at", UtcDateTime, nullable=False),
)

# What Cost Explorer answered: each request costs a cent, so nobody asks twice.
cost_explorer_answers = Table(
    "cost_explorer_answers",
    metadata,
    # SHA-256 of the request and whose credentials asked it.
    Column("key", String(64), primary_key=True),
    Column("answer", Json, nullable=False),
    Column("is_final", Boolean, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
)

cost_explorer_requests = Table(
    "cost_explorer_requests",
    metadata,
    Column("day", Date, primary_key=True),
    Column("requests", Integer, nullable=False),
)

skips = Table(
    "skips",
    metadata,
    Column("cluster", String(253), primary_key=True),
    Column("detector", String(80), primary_key=True),
    Column("resource_key", String(700), primary_key=True),
    Column("team", String(253), nullable=False),
    Column("reason", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# How usage was, one row a container and resource: see finops/rightsizing/sketch_codec.py.
usage_sketches = Table(
    "usage_sketches",
    metadata,
    Column("cluster", String(253), primary_key=True),
    Column("source", String(40), primary_key=True),
    Column("namespace", String(253), primary_key=True),
    Column("kind", String(63), primary_key=True),
    Column("workload", String(253), primary_key=True),
    Column("container", String(63), primary_key=True),
    Column("resource", String(20), primary_key=True),
    Column("sketch", LargeBinary, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# Up to which second everything is in the sketches; moves in the same transaction as they do.
usage_progress = Table(
    "usage_progress",
    metadata,
    Column("cluster", String(253), primary_key=True),
    Column("source", String(40), primary_key=True),
    Column("namespace", String(253), primary_key=True),
    Column("resource", String(20), primary_key=True),
    Column("until_second", BigInteger, nullable=False),
    Column("day_start", Integer, nullable=False),
)

# When something may be sent again, by lane; epoch seconds, so that SQL can add to them.
lanes = Table(
    "lanes",
    metadata,
    Column("lane", String(253), primary_key=True),
    Column("idle_at", Double, nullable=False),
)

# What may not be changed; without `until` somebody has to end it.
freezes = Table(
    "freezes",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("reach", String(20), nullable=False),
    Column("name", String(253), nullable=False),
    Column("reason", Text, nullable=False),
    Column("frozen_by", String(253), nullable=False),
    Column("frozen_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("ended_by", String(253), nullable=False),
    Column("ended_at", UtcDateTime),
)
