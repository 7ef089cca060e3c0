import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs for which money is held: only of these must anything be freed when they end. Of those before, nobody said. */
export class SayWhetherMoneyIsHeld1700000014500 implements MigrationInterface {
  name = 'SayWhetherMoneyIsHeld1700000014500';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`alter table jobs add column held boolean not null default true`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table jobs drop column held`);
  }
}
