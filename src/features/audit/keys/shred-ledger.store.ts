import type { Keks } from './keks';
import type { KeyDatabase, Query } from './key-database.store';
import { newOrderId } from './key-names';
import { columnsOf, type ShredScope, scopeFrom } from './shred-scope';

/** An order to erase, as far as it was carried out. */
export interface ShredOrder {
  readonly id: string;
  readonly scope: ShredScope;
  readonly basis: string;
  readonly approvers: readonly string[];
  /** Who it is about, by the name that applications use; absent where it is about nobody alone. */
  readonly user?: string;
  readonly entryId?: string;
  readonly entryIndex?: number;
}

/** Keys are destroyed, and what is kept beside the log is to be purged. */
export interface DuePurge {
  readonly id: string;
  readonly scope: ShredScope;
  readonly user?: string;
  readonly destroyedAt: Date;
}

/** What was destroyed: enough to destroy it once more in a restored copy. */
export interface Shred {
  readonly order: string;
  readonly scope: ShredScope;
  readonly entryId: string;
  readonly entryIndex: number;
  /** Of a tenant or a month: every tenant key that ever was. */
  readonly tenantKeys: readonly string[];
}

interface Row {
  id: string;
  tenant: string;
  subject: string;
  month: string;
  basis: string;
  approvers: string[];
  entry_id: string | null;
  entry_index: string | null;
}
interface PersonColumns {
  person: Buffer | null;
  person_wrapper: string | null;
}

const LEASE = `interval '15 minutes'`;
/** The longest call, and the longest upload: what was on its way when keys were destroyed has arrived. */
const ARRIVED = `interval '1 hour'`;

/** The orders to erase and what became of them. */
export class ShredLedger {
  constructor(
    private readonly database: KeyDatabase,
    private readonly keks: Keks,
  ) {}

  /** Nobody else takes it up for a quarter of an hour. */
  async open(scope: ShredScope, basis: string, approvers: readonly string[], user?: string): Promise<ShredOrder> {
    const id = newOrderId();
    const { tenant, subject, month } = columnsOf(scope);
    const person = user === undefined ? null : await this.keks.wrap(Buffer.from(user), personContext(id));
    await this.database.query(
      `insert into audit_keys.shred_ledger
         (id, tenant, subject, month, basis, approvers, leased_until, person, person_wrapper)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() + ${LEASE}, $7, $8)`,
      [id, tenant, subject, month, basis, approvers, person, person && this.keks.use.id],
    );
    return { id, scope, basis, approvers, ...(user !== undefined && { user }) };
  }

  async recorded(id: string, entryId: string, entryIndex: number): Promise<void> {
    await this.database.query('update audit_keys.shred_ledger set entry_id = $2, entry_index = $3 where id = $1', [
      id,
      entryId,
      entryIndex,
    ]);
  }

  /** The copies of wrapped keys are gone, too: nothing is left to do. */
  async swept(id: string, dataKeys: number): Promise<void> {
    await this.database.query(
      `update audit_keys.shred_ledger set swept_at = clock_timestamp(), data_keys = coalesce(data_keys, 0) + $2 where id = $1`,
      [id, dataKeys],
    );
  }

  async cancel(id: string): Promise<void> {
    await this.database.query(
      `update audit_keys.shred_ledger set cancelled_at = clock_timestamp(), person = null
       where id = $1 and destroyed_at is null`,
      [id],
    );
  }

  /** Anybody may take it up again soon. */
  async release(id: string): Promise<void> {
    await this.database.query(
      `update audit_keys.shred_ledger set leased_until = clock_timestamp() + interval '5 seconds' where id = $1`,
      [id],
    );
  }

  /** An order that was recorded in the log and not finished, and that nobody is working at. */
  async takeUp(): Promise<ShredOrder | undefined> {
    const [row] = await this.database.query<Row & PersonColumns>(
      `update audit_keys.shred_ledger set leased_until = clock_timestamp() + ${LEASE} where id = (
         select id from audit_keys.shred_ledger
         where entry_id is not null and swept_at is null and cancelled_at is null and leased_until <= clock_timestamp()
         order by ordered_at limit 1 for update skip locked)
       returning id, tenant, subject, month, basis, approvers, entry_id, entry_index, person, person_wrapper`,
    );
    if (!row) return undefined;
    const { id, basis, approvers } = row;
    const order = { id, scope: scopeFrom(row), basis, approvers, ...(await this.personOf(row)) };
    return { ...order, entryId: row.entry_id!, entryIndex: Number(row.entry_index) };
  }

