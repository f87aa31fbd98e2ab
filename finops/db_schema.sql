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

-- Running upgrade 0004 -> 0005

CREATE TABLE resource_costs (
    day DATE NOT NULL, 
    resource_key VARCHAR(700) NOT NULL, 
    category VARCHAR(40) NOT NULL, 
    cluster VARCHAR(253) NOT NULL, 
    namespace VARCHAR(253) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    effective_cost BIGINT NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_resource_costs PRIMARY KEY (day, resource_key, category)
);

CREATE INDEX ix_resource_costs_resource_key_day ON resource_costs (resource_key, day);

INSERT INTO resource_costs (day, resource_key, category, cluster, namespace, team, effective_cost, recorded_at) SELECT cost_allocation.day, cost_allocation.resource_key, cost_allocation.category, cost_allocation.cluster, cost_allocation.namespace, cost_allocation.team, cost_allocation.effective_cost, cost_allocation.recorded_at 
FROM cost_allocation;

DROP TABLE cost_allocation;

CREATE TABLE cost_allocation (
    id BIGSERIAL NOT NULL, 
    bill VARCHAR(100) NOT NULL, 
    day DATE NOT NULL, 
    currency VARCHAR(8) NOT NULL, 
    category VARCHAR(20) NOT NULL, 
    account VARCHAR(64) NOT NULL, 
    service VARCHAR(200) NOT NULL, 
    item VARCHAR(200) NOT NULL, 
    region VARCHAR(40) NOT NULL, 
    cluster VARCHAR(253) NOT NULL, 
    namespace VARCHAR(253) NOT NULL, 
    workload_kind VARCHAR(63) NOT NULL, 
    workload VARCHAR(253) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    resource_key VARCHAR(700) NOT NULL, 
    usage_unit VARCHAR(60) NOT NULL, 
    usage_quantity FLOAT NOT NULL, 
    billed_cost BIGINT NOT NULL, 
    effective_cost BIGINT NOT NULL, 
    list_cost BIGINT NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_cost_allocation PRIMARY KEY (id)
);

CREATE INDEX ix_cost_allocation_day_bill ON cost_allocation (day, bill);

CREATE INDEX ix_cost_allocation_team_day ON cost_allocation (team, day);

CREATE INDEX ix_cost_allocation_namespace_day ON cost_allocation (namespace, day);

CREATE TABLE bill_days (
    bill VARCHAR(100) NOT NULL, 
    day DATE NOT NULL, 
    currency VARCHAR(8) NOT NULL, 
    billed_cost BIGINT NOT NULL, 
    effective_cost BIGINT NOT NULL, 
    list_cost BIGINT NOT NULL, 
    lines BIGINT NOT NULL, 
    is_final BOOLEAN NOT NULL, 
    read_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_bill_days PRIMARY KEY (bill, day, currency)
);

CREATE TABLE bill_changes (
    id BIGSERIAL NOT NULL, 
    bill VARCHAR(100) NOT NULL, 
    day DATE NOT NULL, 
    currency VARCHAR(8) NOT NULL, 
    billed_before BIGINT NOT NULL, 
    billed_after BIGINT NOT NULL, 
    effective_before BIGINT NOT NULL, 
    effective_after BIGINT NOT NULL, 
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_bill_changes PRIMARY KEY (id)
);

CREATE INDEX ix_bill_changes_changed_at ON bill_changes (changed_at);

CREATE TABLE container_hours (
    cluster VARCHAR(253) NOT NULL, 
    day DATE NOT NULL, 
    hours INTEGER NOT NULL, 
    containers BYTEA NOT NULL, 
    estate BYTEA NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_container_hours PRIMARY KEY (cluster, day)
);

UPDATE alembic_version SET version_num='0005' WHERE alembic_version.version_num = '0004';

-- Running upgrade 0005 -> 0006

ALTER TABLE opportunities ADD COLUMN note TEXT DEFAULT '' NOT NULL;

