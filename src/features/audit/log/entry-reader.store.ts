import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool, QueryConfig, QueryResultRow } from 'pg';
import { Config } from '../../../platform/config/config';
import { auditPool } from '../../../platform/database/audit-connection';
import { CIPHERTEXT_SQL, HEADER_SQL, OF_CALLS_SQL, OF_REQUEST_SQL } from './entry-sql';
import { entryRow, type EntryColumns, type EntryRow } from './entry-row';
import { searchSql, type EntryFilter } from './search-sql';
import { streamBatches, type BatchRange, type StoredBatch } from './stream-batches';

const CONNECTIONS = 4;
/** Batches projected by one statement: some seconds of a busy log, a second of work. */
const PROJECTED_AT_ONCE = 100;
/** Compiling a plan takes longer than any search; the order of a page depends on a single process (see `searchSql`). */
const SETUP = 'set jit = off; set max_parallel_workers_per_gather = 0';

export interface Page {
  readonly rows: readonly EntryRow[];
  /** Where the next page begins; undefined when this one was not full. */
  readonly next: number | undefined;
}

/** A header as it was appended. */
export interface StoredHeader {
  readonly index: number;
  /** undefined when its month was dropped under the retention rules. */
  readonly header: string | undefined;
  readonly committedAt: Date;
  readonly partMonth: string;
}

/** Reads the log as a role that can do nothing else. What is durable is found at once. */
@Injectable()
export class EntryReader implements OnApplicationShutdown {
  private readonly pool: Pool;

  constructor(config: Config) {
    this.pool = auditPool(config.databaseUrl.reveal(), 'reader', 'audit-reader', CONNECTIONS, SETUP);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  /** Newest first. @param before `next` of the page before */
  async search(filter: EntryFilter, before: number | undefined, limit: number): Promise<Page> {
    await this.catchUp();
    const rows = (await this.query<EntryColumns>(searchSql(filter, { before, limit }))).map(entryRow);
    for (const [i, row] of rows.entries())
      if (i && row.index >= rows[i - 1]!.index) throw new Error('The database did not keep the order of the entries');
    return { rows, next: rows.length === limit ? rows.at(-1)?.index : undefined };
  }

  /** All that was recorded of a request, in the order in which it was. @param tenant undefined looks at every tenant */
  async entriesOf(requestId: string, tenant?: string): Promise<readonly (EntryRow & { readonly header: string })[]> {
    await this.catchUp();
    const rows = await this.query<EntryColumns & { header: string }>({
      text: OF_REQUEST_SQL,
      values: [requestId, tenant ?? null],
    });
    return rows.map((row) => ({ ...entryRow(row), header: row.header }));
  }

  /**
   * All that was recorded of the calls of a session, so many calls at a time, in the order of the log.
   * @param from `next` of the page before
   */
  async callsOf(
    tenant: string,
    session: string,
    from: number,
    limit: number,
  ): Promise<{
    readonly entries: readonly (EntryRow & { readonly header: string })[];
    readonly next: number | undefined;
  }> {
    await this.catchUp();
    const filter: EntryFilter = { tenant, session, event: 'llm.*', opening: true };
    const found = await this.query<EntryColumns>(searchSql(filter, { first: from, order: 'oldest first', limit }));
    const indexes = found.map(({ index }) => Number(index));
    if (!indexes.length) return { entries: [], next: undefined };
    const rows = await this.query<EntryColumns & { header: string }>({ text: OF_CALLS_SQL, values: [indexes] });
    return {
      entries: rows.map((row) => ({ ...entryRow(row), header: row.header })),
      next: indexes.length === limit ? Math.max(...indexes) + 1 : undefined,
    };
  }

  /** undefined when the log does not reach so far. */
  async headerAt(index: number): Promise<StoredHeader | undefined> {
    const rows = await this.query<{ header: string | null; committed_at: Date; part_month: string }>({
      text: HEADER_SQL,
      values: [index],
    });
    return rows[0] && storedHeader(index, rows[0]);
  }

  /** undefined when there is no such entry, or its month was dropped. */
  async headerOf(entryId: string): Promise<(StoredHeader & { readonly header: string }) | undefined> {
    await this.catchUp();
    const rows = await this.query<{ index: string }>({
      text: 'select index from audit.entries where entry_id = $1 order by index limit 1',
      values: [entryId],
    });
    const stored = rows[0] && (await this.headerAt(Number(rows[0].index)));
    if (stored?.header === undefined) return undefined;
    // the projection is only a way to find it
    if ((JSON.parse(stored.header) as { entry_id?: unknown }).entry_id !== entryId)
      throw new Error(`The search index of the audit log is wrong about entry ${entryId}`);
    return { ...stored, header: stored.header };
  }

  /** undefined when the entry has none, or its month was dropped. */
  async ciphertextAt(index: number): Promise<Buffer | undefined> {
    const rows = await this.query<{ ciphertext: Buffer | null }>({ text: CIPHERTEXT_SQL, values: [index] });
    return rows[0]?.ciphertext ?? undefined;
  }

  /** Whole batches that hold entries from index `from` up to, but not including, `to`; in order. */
  batches(from: number, to: number, range: BatchRange = {}): AsyncGenerator<StoredBatch, void> {
    return streamBatches((query) => this.query(query), from, to, range);
  }

  /** How many entries there are. */
  async size(): Promise<number> {
    const rows = await this.query<{ size: string }>({
      text: 'select first_index + n as size from audit.batches order by first_index desc limit 1',
    });
    return Number(rows[0]?.size ?? 0);
  }

  /** Until the projection has everything that was durable when it began. */
  private async catchUp(): Promise<void> {
    let target: number | undefined;
    for (;;) {
      const rows = await this.query<{ upto: string; size: string | null }>({
        name: 'catch-up',
        text: `select audit.project($1) as upto, (select first_index + n from audit.batches order by first_index desc limit 1) as size`,
        values: [PROJECTED_AT_ONCE],
      });
      target ??= Number(rows[0]!.size ?? 0);
      if (Number(rows[0]!.upto) >= target) return;
    }
  }

  private async query<T extends QueryResultRow>(query: QueryConfig): Promise<T[]> {
    return (await this.pool.query<T>(query)).rows;
  }
}

function storedHeader(
  index: number,
  row: { header: string | null; committed_at: Date; part_month: string },
): StoredHeader {
  return { index, header: row.header ?? undefined, committedAt: row.committed_at, partMonth: row.part_month };
}
