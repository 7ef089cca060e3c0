import type { KeyDatabase } from './key-database.store';

export interface Lookup {
  readonly tenant: string;
  /** A keyed hash of the real id. */
  readonly lookup: Buffer;
}

export interface SubjectDraft extends Lookup {
  readonly reference: string;
  readonly sealed: Buffer;
  /** The data key that the real id is sealed under. */
  readonly sealedBy: string;
}

export interface SubjectRow {
  readonly reference: string;
  /** Null: erased. */
  readonly sealed: Buffer | null;
  readonly sealedBy: string | null;
  readonly madeAt: Date;
  readonly erasedAt: Date | null;
}

/** A mapping is alive as long as the key that seals it is. */
const FIND = `
  select a.n::int - 1 as n, s.reference, t.wrapped is not null as alive
  from unnest($1::text[], $2::bytea[]) with ordinality as a (tenant, lookup, n)
    join audit_keys.subjects s on s.tenant = a.tenant and s.lookup = a.lookup
    join audit_keys.data_keys k on k.id = s.sealed_by
    join audit_keys.tenant_keys t on t.id = k.tenant_key`;

const RETIRE = `
  update audit_keys.subjects set lookup = null, sealed = null, erased_at = clock_timestamp()
  where reference = any($1) and erased_at is null`;

const ADD = `
  with given as (
    select * from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[], $5::text[])
      as g (reference, tenant, lookup, sealed, sealed_by)
  ), keys as (
    select k.id from audit_keys.data_keys k join audit_keys.tenant_keys t on t.id = k.tenant_key
    where k.id in (select sealed_by from given) and k.wrapped is not null and t.wrapped is not null
    order by t.id for share of t
  )
  insert into audit_keys.subjects (reference, tenant, lookup, sealed, sealed_by)
  select g.* from given g where g.sealed_by in (select id from keys)
  on conflict (tenant, lookup) do nothing
  returning reference`;

const BY_REFERENCE = `
  select reference, sealed, sealed_by as "sealedBy", made_at as "madeAt", erased_at as "erasedAt"
  from audit_keys.subjects where tenant = $1 and reference = $2`;

export class SubjectRows {
  constructor(private readonly database: KeyDatabase) {}

  /** References in the order of the lookups. What is left of mappings whose key was destroyed is removed on the way. */
  async find(lookups: readonly Lookup[]): Promise<(string | undefined)[]> {
    const rows = await this.database.query<{ n: number; reference: string; alive: boolean }>(FIND, [
      lookups.map(({ tenant }) => tenant),
      lookups.map(({ lookup }) => lookup),
    ]);
    const dead = rows.filter(({ alive }) => !alive);
    if (dead.length) await this.database.query(RETIRE, [dead.map(({ reference }) => reference)]);
    const found: (string | undefined)[] = Array.from({ length: lookups.length });
    for (const { n, reference, alive } of rows) if (alive) found[n] = reference;
    return found;
  }

  /** @returns the references of those that were added */
  async add(drafts: readonly SubjectDraft[]): Promise<Set<string>> {
    const added = await this.database.query<{ reference: string }>(ADD, [
      drafts.map(({ reference }) => reference),
      drafts.map(({ tenant }) => tenant),
      drafts.map(({ lookup }) => lookup),
      drafts.map(({ sealed }) => sealed),
      drafts.map(({ sealedBy }) => sealedBy),
    ]);
    return new Set(added.map(({ reference }) => reference));
  }

  async byReference(tenant: string, reference: string): Promise<SubjectRow | undefined> {
    return (await this.database.query<SubjectRow>(BY_REFERENCE, [tenant, reference]))[0];
  }
}
