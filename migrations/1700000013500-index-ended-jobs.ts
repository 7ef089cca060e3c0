import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever watches all jobs of a key looks for those that ended lately. */
export class IndexEndedJobs1700000013500 implements MigrationInterface {
  name = 'IndexEndedJobs1700000013500';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create index jobs_ended on jobs (finished_at) where finished_at is not null`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop index jobs_ended`);
  }
}
