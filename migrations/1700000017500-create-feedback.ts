import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What callers thought of answers: a number each. What they wrote is in the audit log, encrypted, where it can be erased. */
export class CreateFeedback1700000017500 implements MigrationInterface {
  name = 'CreateFeedback1700000017500';

  async up(q: QueryRunner): Promise<void> {
    // texts are ordered by their bytes, as in the rollups of usage that they stand beside
    await q.query(`
      create table feedback (
        tenant_id uuid not null,
        call_id uuid not null,
        entry_id uuid not null,
        prompt_entry_id uuid,
        request_id text not null,
        called_at timestamptz not null,
        key_id text collate "C" not null,
        provider text collate "C" not null,
        model text collate "C" not null,
        alias text collate "C" not null,
        user_ref text collate "C" not null,
        session_ref text collate "C" not null,
        tags text[] collate "C" not null,
        score numeric(4, 3) not null check (score between 0 and 1),
        has_comment boolean not null,
        has_expected boolean not null,
        given_by uuid not null,
        given_at timestamptz not null,
        constraint feedback_pkey primary key (tenant_id, call_id)
      )`);
    await q.query(`create unique index feedback_entry on feedback (entry_id)`);
    await q.query(`create index feedback_tenant on feedback (tenant_id, entry_id)`);
    await q.query(`create index feedback_called on feedback (called_at, provider, model)`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table feedback`);
  }
}
