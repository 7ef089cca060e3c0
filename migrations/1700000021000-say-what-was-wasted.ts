import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which part of a call's use was of tries that were of no use, and whom those were asked of: each model has its own price. */
export class SayWhatWasWasted1700000021000 implements MigrationInterface {
  name = 'SayWhatWasWasted1700000021000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`alter table spend add column wasted jsonb`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table spend drop column wasted`);
  }
}
