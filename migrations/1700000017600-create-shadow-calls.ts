import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What calls took that were sent to a second model as well, and what they took there: numbers, and no word of what was said. */
export class CreateShadowCalls1700000017600 implements MigrationInterface {
  name = 'CreateShadowCalls1700000017600';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table shadow_calls (
        call_id uuid primary key,
        at timestamptz not null,
        tenant_id uuid not null,
        subject text not null,
        model text not null,
        shadow_model text not null,
        error_code text,
        ms integer not null,
        shadow_ms integer not null,
        input_tokens bigint not null,
        output_tokens bigint not null,
        shadow_input_tokens bigint not null,
        shadow_output_tokens bigint not null,
        cost_picos numeric(38, 0),
        shadow_cost_picos numeric(38, 0),
        similarity real
      )`);
    await q.query(`create index shadow_calls_at on shadow_calls (at)`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table shadow_calls`);
  }
}
