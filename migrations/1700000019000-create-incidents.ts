import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Incidents: what is about one subject is one row while it is open, whichever process hears of it. Facts are names and numbers;
 * what people write is sealed. `remedies` are what the gateway does about them by itself, `notices` whom it tells.
 */
export class CreateIncidents1700000019000 implements MigrationInterface {
  name = 'CreateIncidents1700000019000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table incidents (
        id uuid not null constraint incidents_pkey primary key,
        subject text not null,
        rule text not null,
        severity text not null,
        began_at timestamptz not null,
        opened_at timestamptz not null,
        acknowledged_at timestamptz,
        acknowledged_by uuid,
        mitigated_at timestamptz,
        trial_at timestamptz,
        trials int not null default 0,
        resolved_at timestamptz,
        resolved_by uuid,
        revision int not null default 1,
        failed bigint not null default 0,
        helped bigint not null default 0,
        tries bigint not null default 0,
        unpriced bigint not null default 0,
        cost_picos numeric(38, 0) not null default 0
      )`);
    await q.query(`create unique index incidents_open on incidents (subject) where resolved_at is null`);
    await q.query(`create index incidents_opened on incidents (opened_at)`);
    await q.query(`
      create table incident_signals (
        incident_id uuid not null references incidents (id) on delete cascade,
        rule text not null,
        name text not null,
        signal text not null,
        severity text not null,
        began_at timestamptz not null,
        last_at timestamptz not null,
        value double precision not null,
        peak double precision not null,
        quiet_ms bigint not null,
        escalated int not null default 0,
        constraint incident_signals_pkey primary key (incident_id, rule, name)
      ) with (fillfactor = 80)`);
    await q.query(`
      create table incident_tenants (
        incident_id uuid not null references incidents (id) on delete cascade,
        tenant_id uuid not null,
        failed bigint not null,
        helped bigint not null,
        constraint incident_tenants_pkey primary key (incident_id, tenant_id)
      ) with (fillfactor = 80)`);
    await q.query(`
      create table incident_entries (
        incident_id uuid not null references incidents (id) on delete cascade,
        n int not null,
        at timestamptz not null,
        kind text not null,
        by_key uuid,
        facts jsonb not null default '{}',
        sealed bytea,
        record text,
        record_index bigint,
        constraint incident_entries_pkey primary key (incident_id, n)
      )`);
    await q.query(`create index incident_entries_unrecorded on incident_entries (at) where record is null`);
    await q.query(`create index incident_entries_remedies on incident_entries (at) where kind = 'remediated'`);
    await q.query(`
      create table incident_remedies (
        incident_id uuid not null references incidents (id) on delete cascade,
        n int not null,
        rule text not null,
        action text not null,
        target text not null,
        settings jsonb not null,
        state text not null check (state in ('due', 'done', 'reverting', 'reverted', 'skipped', 'failed')),
        revert_at timestamptz,
        done_at timestamptz,
        reverted_at timestamptz,
        undo jsonb,
        reason text,
        failures int not null default 0,
        next_at timestamptz not null,
        claim int not null default 0,
        constraint incident_remedies_pkey primary key (incident_id, n)
      )`);
    await q.query(
      `create index incident_remedies_due on incident_remedies (next_at) where state in ('due', 'reverting')`,
    );
    await q.query(`create index incident_remedies_until on incident_remedies (revert_at) where state = 'done'`);
    await q.query(`
      create table incident_notices (
        id uuid not null constraint incident_notices_pkey primary key,
        incident_id uuid not null references incidents (id) on delete cascade,
        channel text not null,
        kind text not null,
        facts jsonb not null,
        status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
        created_at timestamptz not null,
        finished_at timestamptz,
        failures int not null default 0,
        next_at timestamptz not null,
        claim int not null default 0
      )`);
    await q.query(`create index incident_notices_of on incident_notices (incident_id, channel, id)`);
    await q.query(`create index incident_notices_due on incident_notices (next_at) where status = 'pending'`);
    await q.query(`
      create table incident_notice_tries (
        notice_id uuid not null references incident_notices (id) on delete cascade,
        n int not null,
        at timestamptz not null,
        ms int not null,
        status smallint,
        failure text,
        constraint incident_notice_tries_pkey primary key (notice_id, n)
      )`);
    await q.query(`
      create table withdrawals (
        target text not null constraint withdrawals_pkey primary key check (length(target) <= 300),
        place text not null check (place in ('last', 'out')),
        cause uuid not null,
        since timestamptz not null default now()
      )`);
    await q.query(`alter table api_keys add column suspended_at timestamptz, add column suspended_by uuid`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table api_keys drop column suspended_at, drop column suspended_by`);
    for (const table of ['withdrawals', 'incident_notice_tries', 'incident_notices', 'incident_remedies'])
      await q.query(`drop table ${table}`);
    for (const table of ['incident_entries', 'incident_tenants', 'incident_signals', 'incidents'])
      await q.query(`drop table ${table}`);
  }
}
