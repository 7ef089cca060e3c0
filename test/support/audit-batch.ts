import { randomBytes, randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';

export interface TestBatch {
  readonly batchId: string;
  readonly writer: string;
  readonly lane: number;
  readonly root: Buffer;
  readonly n: number;
  readonly headers: string;
  readonly payloads: Buffer | null;
}

export const testWriter = (): string => `w_${randomBytes(17).toString('base64url').slice(0, 22)}`;

/** A batch as the append function takes it; nobody signed it. */
export function testBatch(
  headers: readonly object[],
  { writer = testWriter(), lane = 1, payloads = null as Buffer | null } = {},
): TestBatch {
  return {
    batchId: randomUUID(),
    writer,
    lane,
    root: randomBytes(32),
    n: headers.length,
    headers: headers.map((header) => JSON.stringify(header)).join('\n'),
    payloads,
  };
}

export const testHeader = (facts: object = {}): { entry_id: string; ts: string; event: string } => ({
  entry_id: randomUUID(),
  ts: new Date().toISOString(),
  event: 'llm.request',
  ...facts,
});

/** @returns the index of the first entry */
export async function append(client: ClientBase, batch: TestBatch): Promise<number> {
  const { rows } = await client.query<{ first_index: string }>(
    'select first_index from audit.append($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    [
      batch.batchId,
      batch.writer,
      batch.lane,
      Buffer.alloc(batch.lane === 1 ? 0 : 32),
      batch.root,
      Buffer.alloc(64),
      batch.n,
      batch.headers,
      batch.payloads,
    ],
  );
  return Number(rows[0]?.first_index);
}
