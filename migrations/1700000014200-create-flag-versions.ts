import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was set about feature flags, version by version. Without a definition a flag is what the file declares, if it does. */
export class CreateFlagVersions1700000014200 implements MigrationInterface {
  name = 'CreateFlagVersions1700000014200';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table flag_versions (
        name text not null check (length(name) <= 64),
        version integer not null check (version > 0),
        sealed bytea,
        killed boolean not null,
        changed_by uuid not null,
        changed_at timestamptz not null default now(),
        constraint flag_versions_pkey primary key (name, version)
      )`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table flag_versions`);
  }
}
