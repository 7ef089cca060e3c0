import { Injectable } from '@nestjs/common';
import type { BundleEntry, Run } from '../format/bundle-layout';
import { leafHash } from '../format/hashes';
import { withheldRun } from '../format/withheld';
import { EntryReader } from '../log/entry-reader.store';
import type { StoredBatch } from '../log/stream-batches';
import { type BatchEntry, entriesOf } from './stored-batch';
import { Tree } from './tree.service';

export interface RunsWanted {
  /** The tree that everything is proven against. */
  readonly size: number;
  /** Smaller trees whose roots must be computable. */
  readonly splits: readonly number[];
  readonly payloads: boolean;
  readonly shows: (entry: BatchEntry) => boolean;
  readonly onShown?: () => void;
}

/** The log from its first entry to its last, as a bundle tells it: batches with something to show, and what lies between. */
@Injectable()
export class BundleRuns {
  constructor(
    private readonly reader: EntryReader,
    private readonly tree: Tree,
  ) {}

  async *runs({ size, splits, payloads, shows, onShown }: RunsWanted): AsyncGenerator<Run> {
    let hidden = 0;
    for await (const batch of this.reader.batches(0, size, { payloads })) {
      const { firstIndex, n } = batch;
      const entries = [...entriesOf(batch)];
      const shown = new Set(entries.filter(shows));
      if (!shown.size) continue;
      if (hidden < firstIndex) yield await withheldRun(hidden, firstIndex, this.tree.at(size), splits);
      for (let i = 0; i < shown.size; i++) onShown?.();
      yield batchRun(batch, entries, (entry) => shown.has(entry));
      hidden = firstIndex + n;
    }
    if (hidden < size) yield await withheldRun(hidden, size, this.tree.at(size), splits);
  }
}

function batchRun(batch: StoredBatch, entries: readonly BatchEntry[], shows: (entry: BatchEntry) => boolean): Run {
  return {
    kind: 'batch',
    first: batch.firstIndex,
    // the writer's own word: all entries of a batch are of one epoch
    origin: entries[0]?.header.log ?? '',
    writer: batch.writer,
    lane: batch.lane,
    ...(batch.previous.length > 0 && { previous: batch.previous }),
    signature: batch.signature,
    committedAt: batch.committedAt.toISOString(),
    entries: entries.map((entry): BundleEntry =>
      shows(entry) ? { header: entry.text, ciphertext: entry.ciphertext } : { leaf: leafHash(entry.text) },
    ),
  };
}
