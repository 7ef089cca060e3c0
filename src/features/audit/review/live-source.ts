import type { BundleContents } from '../format/bundle-writer';
import { entryLine, runLine } from '../format/bundle-lines';
import { BUNDLE_FORMAT, type Run } from '../format/bundle-layout';
import { payloadRecord } from '../format/payload-records';
import type { Chunk, LogSource, Preface } from '../verifier/bundle-reader';

/**
 * Tells the verifier what a bundle would, line by line the same, without making its bytes: one batch at a time instead of
 * thousands of entries, and nothing is framed or hashed only to be taken apart at once.
 */
export class LiveSource implements LogSource {
  constructor(private readonly contents: BundleContents) {}

  preface(): Promise<Preface> {
    const { about, checkpoints, writers = [], keys = new Map<string, Buffer>() } = this.contents;
    return Promise.resolve({ about: { ...about, format: BUNDLE_FORMAT }, checkpoints, writers, keys });
  }

  async *chunks(): AsyncGenerator<Chunk> {
    for await (const run of this.contents.runs) yield chunkOf(run);
  }

  /** There is none: it would be this process's word for what this process has just read. */
  signature(): undefined {
    return undefined;
  }
}

function chunkOf(run: Run): Chunk {
  const runs = [runLine(run)];
  if (run.kind === 'withheld') return { runs, headers: [], payloads: Buffer.alloc(0) };
  const payloads = run.entries.flatMap((entry, i) =>
    entry.header !== undefined && entry.ciphertext ? payloadRecord(run.first + i, entry.ciphertext) : [],
  );
  return { runs, headers: run.entries.map(entryLine), payloads: Buffer.concat(payloads) };
}
