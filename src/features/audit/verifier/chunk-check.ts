import { type RunLine, LineError, parseLeafLine, parseRunLine } from '../format/bundle-lines';
import type { BundleAbout, WithheldRun } from '../format/bundle-layout';
import { Frontier, rootOver } from '../format/frontier';
import { leafHash } from '../format/hashes';
import { payloadRecords, RecordError } from '../format/payload-records';
import type { Chunk } from './bundle-reader';
import type { Coverage } from './coverage';
import type { EntryCheck, ShownEntry } from './entry-check';
import type { EpochCheck } from './epoch-check';
import { type Findings, Stop } from './findings';
import type { Heads } from './heads';
import type { LogKeys } from './log-keys';
import type { PayloadCheck } from './payload-check';
import type { Receipts } from './receipts';
import type { TimeCheck } from './time-check';
import type { BatchLine, WriterCheck } from './writer-check';

export interface Checks {
  readonly findings: Findings;
  readonly keys: LogKeys;
  readonly heads: Heads;
  readonly entries: EntryCheck;
  readonly writers: WriterCheck;
  readonly payloads: PayloadCheck;
  readonly epochs: EpochCheck;
  readonly coverage: Coverage;
  readonly times: TimeCheck;
  readonly receipts: Receipts;
}

/** So many entries are a step: about a millisecond of work. */
const STEP = 32;

/** Follows the log from its first entry to its last. */
export class ChunkCheck {
  readonly tree = new Frontier();
  batches = 0;
  /** Entries before were withheld. */
  private gaps = false;
  private readonly root = () => this.tree.root();

  constructor(
    private readonly checks: Checks,
    private readonly about: BundleAbout,
  ) {}

  /** In steps of a millisecond or so: between two of them the process may do something else. */
  *check({ runs, headers, payloads }: Chunk): Generator<undefined, void> {
    const contents = this.contents(payloads);
    let at = 0;
    for (const line of runs) {
      const run = this.run(line);
      if (run.first !== this.tree.size)
        this.stop('order', `the entry ${this.tree.size} should follow, but ${run.first} does`, this.tree.size);
      if (run.kind === 'withheld') this.withheld(run);
      else {
        const lines = headers.slice(at, at + run.n);
        if (lines.length !== run.n)
          this.stop('order', `the batch has ${run.n} entries, but ${lines.length} are there`, run.first);
        yield* this.batch(run, lines, contents);
        at += run.n;
        yield;
      }
    }
    if (at !== headers.length) this.stop('order', 'there are entries that belong to no batch', this.tree.size);
    for (const index of contents.keys())
      this.checks.findings.failure('payload', 'there is content of an entry that is not shown', index);
  }

  private *batch(
    batch: BatchLine,
    lines: readonly string[],
    contents: Map<number, Buffer>,
  ): Generator<undefined, void> {
    const { heads, epochs, writers, times, receipts } = this.checks;
    const leaves: Buffer[] = [];
    for (const line of lines) {
      leaves.push(this.leaf(line) ?? leafHash(line));
      if (leaves.length % STEP === 0) yield;
    }
    const shown: ShownEntry[] = [];
    for (const [i, line] of lines.entries()) {
      const entry = this.shown(batch, line, batch.first + i);
      if (entry) shown.push(entry);
      if (i % STEP === STEP - 1) yield;
    }
    epochs.check(batch, shown, this.root);
    writers.check(batch, rootOver(leaves), shown, this.gaps);
    times.check(batch.first, batch.committedAt, shown);
    this.batches++;
    for (const leaf of leaves) {
      if (receipts.any) receipts.check(this.tree.size, leaf);
      this.tree.append(leaf);
      heads.grown(this.tree.size, this.root);
    }
    for (const [i, entry] of shown.entries()) {
      this.entry(entry, contents);
      if (i % STEP === STEP - 1) yield;
    }
  }

  private shown(batch: BatchLine, line: string, index: number): ShownEntry | undefined {
    if (line.startsWith('"')) {
      this.checks.coverage.withhold(index, index + 1);
      return undefined;
    }
    this.checks.coverage.shown++;
    return this.checks.entries.check(index, line, batch);
  }

  private entry(entry: ShownEntry, contents: Map<number, Buffer>): void {
    const { findings, keys, payloads, coverage } = this.checks;
    const { header, index } = entry;
    payloads.check(entry, contents.get(index), this.about.payloads === 'all');
    contents.delete(index);
    if (header.event === 'key.shred') payloads.shred(entry);
    if (header.event === 'retention.drop') coverage.drop(entry);
    if (header.event === 'key.rotate' && header.metadata?.['level'] === 'signing') {
      const wrong = keys.rotate(index, header.log, header.metadata);
      if (wrong !== undefined) findings.failure('rotation', wrong, index);
    }
  }

  private withheld({ first, subtrees }: WithheldRun): void {
    const { coverage, writers, heads } = this.checks;
    for (const { level, hash } of subtrees) {
      if (this.tree.size % 2 ** level) this.stop('order', 'a subtree begins where none can', this.tree.size);
      this.tree.appendSubtree(hash, level);
      heads.grown(this.tree.size, this.root);
    }
    if (!Number.isSafeInteger(this.tree.size)) this.stop('order', 'the log is too long', first);
    coverage.withhold(first, this.tree.size);
    writers.skip();
    this.gaps = true;
  }

  private contents(payloads: Buffer): Map<number, Buffer> {
    const contents = new Map<number, Buffer>();
    try {
      for (const { index, ciphertext } of payloadRecords(payloads)) {
        if (contents.has(index)) this.stop('payload', 'its content is there twice', index);
        contents.set(index, ciphertext);
      }
    } catch (error) {
      if (error instanceof RecordError) this.stop('payload', error.message, this.tree.size);
      throw error;
    }
    return contents;
  }

  private run(line: string): RunLine {
    return this.reading(() => parseRunLine(line));
  }

  /** Undefined of a header, which nearly every line is. */
  private leaf(line: string): Buffer | undefined {
    return line.startsWith('"') ? this.reading(() => parseLeafLine(line)) : undefined;
  }

  private reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      return this.stop('bundle', error.message, this.tree.size);
    }
  }

  private stop(code: string, message: string, index: number): never {
    this.checks.findings.failure(code, message, index);
    throw new Stop(message);
  }
}