CREATE TABLE pull_requests (
    repository VARCHAR(253) NOT NULL, 
    branch VARCHAR(253) NOT NULL, 
    purpose VARCHAR(20) NOT NULL, 
    stage VARCHAR(20) NOT NULL, 
    team VARCHAR(253) NOT NULL, 
    members JSONB NOT NULL, 
    number INTEGER NOT NULL, 
    url TEXT NOT NULL, 
    asked_by VARCHAR(253) NOT NULL, 
    reason TEXT NOT NULL, 
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    opened_at TIMESTAMP WITH TIME ZONE, 
    decided_at TIMESTAMP WITH TIME ZONE, 
    closing_reason TEXT NOT NULL, 
    is_touched BOOLEAN NOT NULL, 
    said JSONB NOT NULL, 
    CONSTRAINT pk_pull_requests PRIMARY KEY (repository, branch)
);

CREATE INDEX ix_pull_requests_stage_repository ON pull_requests (stage, repository);

CREATE TABLE source_choices (
    resource_key VARCHAR(700) NOT NULL, 
    candidates JSONB NOT NULL, 
    choice TEXT NOT NULL, 
    chosen_by VARCHAR(253) NOT NULL, 
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_source_choices PRIMARY KEY (resource_key)
);

INSERT INTO pull_requests (repository, branch, purpose, stage, team, members, number, url, asked_by, reason, claimed_at, opened_at, closing_reason, is_touched, said) SELECT repository, 'finops/' || id, 'change', 'open', team, json_build_array(json_build_array(id, revision))::jsonb, pull_request_number, pull_request_url, decided_by, '', status_changed_at, status_changed_at, '', false, '[]'::jsonb FROM opportunities WHERE status = 'pull_request_open' AND pull_request_number IS NOT NULL;

UPDATE alembic_version SET version_num='0006' WHERE alembic_version.version_num = '0005';

-- Running upgrade 0006 -> 0007

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

UPDATE alembic_version SET version_num='0007' WHERE alembic_version.version_num = '0006';

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

-- Running upgrade 0008 -> 0009

CREATE TABLE cost_explorer_answers (
    key VARCHAR(64) NOT NULL, 
    answer JSONB NOT NULL, 
    is_final BOOLEAN NOT NULL, 
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_cost_explorer_answers PRIMARY KEY (key)
);

CREATE TABLE cost_explorer_requests (
    day DATE NOT NULL, 
    requests INTEGER NOT NULL, 
    CONSTRAINT pk_cost_explorer_requests PRIMARY KEY (day)
);

UPDATE alembic_version SET version_num='0009' WHERE alembic_version.version_num = '0008';

-- Running upgrade 0009 -> 0010

CREATE TABLE lanes (
    lane VARCHAR(253) NOT NULL, 
    idle_at DOUBLE PRECISION NOT NULL, 
    CONSTRAINT pk_lanes PRIMARY KEY (lane)
);

ALTER TABLE outbox ADD COLUMN turn VARCHAR(253) DEFAULT '' NOT NULL;

UPDATE alembic_version SET version_num='0010' WHERE alembic_version.version_num = '0009';

-- Running upgrade 0010 -> 0011

CREATE TABLE audit_waiting (
    id BIGSERIAL NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    actor VARCHAR(253) NOT NULL, 
    action VARCHAR(80) NOT NULL, 
    subject VARCHAR(700) NOT NULL, 
    detail TEXT NOT NULL, 
    CONSTRAINT pk_audit_waiting PRIMARY KEY (id)
);

CREATE INDEX ix_audit_waiting_subject ON audit_waiting (subject);

UPDATE alembic_version SET version_num='0011' WHERE alembic_version.version_num = '0010';

-- Running upgrade 0011 -> 0012

CREATE TABLE bill_rates (
    bill VARCHAR(100) NOT NULL, 
    kind VARCHAR(20) NOT NULL, 
    key VARCHAR(700) NOT NULL, 
    usd VARCHAR(60), 
    facts JSONB NOT NULL, 
    learnt_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_bill_rates PRIMARY KEY (bill, kind, key)
);

UPDATE alembic_version SET version_num='0012' WHERE alembic_version.version_num = '0011';

-- Running upgrade 0012 -> 0013

CREATE INDEX ix_opportunities_decided_at ON opportunities (decided_at);

UPDATE alembic_version SET version_num='0013' WHERE alembic_version.version_num = '0012';

COMMIT;
