import type { Header } from '../format/header';
import type { StoredBatch } from '../log/stream-batches';
import type { Month } from './retention-dates';

/** An entry with its place. */
export interface StoredEntry {
  readonly index: number;
  /** The exact text that is signed. */
  readonly text: string;
  readonly header: Header;
  readonly month: Month;
  /** When the database took it. */
  readonly committedAt: Date;
}

export interface BatchEntry extends StoredEntry {
  /** Where the batch was read with payloads and has one. */
  readonly ciphertext: Buffer | undefined;
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

/** @returns a header that says `unreadable` of what no gateway wrote: one such entry must not hide all others */
export function readHeader(text: string, committedAt: Date): Header {
  try {
    const header = JSON.parse(text) as Partial<Header> | null;
    if (typeof header?.event === 'string' && typeof header.entry_id === 'string') return header as Header;
  } catch {
    // falls through
  }
  const unreadable = 'unreadable' as Header['event'];
  return { v: 1, log: '', entry_id: NO_ID, ts: committedAt.toISOString(), writer: '', event: unreadable };
}

/** Nothing for a batch whose month was dropped. */
export function* entriesOf(batch: StoredBatch): Generator<BatchEntry> {
  if (batch.headers === undefined) return;
  const { firstIndex, partMonth: month, committedAt, payloads } = batch;
  let [index, offset] = [firstIndex, 0];
  for (const text of batch.headers.split('\n')) {
    const header = readHeader(text, committedAt);
    const end = offset + (header.ct_len ?? 0);
    const ciphertext = end > offset && payloads && payloads.length >= end ? payloads.subarray(offset, end) : undefined;
    yield { index: index++, text, header, month, committedAt, ciphertext };
    offset = end;
  }
}
