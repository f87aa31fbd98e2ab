-- Generated from finops/migrations by `make schema`; do not edit by hand.

BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 0001

CREATE TABLE audit_log (
    id BIGINT NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    actor VARCHAR(253) NOT NULL, 
    action VARCHAR(80) NOT NULL, 
    subject VARCHAR(700) NOT NULL, 
    detail TEXT NOT NULL, 
    previous_hash VARCHAR(64) NOT NULL, 
    hash VARCHAR(64) NOT NULL, 
    CONSTRAINT pk_audit_log PRIMARY KEY (id), 
    CONSTRAINT uq_audit_log_hash UNIQUE (hash)
);

CREATE INDEX ix_audit_log_subject ON audit_log (subject);

CREATE TABLE claims (
    work VARCHAR(80) NOT NULL, 
    unit VARCHAR(400) NOT NULL, 
    owner VARCHAR(120) NOT NULL, 
    status VARCHAR(20) NOT NULL, 
    attempts INTEGER NOT NULL, 
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    lease_until TIMESTAMP WITH TIME ZONE NOT NULL, 
    finished_at TIMESTAMP WITH TIME ZONE, 
    last_error TEXT NOT NULL, 
    CONSTRAINT pk_claims PRIMARY KEY (work, unit)
);

CREATE TABLE cost_allocation (
    day DATE NOT NULL, 
    resource_key VARCHAR(700) NOT NULL, 
    category VARCHAR(40) NOT NULL, 
    cluster VARCHAR(253) NOT NULL, 
    namespace VARCHAR(253) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    effective_cost BIGINT NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_cost_allocation PRIMARY KEY (day, resource_key, category)
);

CREATE INDEX ix_cost_allocation_resource_key_day ON cost_allocation (resource_key, day);

CREATE TABLE cycles (
    id BIGSERIAL NOT NULL, 
    cluster VARCHAR(253) NOT NULL, 
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    found INTEGER NOT NULL, 
    skipped INTEGER NOT NULL, 
    gaps JSONB NOT NULL, 
    CONSTRAINT pk_cycles PRIMARY KEY (id)
);

CREATE INDEX ix_cycles_cluster_taken_at ON cycles (cluster, taken_at);

CREATE TABLE messages (
    subject VARCHAR(700) NOT NULL, 
    purpose VARCHAR(40) NOT NULL, 
    channel VARCHAR(120) NOT NULL, 
    message_id VARCHAR(120) NOT NULL, 
    render_hash VARCHAR(64) NOT NULL, 
    posted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_messages PRIMARY KEY (subject, purpose, channel)
);

CREATE TABLE opportunities (
    id VARCHAR(40) NOT NULL, 
    fingerprint VARCHAR(700) NOT NULL, 
    open_fingerprint VARCHAR(700), 
    generation INTEGER NOT NULL, 
    revision INTEGER NOT NULL, 
    kind VARCHAR(60) NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    cluster VARCHAR(253) NOT NULL, 
    namespace VARCHAR(253) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    resource_key VARCHAR(700) NOT NULL, 
    proposal JSONB NOT NULL, 
    cashable_usd_per_month BIGINT NOT NULL, 
    freed_usd_per_month BIGINT NOT NULL, 
    confidence FLOAT NOT NULL, 
    risk FLOAT NOT NULL, 
    effort VARCHAR(20) NOT NULL, 
    restart_needed BOOLEAN NOT NULL, 
    rollback_possible BOOLEAN NOT NULL, 
    detected_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    status_changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    status_reason TEXT NOT NULL, 
    decided_by VARCHAR(253) NOT NULL, 
    decided_at TIMESTAMP WITH TIME ZONE, 
    snoozed_until TIMESTAMP WITH TIME ZONE, 
    guardrail_reasons JSONB NOT NULL, 
    repository VARCHAR(253) NOT NULL, 
    pull_request_number INTEGER, 
    pull_request_url TEXT NOT NULL, 
    merged_at TIMESTAMP WITH TIME ZONE, 
    implemented_at TIMESTAMP WITH TIME ZONE, 
    verified_at TIMESTAMP WITH TIME ZONE, 
    verdict JSONB NOT NULL, 
    realised_cashable_usd_per_month BIGINT NOT NULL, 
    realised_freed_usd_per_month BIGINT NOT NULL, 
    CONSTRAINT pk_opportunities PRIMARY KEY (id), 
    CONSTRAINT uq_opportunities_open_fingerprint UNIQUE (open_fingerprint)
);

