import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, ContradictionError, type Device, type Placed } from '../append/batch';
import { backOffMs } from '../append/retries';
import type { SpoolFile } from './spool-file';
import { SpoolReader } from './spool-reader';

/** So few waiting batches are waited for, so that the spool comes to an end although calls go on. */
const NEARLY_DRAINED = 4;
const LET_DRAIN_MS = 200;

/** The database, as the spool needs it. */
export interface Database {
  readonly away: boolean;
  write(batch: Batch): Promise<Placed>;
  attempt(batch: Batch): Promise<Placed>;
  suspect(reason: string): void;
  close(): Promise<void>;
}

export interface Drained {
  readonly writer: string;
  readonly batches: number;
  readonly entries: number;
  /** Milliseconds since the epoch: when the first of them went to the spool. */
  readonly since: number;
}

export interface SpoolingOptions {
  /** How long the database may take before a batch goes to the spool. */
  readonly patienceMs: number;
  /** A batch of the spool has its place. @throws when it cannot stand there */
  readonly onPlaced: (batch: Batch, placed: Placed) => void;
  /** Batches in the file. */
  readonly onDepth: (batches: number) => void;
  readonly onDrained: (drained: Drained) => void;
  /** The file cannot be brought into the log; it stays. */
  readonly onFailed: (error: Error) => void;
}

/** The database, or else a file: one of the two must make a batch durable. From the file they follow in the same order. */
export class SpoolingDevice implements Device {
  private draining: Promise<void> | undefined;
  private writing: Promise<void> | undefined;
  private spooled = 0;
  private drained = 0;
  private stopped = false;
  private failed = false;
  private refused = false;

  constructor(
    private readonly database: Database,
    private readonly spool: SpoolFile,
    private readonly options: SpoolingOptions,
  ) {}

  /** Batches in the file. */
  get depth(): number {
    return this.spooled - this.drained;
  }

  /** The file did not take what came last: only the database could. */
  get isFull(): boolean {
    return this.refused;
  }

  async write(batch: Batch): Promise<Placed | undefined> {
    for (let failures = 0; ; failures++) {
      await this.letDrain();
      // whatever is in the file comes first
      if (!this.draining) {
        const placed = await this.direct(batch);
        if (placed) return placed;
      }
      try {
        await this.keep(batch);
        return undefined;
      } catch (error) {
        if (this.stopped) throw error;
        await sleep(backOffMs(failures), undefined, { ref: false });
      }
    }
  }

  /** Leaves what is in the file to the next process. */
  async close(): Promise<void> {
    this.stopped = true;
    await this.database.close();
    await this.draining;
    await this.spool.release();
  }

  /** Once the database is back, two batches leave the file for each one that comes: it becomes empty although calls go on. */
  private async letDrain(): Promise<void> {
    const [target, until] = [this.drained + 2, performance.now() + LET_DRAIN_MS];
    while (this.draining && !this.database.away && !this.stopped) {
      if (this.depth <= NEARLY_DRAINED) return this.draining;
      if (this.drained >= target || performance.now() > until) return;
      await sleep(1);
    }
  }

  /** A connection that broke may be replaced at once; a database that is away, or says nothing, is not waited for. */
  private async direct(batch: Batch): Promise<Placed | undefined> {
    const until = performance.now() + this.options.patienceMs;
    for (let attempts = this.database.away ? 1 : 2; attempts > 0; attempts--) {
      const attempt = this.database.attempt(batch);
      const placed = await Promise.race([
        attempt.catch((error: unknown) =>
          error instanceof ContradictionError ? Promise.reject(error as Error) : undefined,
        ),
        sleep(Math.max(0, until - performance.now()), undefined, { ref: false }),
      ]);
      if (placed) return placed;
    }
    this.database.suspect('no answer in time');
    return undefined;
  }

  private async keep(batch: Batch): Promise<void> {
    const since = Date.now();
    this.writing = this.spool.append(batch);
    try {
      await this.writing;
      this.refused = false;
    } catch (error) {
      this.refused = true;
      throw error;
    } finally {
      this.writing = undefined;
    }
    this.spooled++;
    this.options.onDepth(this.depth);
    if (!this.draining) this.startDraining(since);
  }

  private startDraining(since: number): void {
    this.draining = this.drain(since)
      .catch((error: Error) => {
        this.failed = true;
        if (!this.stopped) this.options.onFailed(error);
      })
      .then(() => {
        this.draining = undefined;
        // something came while the file was being removed
        if (this.depth > 0 && !this.stopped && !this.failed) this.startDraining(Date.now());
      });
  }

  private async drain(since: number): Promise<void> {
    const reader = new SpoolReader(this.spool.path);
    let [batches, entries, writer] = [0, 0, ''];
    const touch = setInterval(() => void this.spool.touch().catch(() => undefined), 1_000).unref();
    try {
      while (!this.stopped) {
        const written = this.spool.bytes;
        const batch = await reader.next();
        if (batch) {
          this.options.onPlaced(batch, await this.database.write(batch));
          this.drained++;
          [batches, entries, writer] = [batches + 1, entries + batch.n, batch.writer];
        } else if (this.writing) await this.writing.catch(() => undefined);
        else if (reader.position >= this.spool.bytes) break;
        else if (reader.position < written) throw new Error(`${this.spool.path} is not what was written to it`);
      }
      if (this.stopped) return;
      [this.spooled, this.drained, this.refused] = [0, 0, false];
      this.options.onDepth(0);
      await this.spool.clear();
      this.options.onDrained({ writer, batches, entries, since });
    } finally {
      clearInterval(touch);
      await reader.close();
    }
  }
}
