import type { KeyDatabase } from './key-database.store';
import type { DataKeyName } from './key-names';
import type { Month } from './months';

/** What a data key is for. */
export interface Scope {
  readonly tenant: string;
  readonly subject: string;
  readonly month: Month;
}

export interface DataKeyRow extends DataKeyName {
  /** Null: destroyed, or its tenant key was. */
  readonly wrapped: Buffer | null;
}

/** What is known of a scope at one moment. */
export interface ScopeState {
  /** The newest version. */
  readonly row?: DataKeyRow;
  /** `none`: nobody in particular. */
  readonly subject: 'none' | 'alive' | 'erased' | 'unknown';
}

const LATEST = `
  with asked as (
    select * from unnest($1::text[], $2::text[], $3::text[]) with ordinality as a (tenant, subject, month, n)
  )
  select a.n::int - 1 as n, a.tenant, a.subject, a.month, k.id, k.tenant_key as "tenantKey", k.version,
         case when t.wrapped is not null then k.wrapped end as wrapped,
         case when a.subject = '' then 'none' when s.reference is null then 'unknown'
              when s.erased_at is not null or st.wrapped is null then 'erased' else 'alive' end as state
  from asked a
    left join lateral (
      select * from audit_keys.data_keys d
      where d.tenant = a.tenant and d.subject = a.subject and d.month = a.month order by version desc limit 1
    ) k on true
    left join audit_keys.tenant_keys t on t.id = k.tenant_key
    left join audit_keys.subjects s on s.reference = a.subject and s.tenant = a.tenant
    left join audit_keys.data_keys sk on sk.id = s.sealed_by
    left join audit_keys.tenant_keys st on st.id = sk.tenant_key`;

/**
 * Only under tenant keys, and for subjects, that are alive and stay so until the rows are there: an erasure comes either
 * before, and nothing is added, or after, and finds the rows. The locks are taken in the order in which erasures take them.
 */
const ADD = `
  with given as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bytea[])
      as g (id, tenant_key, tenant, subject, month, version, wrapped)
  ), keys as (
    select id from audit_keys.tenant_keys
    where id in (select tenant_key from given) and wrapped is not null order by id for share
  ), people as (
    select reference from audit_keys.subjects
    where reference in (select subject from given) and erased_at is null and (select count(*) from keys) >= 0
    order by reference for share
  )
  insert into audit_keys.data_keys (id, tenant_key, tenant, subject, month, version, wrapped)
  select g.* from given g
  where g.tenant_key in (select id from keys) and (g.subject = '' or g.subject in (select reference from people))
  on conflict (tenant, subject, month, version) do nothing
  returning id`;

const ADD_DESTROYED = `
  insert into audit_keys.data_keys (id, tenant_key, tenant, subject, month, version, destroyed_at)
  values ($1, $2, $3, $4, $5, $6, clock_timestamp()) on conflict (tenant, subject, month, version) do nothing returning id`;

const BY_ID = `
  select k.id, k.tenant_key as "tenantKey", k.tenant, k.subject, k.month, k.version,
         case when t.wrapped is not null then k.wrapped end as wrapped
  from audit_keys.data_keys k join audit_keys.tenant_keys t on t.id = k.tenant_key where k.id = any($1)`;

const FATE = `
  select k.made_at as "madeAt", coalesce(k.destroyed_at, t.destroyed_at) as "destroyedAt", k.subject, k.month
  from audit_keys.data_keys k join audit_keys.tenant_keys t on t.id = k.tenant_key where k.id = $1`;

export interface Fate {
  readonly madeAt: Date;
  /** Null: alive. */
  readonly destroyedAt: Date | null;
}

export class DataKeyRows {
  constructor(private readonly database: KeyDatabase) {}

  /** In the order of the scopes. */
  async latest(scopes: readonly Scope[]): Promise<ScopeState[]> {
    const rows = await this.database.query<DataKeyRow & { n: number; state: ScopeState['subject'] }>(LATEST, [
      scopes.map(({ tenant }) => tenant),
      scopes.map(({ subject }) => subject),
      scopes.map(({ month }) => month),
    ]);
    const states: ScopeState[] = [];
    for (const { n, state, ...row } of rows) states[n] = row.id === null ? { subject: state } : { row, subject: state };
    return states;
  }

  /** @returns the ids of those that were added. Of the others somebody was faster, or they may not be added any more. */
  async add(rows: readonly DataKeyRow[]): Promise<Set<string>> {
    const added = await this.database.query<{ id: string }>(ADD, [
      rows.map(({ id }) => id),
      rows.map(({ tenantKey }) => tenantKey),
      rows.map(({ tenant }) => tenant),
      rows.map(({ subject }) => subject),
      rows.map(({ month }) => month),
      rows.map(({ version }) => version),
      rows.map(({ wrapped }) => wrapped),
    ]);
    return new Set(added.map(({ id }) => id));
  }

  /** A key that nobody can ever find, for what is still written about somebody who was erased. @returns whether it was added */
  async addDestroyed({ id, tenantKey, tenant, subject, month, version }: DataKeyName): Promise<boolean> {
    return (await this.database.query(ADD_DESTROYED, [id, tenantKey, tenant, subject, month, version])).length > 0;
  }

  async byIds(ids: readonly string[]): Promise<Map<string, DataKeyRow>> {
    const rows = await this.database.query<DataKeyRow>(BY_ID, [ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Undefined: there never was such a key. */
  async fate(id: string): Promise<Fate | undefined> {
    return (await this.database.query<Fate>(FATE, [id]))[0];
  }
}

export function scopeName(tenant: string, subject: string, month: Month): string {
  return `${month}\n${tenant}\n${subject}`;
}