  /** An order whose keys are destroyed and whose content beside the log is to be purged, for the first time or once more. */
  async takeUpPurge(): Promise<DuePurge | undefined> {
    const [row] = await this.database.query<Row & PersonColumns & { destroyed_at: Date }>(
      `update audit_keys.shred_ledger set leased_until = clock_timestamp() + ${LEASE} where id = (
         select id from audit_keys.shred_ledger
         where swept_at is not null and purged_at is null and leased_until <= clock_timestamp()
         order by ordered_at limit 1 for update skip locked)
       returning id, tenant, subject, month, destroyed_at, person, person_wrapper`,
    );
    if (!row) return undefined;
    return { id: row.id, scope: scopeFrom(row), destroyedAt: row.destroyed_at, ...(await this.personOf(row)) };
  }

  /**
   * What is kept beside the log was purged. It is once more when everything has arrived that was on its way; then nothing says any
   * longer who it was.
   * @param wholly nothing can arrive
   */
  async purged(id: string, wholly = false): Promise<void> {
    await this.database.query(
      `update audit_keys.shred_ledger set
         purged_at = case when last then clock_timestamp() end, person = case when last then null else person end,
         leased_until = greatest(clock_timestamp(), destroyed_at + ${ARRIVED})
       from (select $2 or destroyed_at <= clock_timestamp() - ${ARRIVED} as last
             from audit_keys.shred_ledger where id = $1) due
       where id = $1`,
      [id, wholly],
    );
  }

  /** Of these orders, those that this database knows: `begun` until it is noted that they are in the log. */
  async states(orders: readonly string[]): Promise<Map<string, 'begun' | 'recorded' | 'cancelled'>> {
    const rows = await this.database.query<{ id: string; state: 'begun' | 'recorded' | 'cancelled' }>(
      `select id, case when cancelled_at is not null then 'cancelled' when entry_id is null then 'begun' else 'recorded' end as state
       from audit_keys.shred_ledger where id = any($1)`,
      [orders],
    );
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  /** Of these orders, those that this database has carried out or called off. */
  async settled(orders: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `select id from audit_keys.shred_ledger
       where id = any($1) and (swept_at is not null or cancelled_at is not null)`,
      [orders],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** An order that a restored database has never heard of, or only begun. What is kept beside the log was purged long ago. */
  async adopt({ order, scope, entryId, entryIndex }: Shred): Promise<void> {
    const { tenant, subject, month } = columnsOf(scope);
    await this.database.query(
      `insert into audit_keys.shred_ledger
         (id, tenant, subject, month, basis, approvers, leased_until, entry_id, entry_index, purged_at)
       values ($1, $2, $3, $4, 'replayed', '{}', clock_timestamp() + ${LEASE}, $5, $6, clock_timestamp())
       on conflict (id) do update set leased_until = excluded.leased_until,
         entry_id = excluded.entry_id, entry_index = excluded.entry_index`,
      [order, tenant, subject, month, entryId, entryIndex],
    );
  }

  private async personOf({ id, person, person_wrapper: wrapper }: PersonColumns & { readonly id: string }) {
    if (!person || !wrapper) return {};
    return { user: (await this.keks.unwrap(wrapper, person, personContext(id))).toString() };
  }
}

const personContext = (order: string): string => `shred-order/${order}`;

/** Within the transaction that destroys. @returns when, by the clock of the database */
export async function noteDestroyed(
  query: Query,
  id: string,
  found: { tenantKeys: readonly string[]; dataKeys: number; subjects: number },
  backupDays: number,
): Promise<{ destroyedAt: Date; finalAt: Date }> {
  const [row] = await query<{ destroyedAt: Date; finalAt: Date }>(
    `update audit_keys.shred_ledger set destroyed_at = coalesce(destroyed_at, clock_timestamp()),
       tenant_keys = (select coalesce(array_agg(distinct k), '{}') from unnest(tenant_keys || $2::text[]) k),
       data_keys = coalesce(data_keys, 0) + $3, subjects = coalesce(subjects, 0) + $4,
       final_at = coalesce(final_at, clock_timestamp() + $5 * interval '1 day')
     where id = $1 returning destroyed_at as "destroyedAt", final_at as "finalAt"`,
    [id, found.tenantKeys, found.dataKeys, found.subjects, backupDays],
  );
  if (!row) throw new Error(`the order ${id} is not in the ledger`);
  return row;
}
