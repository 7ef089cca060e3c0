import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which part of a prompt its images took: some models have a price of its own for them. */
export class SayWhatImagesTook1700000019500 implements MigrationInterface {
  name = 'SayWhatImagesTook1700000019500';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`alter table spend add column image_tokens bigint not null default 0`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table spend drop column image_tokens`);
  }
}
