import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long a call took, whether the model that was to answer did, and which model a flag chose for it: what models are compared by. */
export class SayHowCallsWent1700000018000 implements MigrationInterface {
  name = 'SayHowCallsWent1700000018000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table spend
        add column latency_ms integer,
        add column first_token_ms integer,
        add column degraded text collate "C",
        add column flags text[] collate "C" not null default '{}'`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(
      `alter table spend drop column latency_ms, drop column first_token_ms, drop column degraded, drop column flags`,
    );
  }
}
