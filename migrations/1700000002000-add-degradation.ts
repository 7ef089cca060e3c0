import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who answered in place of a model, whether the answer was kept from before, and what was tried. */
export class AddDegradation1700000002000 implements MigrationInterface {
  name = 'AddDegradation1700000002000';

  async up(q: QueryRunner): Promise<void> {
    await q.query('alter table llm_requests add column degraded text, add column cache text, add column tried jsonb');
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('alter table llm_requests drop column degraded, drop column cache, drop column tried');
  }
}
