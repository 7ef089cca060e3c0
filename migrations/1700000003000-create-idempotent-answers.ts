import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is answering the call that an idempotency key names, and the answer once there is one. Keys and bodies are keyed
 * hashes, the answer is sealed. A claim holds until its lease runs out, so that a process that died blocks nobody.
 */
export class CreateIdempotentAnswers1700000003000 implements MigrationInterface {
  name = 'CreateIdempotentAnswers1700000003000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table idempotent_answers (
        tenant_id uuid not null,
        key_hash bytea not null,
        body_hash bytea not null,
        state text not null,
        holder uuid not null,
        lease_until timestamptz,
        request_id text not null,
        received_at timestamptz not null,
        expires_at timestamptz not null,
        sealed bytea,
        constraint idempotent_answers_pkey primary key (tenant_id, key_hash),
        constraint idempotent_answers_state check (
          state = 'claimed' and lease_until is not null and sealed is null
          or state = 'answered' and lease_until is null and sealed is not null)
      )`);
    // sealed bytes do not compress
    await q.query(`alter table idempotent_answers alter column sealed set storage external`);
    await q.query(`create index idempotent_answers_expiry on idempotent_answers (expires_at)`);
    await q.query(`alter table llm_requests add column repeated boolean`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table llm_requests drop column repeated`);
    await q.query(`drop table idempotent_answers`);
  }
}
