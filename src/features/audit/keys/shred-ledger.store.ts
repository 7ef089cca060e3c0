import type { KeyDatabase, Query } from './key-database.store';
import { newOrderId } from './key-names';
import { columnsOf, type ShredScope, scopeFrom } from './shred-scope';

/** An order to erase, as far as it was carried out. */
export interface ShredOrder {
  readonly id: string;
  readonly scope: ShredScope;
  readonly basis: string;
  readonly approvers: readonly string[];
  readonly entryId?: string;
  readonly entryIndex?: number;
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

const LEASE = `interval '15 minutes'`;

/** The orders to erase and what became of them. */
export class ShredLedger {
  constructor(private readonly database: KeyDatabase) {}

  /** Nobody else takes it up for a quarter of an hour. */
  async open(scope: ShredScope, basis: string, approvers: readonly string[]): Promise<ShredOrder> {
    const id = newOrderId();
    const { tenant, subject, month } = columnsOf(scope);
    await this.database.query(
      `insert into audit_keys.shred_ledger (id, tenant, subject, month, basis, approvers, leased_until)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() + ${LEASE})`,
      [id, tenant, subject, month, basis, approvers],
    );
    return { id, scope, basis, approvers };
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
      'update audit_keys.shred_ledger set cancelled_at = clock_timestamp() where id = $1 and destroyed_at is null',
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
    const [row] = await this.database.query<Row>(
      `update audit_keys.shred_ledger set leased_until = clock_timestamp() + ${LEASE} where id = (
         select id from audit_keys.shred_ledger
         where entry_id is not null and swept_at is null and cancelled_at is null and leased_until <= clock_timestamp()
         order by ordered_at limit 1 for update skip locked)
       returning id, tenant, subject, month, basis, approvers, entry_id, entry_index`,
    );
    if (!row) return undefined;
    const { id, basis, approvers } = row;
    return { id, scope: scopeFrom(row), basis, approvers, entryId: row.entry_id!, entryIndex: Number(row.entry_index) };
  }

  /** Where in the log the newest known order stands; -1 when there is none. */
  async newest(): Promise<number> {
    const [row] = await this.database.query<{ index: string | null }>(
      'select max(entry_index) as index from audit_keys.shred_ledger',
    );
    return Number(row?.index ?? -1);
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

  /** An order that a restored database has never heard of, or only begun. */
  async adopt({ order, scope, entryId, entryIndex }: Shred): Promise<void> {
    const { tenant, subject, month } = columnsOf(scope);
    await this.database.query(
      `insert into audit_keys.shred_ledger
         (id, tenant, subject, month, basis, approvers, leased_until, entry_id, entry_index)
       values ($1, $2, $3, $4, 'replayed', '{}', clock_timestamp() + ${LEASE}, $5, $6)
       on conflict (id) do update set leased_until = excluded.leased_until,
         entry_id = excluded.entry_id, entry_index = excluded.entry_index`,
      [order, tenant, subject, month, entryId, entryIndex],
    );
  }
}

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
