import type { KeyDatabase, Query } from './key-database.store';
import type { KeyNotices } from './key-notices.store';
import { noteDestroyed } from './shred-ledger.store';
import { columnsOf, kindOf, type ShredScope } from './shred-scope';

export interface Destroyed {
  /** Ids of data keys of a person, of tenant keys otherwise: what nobody can read any more is under them. */
  readonly keys: readonly string[];
  readonly tenantKeys: readonly string[];
  readonly dataKeys: number;
  readonly subjects: number;
  readonly destroyedAt: Date;
  readonly finalAt: Date;
  /** Number of the notice to all processes. */
  readonly change: string;
}

const DESTROY_MS = 600_000;
const SWEEP = 5_000;
const VACUUM_MS = 120_000;

const ERASE_SUBJECTS = `
  with erased as (
    update audit_keys.subjects s set lookup = null, sealed = null, erased_at = clock_timestamp()
    where s.tenant = $1 and s.erased_at is null and WHICH returning 1
  ) select count(*)::int as n from erased`;
const DESTROY_OF_SUBJECT = `
  update audit_keys.data_keys set wrapped = null, destroyed_at = clock_timestamp()
  where tenant = $1 and subject = $2 and wrapped is not null returning id`;
const LOCK_TENANT_KEYS = `
  select id from audit_keys.tenant_keys where tenant = $1 and ($2 = '' or month = $2) order by id for update`;
const DESTROY_TENANT_KEYS = `
  update audit_keys.tenant_keys set wrapped = null, destroyed_at = clock_timestamp() where id = any($1) and wrapped is not null`;
const SWEEP_DATA_KEYS = `
  with chosen as (
    select id from audit_keys.data_keys where tenant_key = any($1) and wrapped is not null limit ${SWEEP} for update
  ), gone as (
    update audit_keys.data_keys k set wrapped = null, destroyed_at = clock_timestamp() from chosen where k.id = chosen.id returning 1
  ) select count(*)::int as n from gone`;

/** Destroys keys, and what says who is behind a name. */
export class KeyErasure {
  private tidying = false;

  constructor(
    private readonly database: KeyDatabase,
    private readonly notices: KeyNotices,
    private readonly backupDays: number,
  ) {}

  /** Ids of the keys that would be destroyed, and whether there is anything at all. */
  async outlook(scope: ShredScope): Promise<{ keys: string[]; anything: boolean }> {
    const { tenant, subject, month } = columnsOf(scope);
    if (kindOf(scope) !== 'subject') {
      const keys = await this.database.query<{ id: string; alive: boolean }>(
        `select id, wrapped is not null as alive from audit_keys.tenant_keys
         where tenant = $1 and ($2 = '' or month = $2) order by made_at, id`,
        [tenant, month],
      );
      return { keys: keys.map(({ id }) => id), anything: keys.some(({ alive }) => alive) };
    }
    const keys = await this.database.query<{ id: string }>(
      `select id from audit_keys.data_keys where tenant = $1 and subject = $2 and wrapped is not null order by made_at, id`,
      [tenant, subject],
    );
    const alive = await this.database.query(
      'select from audit_keys.subjects where tenant = $1 and reference = $2 and erased_at is null',
      [tenant, subject],
    );
    return { keys: keys.map(({ id }) => id), anything: keys.length + alive.length > 0 };
  }

  /**
   * At once and for good: afterwards nothing in the database opens what is in the scope, and no key comes back under the old
   * names. May be repeated.
   * @param known destroyed besides what is found, when the database is a restored copy
   */
  destroy(order: string, scope: ShredScope, known?: readonly string[]): Promise<Destroyed> {
    const { tenant, subject } = columnsOf(scope);
    return this.database.transaction(DESTROY_MS, async (query) => {
      const found =
        kindOf(scope) === 'subject' ? await ofSubject(query, tenant, subject) : await ofTenant(query, scope, known);
      const dates = await noteDestroyed(query, order, found, this.backupDays);
      const change = await this.notices.announce(query, {
        ...(tenant && { tenant }),
        ...(subject && { subject }),
      });
      return { ...found, ...dates, change };
    });
  }

  /** Removes the wrapped bytes of data keys whose tenant key is gone. @returns how many */
  async sweep(tenantKeys: readonly string[]): Promise<number> {
    if (!tenantKeys.length) return 0;
    for (let swept = 0; ;) {
      const [row] = await this.database.query<{ n: number }>(SWEEP_DATA_KEYS, [tenantKeys]);
      swept += row?.n ?? 0;
      if (!row || row.n < SWEEP) return swept;
    }
  }

  /** Lets PostgreSQL reuse the room of row versions that nobody can see any more; it may have to wait for old transactions. */
  async tidy(): Promise<void> {
    if (this.tidying) return;
    this.tidying = true;
    try {
      for (const table of ['data_keys', 'tenant_keys', 'subjects', 'shred_ledger'])
        await this.database.maintain(`vacuum audit_keys.${table}`, VACUUM_MS);
    } finally {
      this.tidying = false;
    }
  }
}

async function ofSubject(query: Query, tenant: string, subject: string) {
  // first the person: a process that is making a key for it has either finished, or will not begin
  const [people] = await query<{ n: number }>(ERASE_SUBJECTS.replace('WHICH', 's.reference = $2'), [tenant, subject]);
  const keys = await query<{ id: string }>(DESTROY_OF_SUBJECT, [tenant, subject]);
  return { keys: keys.map(({ id }) => id), tenantKeys: [], dataKeys: keys.length, subjects: people?.n ?? 0 };
}

async function ofTenant(query: Query, scope: ShredScope, known: readonly string[] | undefined) {
  const { tenant, month } = columnsOf(scope);
  const keys = known ?? (await lockedTenantKeys(query, tenant, month));
  await query(DESTROY_TENANT_KEYS, [keys]);
  if (month) return { keys, tenantKeys: keys, dataKeys: 0, subjects: 0 };
  const those = `s.sealed_by in (select id from audit_keys.data_keys where tenant_key = any($2))`;
  const [people] = await query<{ n: number }>(
    ERASE_SUBJECTS.replace('WHICH', known ? those : `$2::text[] is not null`),
    [tenant, keys],
  );
  return { keys, tenantKeys: keys, dataKeys: 0, subjects: people?.n ?? 0 };
}

/** While the first ones were waited for, rotation may have added others, and moved data keys to them. */
async function lockedTenantKeys(query: Query, tenant: string, month: string): Promise<string[]> {
  for (let keys: string[] = []; ;) {
    const locked = (await query<{ id: string }>(LOCK_TENANT_KEYS, [tenant, month])).map(({ id }) => id);
    if (locked.length === keys.length) return locked;
    keys = locked;
  }
}
