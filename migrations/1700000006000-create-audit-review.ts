import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What those who review the audit log have under way. The evidence is in the log; these tables say what is open. Words that
 * people wrote are sealed, and people are named by their references.
 */
export class CreateAuditReview1700000006000 implements MigrationInterface {
  name = 'CreateAuditReview1700000006000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table audit_approvals (
        id uuid not null,
        tenant_id uuid not null,
        kind text not null
          check (kind in ('reveal', 'subject_export', 'disclose_keys', 'shred_subject', 'shred_tenant')),
        targets text[] not null,
        words bytea not null,
        asked_by uuid not null,
        asked_at timestamptz not null default now(),
        expires_at timestamptz not null,
        decision text check (decision in ('approved', 'denied')),
        decided_by uuid,
        decided_at timestamptz,
        used_at timestamptz,
        constraint audit_approvals_pkey primary key (id),
        constraint audit_approvals_decided check ((decision is null) = (decided_by is null)),
        constraint audit_approvals_second_person check (decided_by <> asked_by)
      )`);
    await q.query(`create index audit_approvals_asker on audit_approvals (asked_by, kind, expires_at)`);
    await q.query(`create index audit_approvals_tenant on audit_approvals (tenant_id, id)`);
    await q.query(`
      create table audit_holds (
        id uuid not null,
        tenant_id uuid,
        subject text,
        request_ids text[],
        from_time timestamptz,
        to_time timestamptz,
        words bytea not null,
        placed_by uuid not null,
        placed_at timestamptz not null default now(),
        entry_id uuid,
        released_by uuid,
        released_at timestamptz,
        constraint audit_holds_pkey primary key (id)
      )`);
    await q.query(`create index audit_holds_open on audit_holds (tenant_id) where released_at is null`);
    await q.query(`
      create table audit_reviews (
        id uuid not null,
        tenant_id uuid not null,
        entry_id uuid not null,
        opened_by uuid not null,
        opened_at timestamptz not null default now(),
        break_glass_entry uuid not null,
        words bytea not null,
        closed_by uuid,
        closed_at timestamptz,
        finding bytea,
        constraint audit_reviews_pkey primary key (id),
        constraint audit_reviews_second_person check (closed_by <> opened_by)
      )`);
    await q.query(`create index audit_reviews_tenant on audit_reviews (tenant_id, id)`);
    await q.query(`
      create table audit_retention_plans (
        id uuid not null,
        month date not null,
        planned_by uuid not null,
        planned_at timestamptz not null default now(),
        plan_entry uuid not null,
        approved_by uuid,
        approved_at timestamptz,
        seal jsonb,
        seal_entry uuid,
        archive_wanted boolean not null default false,
        archive jsonb,
        drop_entry uuid,
        drop_index bigint,
        dropped_at timestamptz,
        constraint audit_retention_plans_pkey primary key (id),
        constraint audit_retention_plans_month unique (month)
      )`);
    await q.query(`
      create table audit_exports (
        id uuid not null,
        tenant_id uuid,
        actor uuid not null,
        format text not null,
        started_at timestamptz not null default now(),
        heard_at timestamptz not null default now(),
        entries bigint not null default 0,
        bytes bigint not null default 0,
        sha256 text,
        ended_at timestamptz,
        error text,
        constraint audit_exports_pkey primary key (id)
      )`);
    await q.query(`
      create table audit_verifications (
        id uuid not null,
        started_by uuid,
        day date,
        started_at timestamptz not null default now(),
        heard_at timestamptz not null default now(),
        size bigint not null,
        checked bigint not null default 0,
        ended_at timestamptz,
        ok boolean,
        result jsonb,
        constraint audit_verifications_pkey primary key (id),
        constraint audit_verifications_day unique (day)
      )`);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of ['verifications', 'exports', 'retention_plans', 'reviews', 'holds', 'approvals'])
      await q.query(`drop table audit_${table}`);
  }
}
