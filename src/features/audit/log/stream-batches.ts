import type { QueryConfig, QueryResultRow } from 'pg';

export interface BatchRange {
  /** Without them the ciphertexts stay where they are. */
  readonly payloads?: boolean;
}

export interface StoredBatch {
  readonly firstIndex: number;
  readonly n: number;
  readonly batchId: string;
  readonly writer: string;
  readonly lane: number;
  /** Empty for a writer's first batch. */
  readonly previous: Buffer;
  readonly root: Buffer;
  readonly signature: Buffer;
  /** YYYY-MM */
  readonly partMonth: string;
  readonly committedAt: Date;
  /** The header texts, one a line; undefined when the month was dropped. */
  readonly headers: string | undefined;
  readonly payloads: Buffer | undefined;
}

interface BatchColumns {
  first_index: string;
  n: number;
  batch_id: string;
  writer: string;
  lane: string;
  previous: Buffer;
  root: Buffer;
  signature: Buffer;
  part_month: string;
  committed_at: Date;
  headers: string | null;
  payloads: Buffer | null;
}

/** A batch has at most 16 MB; so many are in memory at once. */
const AT_ONCE = 16;
const AT_ONCE_WITH_PAYLOADS = 2;

const sql = (payloads: boolean) => `
  select b.first_index, b.n, b.batch_id, b.writer, b.lane, b.previous, b.root, b.signature,
         to_char(b.part_month, 'YYYY-MM') as part_month, b.committed_at, h.headers,
         ${payloads ? 'p.payloads' : 'null::bytea as payloads'}
    from (select * from audit.batches where first_index >= $1 and first_index < $2 order by first_index limit $3) b
    left join audit.headers h on h.part_month = b.part_month and h.first_index = b.first_index
    ${payloads ? 'left join audit.payloads p on p.part_month = b.part_month and p.first_index = b.first_index' : ''}
   order by b.first_index`;

/** The batches that hold entries from index `from` up to, but not including, `to`; in order, a few at a time. */
export async function* streamBatches(
  query: <T extends QueryResultRow>(query: QueryConfig) => Promise<T[]>,
  from: number,
  to: number,
  { payloads = false }: BatchRange,
): AsyncGenerator<StoredBatch, void> {
  const first = await query<{ first: string | null }>({
    text: 'select max(first_index) as first from audit.batches where first_index <= $1',
    values: [from],
  });
  const atOnce = payloads ? AT_ONCE_WITH_PAYLOADS : AT_ONCE;
  for (let next = Number(first[0]?.first ?? 0); next < to;) {
    const rows = await query<BatchColumns>({ text: sql(payloads), values: [next, to, atOnce] });
    for (const row of rows) {
      const batch = storedBatch(row);
      next = batch.firstIndex + batch.n;
      if (next > from) yield batch;
    }
    if (rows.length < atOnce) return;
  }
}

function storedBatch(row: BatchColumns): StoredBatch {
  return {
    firstIndex: Number(row.first_index),
    n: row.n,
    batchId: row.batch_id,
    writer: row.writer,
    lane: Number(row.lane),
    previous: row.previous,
    root: row.root,
    signature: row.signature,
    partMonth: row.part_month,
    committedAt: row.committed_at,
    headers: row.headers ?? undefined,
    payloads: row.payloads ?? undefined,
  };
}
