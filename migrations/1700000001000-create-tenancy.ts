import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenants and their API keys. A key is known by its hash alone: it is 256 random bits, so a fast hash is enough. */
export class CreateTenancy1700000001000 implements MigrationInterface {
  name = 'CreateTenancy1700000001000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table tenants (
        id uuid not null,
        name text not null,
        root boolean not null default false,
        created_at timestamptz not null default now(),
        disabled_at timestamptz,
        constraint tenants_pkey primary key (id)
      )`);
    await q.query(`create unique index tenants_name on tenants (lower(name))`);
    await q.query(`create unique index tenants_root on tenants (root) where root`);
    await q.query(`
      create table api_keys (
        id uuid not null,
        tenant_id uuid not null,
        name text not null,
        hash bytea not null,
        prefix text not null,
        roles text[] not null,
        models text[] not null default '{}',
        rpm integer,
        tpm integer,
        concurrency integer,
        bootstrap boolean not null default false,
        created_at timestamptz not null default now(),
        created_by uuid,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_on date,
        constraint api_keys_pkey primary key (id),
        constraint api_keys_hash unique (hash),
        constraint api_keys_tenant foreign key (tenant_id) references tenants (id)
      )`);
    await q.query(`create index api_keys_tenant_id on api_keys (tenant_id, id)`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table api_keys');
    await q.query('drop table tenants');
  }
}
