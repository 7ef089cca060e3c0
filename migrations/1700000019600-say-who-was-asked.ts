import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a call was answered or a provider tried: one that ended before either is no request in reports. */
export class SayWhoWasAsked1700000019600 implements MigrationInterface {
  name = 'SayWhoWasAsked1700000019600';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`alter table spend add column asked boolean not null default true`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table spend drop column asked`);
  }
}
