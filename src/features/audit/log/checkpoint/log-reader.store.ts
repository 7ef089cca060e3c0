import type { ClientBase, Pool } from 'pg';

/** A batch as it is stored. */
export interface StoredBatch {
  readonly firstIndex: number;
  readonly n: number;
  readonly writer: string;
  readonly lane: number;
  readonly previous: Buffer;
  readonly root: Buffer;
  readonly signature: Buffer;
  /** Undefined when its month was dropped. */
  readonly headers: string | undefined;
  /** Milliseconds since the epoch. */
  readonly committedAt: number;
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  /** Signed by the log. */
  readonly note: string;
  /** Signature lines of witnesses. */
  readonly cosignatures: readonly string[];
}

interface BatchRow extends Omit<StoredBatch, 'firstIndex' | 'lane' | 'headers' | 'committedAt'> {
  readonly first_index: string;
  readonly lane: string;
  readonly headers: string | null;
  readonly committed_at: Date;
}

const BATCHES = `
  select b.first_index, b.n, b.writer, b.lane, b.previous, b.root, b.signature, b.committed_at, h.headers
    from audit.batches b left join audit.headers h on h.part_month = b.part_month and h.first_index = b.first_index`;

/** What is in the log, for those who check it. Acts as `checkpointer` or `reader`. */
export class LogReader {
  constructor(private readonly client: ClientBase | Pool) {}

  /** From the batch that begins there on. */
  async batchesFrom(index: number, limit: number): Promise<StoredBatch[]> {
    return this.batches('audit-batches-from', `${BATCHES} where b.first_index >= $1 order by b.first_index limit $2`, [
      index,
      limit,
    ]);
  }

  async batchOf(writer: string, lane: number): Promise<StoredBatch | undefined> {
    const [batch] = await this.batches('audit-batch-of', `${BATCHES} where b.writer = $1 and b.lane = $2`, [
      writer,
      lane,
    ]);
    return batch;
  }

  /** Batches with entries from `start` to `end`, in order. */
  batchesOver(start: number, end: number): Promise<StoredBatch[]> {
    return this.batches(
      'audit-batches-over',
      `${BATCHES} where b.first_index < $2 and b.first_index >= coalesce(
         (select max(f.first_index) from audit.batches f where f.first_index <= $1), 0) order by b.first_index`,
      [start, end],
    );
  }

  /** Entries in the log. */
  async size(): Promise<number> {
    const { rows } = await this.client.query<{ size: string }>(
      'select first_index + n as size from audit.batches order by first_index desc limit 1',
    );
    return Number(rows[0]?.size ?? 0);
  }

  async epoch(): Promise<number> {
    const { rows } = await this.client.query<{ epoch: number }>('select epoch from audit.log');
    return rows[0]?.epoch ?? 0;
  }

  /** Full tiles from `first` to `last`. */
  async tiles(level: number, first: number, last: number): Promise<Map<number, Buffer>> {
    const { rows } = await this.client.query<{ n: string; hashes: Buffer }>({
      name: 'audit-tiles',
      text: 'select n, hashes from audit.tiles where level = $1 and n between $2 and $3',
      values: [level, first, last],
    });
    return new Map(rows.map(({ n, hashes }) => [Number(n), hashes]));
  }

  /** The newest of that epoch. */
  async newestCheckpoint(epoch: number): Promise<StoredCheckpoint | undefined> {
    const { rows } = await this.client.query<{ size: string; root: Buffer; note: string; lines: string[] }>({
      name: 'audit-newest-checkpoint',
      text: `select c.size, c.root, c.note,
                    array(select s.line from audit.cosignatures s where s.epoch = c.epoch and s.size = c.size order by s.made_at) as lines
               from audit.checkpoints c where c.epoch = $1 order by c.size desc limit 1`,
      values: [epoch],
    });
    const row = rows[0];
    return row && { size: Number(row.size), root: row.root, note: row.note, cosignatures: row.lines };
  }

  /** The newest entries of those events, the newest first, as far as they were projected. */
  async newestOf(
    events: readonly string[],
    limit: number,
  ): Promise<{ readonly index: number; readonly header: string }[]> {
    const { rows } = await this.client.query<{ index: string; header: string }>(
      `select e.index, split_part(h.headers, e'\n', e.position + 1) as header
         from audit.entries e join audit.headers h on h.part_month = e.part_month and h.first_index = e.first_index
        where e.event = any ($1) order by e.index desc limit $2`,
      [events, limit],
    );
    return rows.map(({ index, header }) => ({ index: Number(index), header }));
  }

  /** Catches the projection up, so many batches at most. @returns up to which index it goes */
  async project(batches: number): Promise<number> {
    const { rows } = await this.client.query<{ upto: string }>('select audit.project($1) as upto', [batches]);
    return Number(rows[0]?.upto ?? 0);
  }

  private async batches(name: string, text: string, values: unknown[]): Promise<StoredBatch[]> {
    const { rows } = await this.client.query<BatchRow>({ name, text, values });
    return rows.map(({ first_index: first, lane, headers, committed_at: committed, ...row }) => ({
      ...row,
      firstIndex: Number(first),
      lane: Number(lane),
      headers: headers ?? undefined,
      committedAt: committed.getTime(),
    }));
  }
}
