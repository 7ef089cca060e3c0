import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Batch } from '../append/batch';
import { syncFolder } from '../head/state-file';
import { encodeFrame, MAGIC } from './spool-frame';

/** There is no room in the spool for another batch. */
export class SpoolFullError extends Error {}

/**
 * One writer's batches that wait for the database, each durable when `append` resolves. Another process may take the file
 * over by renaming it; what is appended then goes to a new file, since nobody knows whether it was still read.
 */
export class SpoolFile {
  private file: FileHandle | undefined;
  private end = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly path: string,
    private readonly maxBytes: number,
  ) {}

  get bytes(): number {
    return this.end;
  }

  /** @throws SpoolFullError | what the operating system said */
  async append(batch: Batch): Promise<void> {
    const frame = encodeFrame(batch);
    if (this.end + frame.length > this.maxBytes)
      throw new SpoolFullError(`the spool holds ${this.end} of ${this.maxBytes} bytes`);
    await this.inTurn(async () => {
      do await this.write(frame);
      while (!(await this.isStillOurs()));
    });
  }

  /** The file may not look left behind while its owner lives. */
  async touch(): Promise<void> {
    const now = new Date();
    await this.file?.utimes(now, now);
  }

  /** All of it is in the database. */
  clear(): Promise<void> {
    return this.inTurn(async () => {
      await this.release();
      await rm(this.path, { force: true });
      await syncFolder(dirname(this.path));
    });
  }

  /** Leaves the file where it is, for whoever comes next. */
  async release(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    this.end = 0;
    await file?.close();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async write(frame: Buffer): Promise<void> {
    this.file ??= await this.create();
    try {
      await writeAll(this.file, frame, this.end);
      await this.file.datasync();
      this.end += frame.length;
    } catch (error) {
      // whatever was written of it is beyond the end and will be written over
      await this.file.truncate(this.end).catch(() => undefined);
      throw error;
    }
  }

  private async create(): Promise<FileHandle> {
    const file = await open(this.path, 'w', 0o600);
    try {
      await writeAll(file, MAGIC, 0);
      await file.sync();
      await syncFolder(dirname(this.path));
    } catch (error) {
      await file.close();
      throw error;
    }
    this.end = MAGIC.length;
    return file;
  }

  private async isStillOurs(): Promise<boolean> {
    const [ours, there] = [await this.file?.stat(), await stat(this.path).catch(() => undefined)];
    if (ours && there && ours.ino === there.ino) return true;
    await this.release();
    return false;
  }
}

/** A disk that becomes full takes a part, and says so only when it is asked for more. */
async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    if (bytesWritten === 0) throw new Error('the file takes nothing more');
    done += bytesWritten;
  }
}
