import { Pool, type PoolClient } from 'pg';
import { connectionOptions } from '../../../platform/database/connection';
import { lasting } from '../../../platform/database/lasting-pool';
import { type Change, changesOf, type NewRow } from './changes';
import { dayDeltas, totalDeltas } from './deltas';
import type { LedgerRow } from './ledger-row';
import type { SpendHooks } from './spend-hooks';
import { dayRows, ledgerRow, type SpendRow, spendRows, totalRows } from './spend-row';
import {
  ADD_DAYS,
  ADD_MODEL_DAYS,
  ADD_TOTALS,
  CURSOR,
  EXISTING,
  MOVE_CURSOR,
  PARTITIONS,
  PUT_ROWS,
  ROWS_OF_PERIOD,
  TRY_LOCK,
  WAIT_FOR_LOCK,
} from './statements';

const CONNECTIONS = 2;

/** A stretch of the log, read. */
export interface Stretch {
  /** Index of its first entry, and of the first one after it. */
  readonly from: number;
  readonly next: number;
  /** In the order of the log. */
  readonly rows: readonly NewRow[];
  /** Calls that ended in it, with or without a row. */
  readonly ended: readonly string[];
}

/** Where a period was left off; the start of a period when absent. */
export interface PeriodCursor {
  readonly at: Date;
  readonly callId: string;
}
export interface Period {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  /** undefined: of all tenants. */
  readonly tenant?: string | undefined;
}

const NO_CALL = '00000000-0000-0000-0000-000000000000';

/** The tables `spend*`. Rows, sums and cursor move in one transaction, of which there is one at a time. */
export class Ledger {
  private readonly pool: Pool;

  constructor(
    url: string,
    private readonly hooks: SpendHooks,
  ) {
    this.pool = lasting(new Pool({ ...connectionOptions(url, 'ledger'), max: CONNECTIONS, allowExitOnIdle: true }));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** Index of the first entry that is not in the ledger. */
  async cursor(): Promise<number> {
    return readCursor(this.pool);
  }

  /**
   * Puts a stretch of the log into the ledger. What is already there is left out, so it may be done again, also by somebody
   * else at the same time.
   * @param wait false: does nothing while somebody else writes
   * @returns the cursor afterwards: beyond `next` when somebody else was ahead; undefined when it did not wait
   * @throws Error when entries before the stretch are missing
   */
  async project({ from, next, rows, ended }: Stretch, wait = true): Promise<number | undefined> {
    return this.alone(wait, async (client) => {
      const cursor = await readCursor(client);
      if (from > cursor) throw new Error(`The ledger ends at entry ${cursor}: a stretch from ${from} leaves a gap`);
      if (next <= cursor) return cursor;
      const fresh = rows.filter(({ index }) => index >= cursor);
      await write(client, changesOf(fresh, await existing(client, fresh)));
      await client.query(MOVE_CURSOR, [next]);
      await this.hooks.run(client, [...new Set(ended)]);
      return next;
    });
  }

  /**
   * Replaces rows of a period, and with them the sums.
   * @param renewed the row as it should be; the same object when nothing changes
   * @returns what was looked at; no `next` when that was the end of the period
   */
  async renew(
    { from, to, tenant }: Period,
    after: PeriodCursor | undefined,
    limit: number,
    renewed: (row: LedgerRow) => LedgerRow,
  ): Promise<{ readonly examined: number; readonly changes: readonly Change[]; readonly next?: PeriodCursor }> {
    const done = await this.alone(true, async (client) => {
      const values = [from, to, tenant ?? null, limit, after?.at ?? new Date(0), after?.callId ?? NO_CALL];
      const rows = (await client.query<SpendRow>(ROWS_OF_PERIOD, values)).rows;
      const changes = rows
        .map(ledgerRow)
        .map((before) => ({ before, after: renewed(before) }))
        .filter(({ before, after: row }) => row !== before);
      await write(client, changes);
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return { examined: rows.length, changes, ...(last && { next: { at: last.at, callId: last.call_id } }) };
    });
    return done ?? { examined: 0, changes: [] };
  }

  /** One transaction of all processes at a time. @returns undefined when it did not wait for another one */
  private async alone<T>(wait: boolean, work: (client: PoolClient) => Promise<T>): Promise<T | undefined> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const done = (await locked(client, wait)) ? await work(client) : undefined;
      await client.query('commit');
      return done;
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => (broken = cause));
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

async function locked(client: PoolClient, wait: boolean): Promise<boolean> {
  if (!wait) return (await client.query<{ locked: boolean }>(TRY_LOCK)).rows[0]?.locked ?? false;
  await client.query(WAIT_FOR_LOCK);
  return true;
}

async function readCursor(client: Pick<PoolClient, 'query'>): Promise<number> {
  const { rows } = await client.query<{ next_index: string }>(CURSOR);
  return Number(rows[0]?.next_index ?? 0);
}

async function existing(client: PoolClient, rows: readonly LedgerRow[]): Promise<Map<string, LedgerRow>> {
  if (!rows.length) return new Map();
  const times = rows.map(({ at }) => at);
  const period = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const values = [rows.map(({ callId }) => callId), ...period.map((at) => new Date(at))];
  const found = await client.query<SpendRow>(EXISTING, values);
  return new Map(found.rows.map((row) => [row.call_id, ledgerRow(row)]));
}

async function write(client: PoolClient, changes: readonly Change[]): Promise<void> {
  if (!changes.length) return;
  const rows = changes.map(({ after }) => after);
  const months = new Set(rows.map(({ at }) => `${new Date(at).toISOString().slice(0, 7)}-01T00:00:00Z`));
  await client.query(PARTITIONS, [[...months]]);
  await client.query(PUT_ROWS, [spendRows(rows)]);
  const totals = totalDeltas(changes);
  if (totals.length) await client.query(ADD_TOTALS, [totalRows(totals)]);
  await client.query(ADD_DAYS, [dayRows(dayDeltas(changes, true))]);
  await client.query(ADD_MODEL_DAYS, [dayRows(dayDeltas(changes, false))]);
}
