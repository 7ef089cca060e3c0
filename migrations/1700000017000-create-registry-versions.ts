import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was set about aliases and models, version by version. Without a setting holds what the file says, if it says anything. */
export class CreateRegistryVersions1700000017000 implements MigrationInterface {
  name = 'CreateRegistryVersions1700000017000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table registry_versions (
        kind text not null check (kind in ('alias', 'model')),
        name text not null check (length(name) <= 300),
        version integer not null check (version > 0),
        setting jsonb,
        changed_by uuid not null,
        changed_at timestamptz not null default now(),
        constraint registry_versions_pkey primary key (kind, name, version)
      )`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table registry_versions`);
  }
}