CREATE INDEX ix_opportunities_cluster_last_seen_at ON opportunities (cluster, last_seen_at);

CREATE INDEX ix_opportunities_status ON opportunities (status);

CREATE INDEX ix_opportunities_team_status ON opportunities (team, status);

CREATE TABLE outbox (
    id BIGSERIAL NOT NULL, 
    kind VARCHAR(60) NOT NULL, 
    subject VARCHAR(700) NOT NULL, 
    idempotency_key VARCHAR(700) NOT NULL, 
    payload JSONB NOT NULL, 
    status VARCHAR(20) NOT NULL, 
    attempts INTEGER NOT NULL, 
    not_before TIMESTAMP WITH TIME ZONE NOT NULL, 
    lease_until TIMESTAMP WITH TIME ZONE, 
    lease_owner VARCHAR(120) NOT NULL, 
    last_error TEXT NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    finished_at TIMESTAMP WITH TIME ZONE, 
    CONSTRAINT pk_outbox PRIMARY KEY (id), 
    CONSTRAINT uq_outbox_idempotency_key UNIQUE (idempotency_key)
);

CREATE INDEX ix_outbox_status_not_before_id ON outbox (status, not_before, id);

CREATE TABLE savings_reports (
    id BIGSERIAL NOT NULL, 
    kind VARCHAR(20) NOT NULL, 
    scope VARCHAR(253) NOT NULL, 
    period_start TIMESTAMP WITH TIME ZONE NOT NULL, 
    period_end TIMESTAMP WITH TIME ZONE NOT NULL, 
    report JSONB NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_savings_reports PRIMARY KEY (id), 
    CONSTRAINT uq_savings_reports_kind_scope_period_start UNIQUE (kind, scope, period_start)
);

CREATE TABLE settings (
    key VARCHAR(253) NOT NULL, 
    value JSONB NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    updated_by VARCHAR(253) NOT NULL, 
    CONSTRAINT pk_settings PRIMARY KEY (key)
);

CREATE TABLE skips (
    cluster VARCHAR(253) NOT NULL, 
    detector VARCHAR(80) NOT NULL, 
    resource_key VARCHAR(700) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    reason TEXT NOT NULL, 
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_skips PRIMARY KEY (cluster, detector, resource_key)
);

CREATE TABLE cost_baselines (
    id BIGSERIAL NOT NULL, 
    opportunity_id VARCHAR(40) NOT NULL, 
    revision INTEGER NOT NULL, 
    resource_key VARCHAR(700) NOT NULL, 
    effective_cost_usd_per_month BIGINT NOT NULL, 
    method TEXT NOT NULL, 
    period_start DATE NOT NULL, 
    period_end DATE NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_cost_baselines PRIMARY KEY (id), 
    CONSTRAINT fk_cost_baselines_opportunity_id FOREIGN KEY(opportunity_id) REFERENCES opportunities (id), 
    CONSTRAINT uq_cost_baselines_opportunity_id_revision UNIQUE (opportunity_id, revision)
);

CREATE FUNCTION finops_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;

CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION finops_refuse_change();

INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num;

-- Running upgrade 0001 -> 0002

CREATE TABLE usage_sketches (
    cluster VARCHAR(253) NOT NULL, 
    source VARCHAR(40) NOT NULL, 
    namespace VARCHAR(253) NOT NULL, 
    kind VARCHAR(63) NOT NULL, 
    workload VARCHAR(253) NOT NULL, 
    container VARCHAR(63) NOT NULL, 
    resource VARCHAR(20) NOT NULL, 
    sketch BYTEA NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_usage_sketches PRIMARY KEY (cluster, source, namespace, kind, workload, container, resource)
);

CREATE TABLE usage_progress (
    cluster VARCHAR(253) NOT NULL, 
    source VARCHAR(40) NOT NULL, 
    namespace VARCHAR(253) NOT NULL, 
    resource VARCHAR(20) NOT NULL, 
    until_second BIGINT NOT NULL, 
    day_start INTEGER NOT NULL, 
    CONSTRAINT pk_usage_progress PRIMARY KEY (cluster, source, namespace, resource)
);

UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001';

-- Running upgrade 0002 -> 0003

CREATE TABLE assignments (
    scope VARCHAR(20) NOT NULL, 
    key VARCHAR(700) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    assigned_by VARCHAR(253) NOT NULL, 
    name VARCHAR(253) NOT NULL, 
    assigned_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_assignments PRIMARY KEY (scope, key)
);

UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002';

-- Running upgrade 0003 -> 0004

CREATE TABLE price_facts (
    key VARCHAR(253) NOT NULL, 
    usd VARCHAR(40), 
    attributes JSONB NOT NULL, 
    fetched_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_price_facts PRIMARY KEY (key)
);

UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0003';

-- Running upgrade 0004 -> 0012

CREATE TABLE lanes (
    lane VARCHAR(253) NOT NULL, 
    idle_at DOUBLE PRECISION NOT NULL, 
    CONSTRAINT pk_lanes PRIMARY KEY (lane)
);

ALTER TABLE outbox ADD COLUMN turn VARCHAR(253) DEFAULT '' NOT NULL;

UPDATE alembic_version SET version_num='0012' WHERE alembic_version.version_num = '0004';

-- Running upgrade 0012 -> 0007

ALTER TABLE opportunities ADD COLUMN edited_by VARCHAR(253) DEFAULT '' NOT NULL;

CREATE TABLE approvals (
    opportunity_id VARCHAR(40) NOT NULL, 
    revision INTEGER NOT NULL, 
    approver VARCHAR(253) NOT NULL, 
    approved_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_approvals PRIMARY KEY (opportunity_id, revision, approver), 
    CONSTRAINT fk_approvals_opportunity_id_opportunities FOREIGN KEY(opportunity_id) REFERENCES opportunities (id)
);

CREATE TABLE mutes (
    id BIGSERIAL NOT NULL, 
    name VARCHAR(120) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    kind VARCHAR(60) NOT NULL, 
    cluster VARCHAR(253) NOT NULL, 
    namespace VARCHAR(253) NOT NULL, 
    resource_key VARCHAR(700) NOT NULL, 
    reason TEXT NOT NULL, 
    created_by VARCHAR(253) NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    ended_by VARCHAR(253) NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    CONSTRAINT pk_mutes PRIMARY KEY (id)
);

CREATE INDEX ix_mutes_team ON mutes (team);

CREATE TABLE plans (
    id VARCHAR(40) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    week VARCHAR(20) NOT NULL, 
    struck JSONB NOT NULL, 
    left_out INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_plans PRIMARY KEY (id), 
    CONSTRAINT uq_plans_team_week UNIQUE (team, week)
);

CREATE TABLE plan_items (
    plan_id VARCHAR(40) NOT NULL, 
    opportunity_id VARCHAR(40) NOT NULL, 
    position INTEGER NOT NULL, 
    score FLOAT NOT NULL, 
    CONSTRAINT pk_plan_items PRIMARY KEY (plan_id, opportunity_id), 
    CONSTRAINT fk_plan_items_opportunity_id_opportunities FOREIGN KEY(opportunity_id) REFERENCES opportunities (id), 
    CONSTRAINT fk_plan_items_plan_id_plans FOREIGN KEY(plan_id) REFERENCES plans (id)
);

CREATE INDEX ix_plan_items_opportunity_id ON plan_items (opportunity_id);

CREATE TABLE people (
    user_id VARCHAR(60) NOT NULL, 
    wants_messages BOOLEAN NOT NULL, 
    time_zone VARCHAR(60) NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_people PRIMARY KEY (user_id)
);

UPDATE alembic_version SET version_num='0007' WHERE alembic_version.version_num = '0012';

-- Running upgrade 0007 -> 0008

CREATE TABLE freezes (
    id BIGSERIAL NOT NULL, 
    reach VARCHAR(20) NOT NULL, 
    name VARCHAR(253) NOT NULL, 
    reason TEXT NOT NULL, 
    frozen_by VARCHAR(253) NOT NULL, 
    frozen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    until TIMESTAMP WITH TIME ZONE, 
    ended_by VARCHAR(253) NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    CONSTRAINT pk_freezes PRIMARY KEY (id)
);

UPDATE alembic_version SET version_num='0008' WHERE alembic_version.version_num = '0007';

COMMIT;
