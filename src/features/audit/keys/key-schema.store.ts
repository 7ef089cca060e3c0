import type { ClientBase } from 'pg';

/** Serialises the start of several replicas; the number is arbitrary but must never change. */
const SCHEMA_LOCK = 6_127_315_021n;

/** One script for each version of the schema. A script is never edited once released: a later one changes what it made. */
const VERSIONS = [
  `
  create table audit_keys.tenant_keys (
    id text primary key,
    tenant text not null,
    month text not null,
    version int not null,
    wrapped bytea,
    wrapper text not null,
    made_at timestamptz not null default clock_timestamp(),
    destroyed_at timestamptz,
    unique (tenant, month, version),
    check ((wrapped is null) = (destroyed_at is not null))
  );
  create index on audit_keys.tenant_keys (wrapper, id) where wrapped is not null;
  comment on table audit_keys.tenant_keys is
    'One key for each tenant and month, wrapped by a key that is not in this database. A destroyed one keeps its row.';

  create table audit_keys.data_keys (
    id text primary key,
    tenant_key text not null references audit_keys.tenant_keys (id),
    tenant text not null,
    subject text not null,
    month text not null,
    version int not null,
    wrapped bytea,
    made_at timestamptz not null default clock_timestamp(),
    destroyed_at timestamptz,
    unique (tenant, subject, month, version),
    check ((wrapped is null) = (destroyed_at is not null))
  );
  create index on audit_keys.data_keys (tenant_key, id) where wrapped is not null;
  comment on table audit_keys.data_keys is
    'One key for each tenant, subject and month: entries name it. Wrapped by the tenant''s key of the month.';

  create table audit_keys.subjects (
    reference text primary key,
    tenant text not null,
    lookup bytea,
    sealed bytea,
    sealed_by text references audit_keys.data_keys (id),
    made_at timestamptz not null default clock_timestamp(),
    erased_at timestamptz,
    unique (tenant, lookup),
    check ((lookup is null) = (erased_at is not null) and (lookup is null) = (sealed is null))
  );
  comment on table audit_keys.subjects is
    'Who is behind the random names in the log. An erased one keeps its row without saying who it was.';

  create table audit_keys.shred_ledger (
    id text primary key,
    tenant text not null,
    subject text not null,
    month text not null,
    basis text not null,
    approvers text[] not null,
    ordered_at timestamptz not null default clock_timestamp(),
    leased_until timestamptz not null,
    entry_id text,
    entry_index bigint,
    destroyed_at timestamptz,
    swept_at timestamptz,
    cancelled_at timestamptz,
    tenant_keys text[] not null default '{}',
    data_keys bigint,
    subjects bigint,
    final_at timestamptz
  );
  comment on table audit_keys.shred_ledger is
    'What was destroyed, when, and by order of which entry. Must be replayed after this database was restored.';

  create table audit_keys.rotations (
    id bigint generated always as identity primary key,
    level text not null,
    tenant text,
    month text,
    subject text,
    started_at timestamptz not null default clock_timestamp(),
    leased_until timestamptz not null,
    total bigint,
    renewed bigint not null default 0,
    left_over bigint,
    finished_at timestamptz
  );
  create unique index on audit_keys.rotations (level, coalesce(tenant, '*'), coalesce(month, '*'), coalesce(subject, '*'))
    where finished_at is null;

  create table audit_keys.nodes (
    id text primary key,
    started_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp()
  );
  create table audit_keys.changes (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    what jsonb not null
  );
  create table audit_keys.acknowledgements (
    change bigint not null references audit_keys.changes (id) on delete cascade,
    node text not null,
    primary key (change, node)
  );`,
  `
  alter table audit_keys.shred_ledger
    add column person bytea,
    add column person_wrapper text,
    add column purged_at timestamptz;
  update audit_keys.shred_ledger set purged_at = swept_at;
  comment on column audit_keys.shred_ledger.person is
    'Whose content beside the log goes, too: wrapped by a key that is not in this database, until that is done.';`,
];

/**
 * Brings the schema of the keys up to date; does nothing when it is.
 * @throws when the role may not make it, or a newer release did
 */
export async function ensureKeySchema(client: ClientBase): Promise<void> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK.toString()]);
    const version = await schemaVersion(client);
    if (version > VERSIONS.length)
      throw new Error(
        `The key database has version ${version} of its schema, made by a newer release; start that release`,
      );
    for (const script of VERSIONS.slice(version)) await client.query(script);
    if (version < VERSIONS.length) await client.query('update audit_keys.version set number = $1', [VERSIONS.length]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function schemaVersion(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ exists: boolean; allowed: boolean; role: string }>(
    `select exists (select from pg_namespace where nspname = 'audit_keys') as exists, current_user as role,
            has_database_privilege(current_database(), 'create') as allowed`,
  );
  const { exists, allowed, role } = rows[0] as { exists: boolean; allowed: boolean; role: string };
  if (!exists && !allowed)
    throw new Error(
      `The key database lacks the schema audit_keys, and ${role} may not make it: create schema audit_keys authorization "${role}"`,
    );
  if (!exists) await client.query('create schema audit_keys');
  await client.query(
    `create table if not exists audit_keys.version (single boolean primary key default true check (single), number int not null)`,
  );
  await client.query('insert into audit_keys.version (number) values (0) on conflict do nothing');
  return (await client.query<{ number: number }>('select number from audit_keys.version')).rows[0]?.number ?? 0;
}
