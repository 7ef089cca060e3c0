import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What administrators set about personal data and hostile text, version by version. */
export class CreateGuardPolicies1700000007000 implements MigrationInterface {
  name = 'CreateGuardPolicies1700000007000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table guard_policies (
        tenant_id uuid not null references tenants (id),
        version integer not null check (version > 0),
        policy jsonb not null,
        changed_by uuid not null,
        changed_at timestamptz not null default now(),
        constraint guard_policies_pkey primary key (tenant_id, version)
      )`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table guard_policies`);
  }
}
