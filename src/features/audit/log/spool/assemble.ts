import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseDevice } from '../append/database-device.store';
import type { LogWriter } from '../append/log-writer';
import type { Troubles } from '../troubles';
import { lateEntry, takenOverEntries } from './late-entries';
import { LeftBehind, spoolPath } from './left-behind';
import { SpoolFile } from './spool-file';
import { SpoolingDevice } from './spooling-device';

const LOOK_MS = 2_000;

export interface SpoolOptions {
  readonly dataDir: string;
  readonly maxBytes: number;
  /** How long `append` waits: the database may take half of it. */
  readonly appendMs: number;
  /** Of this process. */
  readonly writerId: string;
  readonly database: DatabaseDevice;
  /** On a connection of its own, for what others left. */
  readonly second: DatabaseDevice;
  readonly troubles: Troubles;
  readonly writer: () => LogWriter;
  readonly onDepth: (batches: number) => void;
  readonly onProblem: (error?: Error) => void;
}

/** The spool of a process, and those that others left. */
export class Spool {
  readonly device: SpoolingDevice;
  private readonly leftBehind: LeftBehind;
  private looking: Promise<unknown> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SpoolOptions) {
    const { dataDir, maxBytes, appendMs, writerId, database, second, troubles, writer } = options;
    const folder = join(dataDir, 'audit-spool');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.device = new SpoolingDevice(database, new SpoolFile(spoolPath(folder, writerId), maxBytes), {
      patienceMs: Math.min(1_000, appendMs / 2),
      onPlaced: (batch, placed) => writer().appender.place(batch, placed),
      onDepth: options.onDepth,
      onDrained: (drained) =>
        void writer()
          .write(lateEntry(drained))
          .catch(() => undefined),
      onFailed: (error) => troubles.stop(`the spool cannot be brought into the log: ${error.message}`),
    });
    this.leftBehind = new LeftBehind({
      folder,
      writer: writerId,
      write: (batch) => second.write(batch),
      onBroughtIn: (found) => writer().write(...takenOverEntries(found)),
      onFailed: (error) => options.onProblem(error),
    });
  }

  start(): void {
    this.timer = setInterval(() => this.look(), LOOK_MS).unref();
    this.look();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.options.second.close();
    await this.looking;
    await this.device.close();
  }

  private look(): void {
    if (this.options.database.away) return;
    this.looking ??= this.leftBehind
      .turn()
      .then(
        (found) => found && this.options.onProblem(),
        (error: Error) => this.options.onProblem(error),
      )
      .finally(() => (this.looking = undefined));
  }
}
