import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Header } from '../format/header';
import { EntryReader } from '../log/entry-reader.store';
import type { EntryFilter } from '../log/search-sql';
import { AuditPools } from './audit-pools.service';
import { matches } from './matches';
import { entriesOf, readHeader, type StoredEntry } from './stored-batch';

interface Row {
  index: string;
  month: string;
  committed_at: Date;
  text: string;
}

const PAGE = 1_000;
/** More entries than one person or request ever has. */
const MOST = 1_000_000;

/** Entries by what they say: found through the search table, told as they are signed. */
@Injectable()
export class EntriesStore {
  private readonly pool: Pool;

  constructor(
    pools: AuditPools,
    private readonly reader: EntryReader,
  ) {
    this.pool = pools.reader;
  }

  /** @param before only what comes before that index */
  async newest(
    filter: EntryFilter,
    { limit, before }: { readonly limit: number; readonly before?: number | undefined },
  ): Promise<StoredEntry[]> {
    const { rows } = await this.reader.search(filter, before, limit);
    return this.texts(rows.map(({ index }) => index));
  }

  /** The indexes of all that match, newest first, between two indexes, inclusive. */
  async *indexes(filter: EntryFilter, first: number, last: number): AsyncGenerator<number> {
    for (let before: number | undefined = last + 1; before !== undefined;) {
      const { rows, next } = await this.reader.search(filter, before, PAGE);
      for (const { index } of rows) {
        if (index < first) return;
        yield index;
      }
      before = next;
    }
  }

  /** The few that match, oldest first. */
  async *few(filter: EntryFilter, last: number): AsyncGenerator<StoredEntry> {
    const found: number[] = [];
    for await (const index of this.indexes(filter, 0, last)) if (found.push(index) > MOST) break;
    for (let at = found.length; at > 0; at -= PAGE)
      yield* (await this.texts(found.slice(Math.max(0, at - PAGE), at))).toReversed();
  }

  /**
   * Whatever matches, oldest first, between two indexes, inclusive. Judged by the signed headers alone: for files that must
   * be complete whatever happened to the search table.
   */
  async *between(filter: EntryFilter, first: number, last: number): AsyncGenerator<StoredEntry> {
    for await (const batch of this.reader.batches(first, last + 1))
      for (const entry of entriesOf(batch))
        if (entry.index >= first && entry.index <= last && matches(filter, entry.header)) yield entry;
  }

  async byId(entryId: string): Promise<StoredEntry | undefined> {
    const found = await this.reader.headerOf(entryId);
    return found && entryOf(found.index, found.header, found.partMonth, found.committedAt);
  }

  /** Undefined when there is none, or its month was dropped. */
  async byIndex(index: number): Promise<StoredEntry | undefined> {
    const found = await this.reader.headerAt(index);
    return found?.header === undefined ? undefined : entryOf(index, found.header, found.partMonth, found.committedAt);
  }

  /** @param indexes newest first; so is the answer, without what was dropped meanwhile */
  private async texts(indexes: readonly number[]): Promise<StoredEntry[]> {
    const { rows } = await this.pool.query<Row>(
      `select i.index, to_char(b.part_month, 'YYYY-MM') as month, b.committed_at,
              split_part(h.headers, e'\\n', (i.index - b.first_index)::int + 1) as text
         from unnest($1::bigint[]) as i (index)
        cross join lateral (select * from audit.batches where first_index <= i.index order by first_index desc limit 1) b
         join audit.headers h on h.part_month = b.part_month and h.first_index = b.first_index
        order by i.index desc`,
      [indexes],
    );
    return rows.map(({ index, text, month, committed_at }) => entryOf(Number(index), text, month, committed_at));
  }
}

function entryOf(index: number, text: string, month: string, committedAt: Date): StoredEntry {
  return { index, text, header: readHeader(text, committedAt) satisfies Header, month, committedAt };
}
