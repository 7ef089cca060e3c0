import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { GatewayError } from '../../../contract/errors';
import { firstDay, type Month } from './retention-dates';
import type { Segment } from './segment';
import { AuditPools } from './audit-pools.service';

interface Row {
  month: string;
  first: string;
  last: string;
  bytes: string | null;
}

/** The log itself says that it may not: a hold, or an entry that is missing. */
const NOT_NOW = '55000';

/** The months of the log, and the one way to be rid of one. */
@Injectable()
export class SegmentsStore {
  private readonly reader: Pool;

  constructor(private readonly pools: AuditPools) {
    this.reader = pools.reader;
  }

  /** Oldest first. */
  async list(): Promise<Segment[]> {
    const { rows } = await this.reader.query<Row>(
      `select to_char(part_month, 'YYYY-MM') as month, min(first_index) as first, max(first_index + n) - 1 as last,
              pg_total_relation_size(to_regclass('audit.headers' || to_char(part_month, '_YYYY_MM')))
              + pg_total_relation_size(to_regclass('audit.payloads' || to_char(part_month, '_YYYY_MM'))) as bytes
         from audit.batches group by part_month order by part_month`,
    );
    return rows.map(({ month, first, last, bytes }) => ({
      month,
      first: Number(first),
      last: Number(last),
      bytes: bytes === null ? undefined : Number(bytes),
    }));
  }

  /** Who wrote anything after that index. */
  async writersAfter(index: number): Promise<Set<string>> {
    const { rows } = await this.reader.query<{ writer: string }>(
      'select distinct writer from audit.batches where first_index > $1',
      [index],
    );
    return new Set(rows.map(({ writer }) => writer));
  }

  /** Who wrote both up to that index and after it. */
  async writersSpanning(index: number): Promise<Set<string>> {
    const { rows } = await this.reader.query<{ writer: string }>(
      'select writer from audit.batches group by writer having min(first_index) <= $1 and max(first_index) > $1',
      [index],
    );
    return new Set(rows.map(({ writer }) => writer));
  }

  /**
   * Asks the database, which reads in the log itself whether it may.
   * @returns how many entries went
   * @throws GatewayError `conflict` when they may not
   */
  async drop(month: Month): Promise<number> {
    const client = await this.pools.retention();
    try {
      const { rows } = await client.query<{ dropped: string }>('select audit.drop_segment($1::date) as dropped', [
        firstDay(month).toISOString().slice(0, 10),
      ]);
      return Number(rows[0]?.dropped);
    } catch (error) {
      const { code, message } = error as { code?: unknown; message: string };
      if (code === NOT_NOW) throw new GatewayError('conflict', message.replace(/^audit: /, ''), { cause: error });
      throw error;
    } finally {
      await client.end();
    }
  }
}
