import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Migrations that took something away, and the timestamp of the oldest newest migration that a release may know to live with that. */
export class CreateSchemaContracts1700000016000 implements MigrationInterface {
  name = 'CreateSchemaContracts1700000016000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table schema_contracts (
        name text not null,
        oldest bigint not null,
        constraint schema_contracts_pkey primary key (name)
      )`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table schema_contracts`);
  }
}
