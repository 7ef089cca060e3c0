import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Batch, ContradictionError } from '../append/batch';
import { syncFolder } from '../head/state-file';
import { type Rest, SpoolReader } from './spool-reader';

/** A living owner touches its file every second. */
const STALE_MS = 5_000;
const SPOOL = /^(w_[A-Za-z0-9_-]{22})\.(spool|taken-\d+)$/;

export const spoolPath = (folder: string, writer: string): string => join(folder, `${writer}.spool`);

export interface BroughtIn {
  readonly writer: string;
  readonly batches: number;
  readonly entries: number;
  /** `corrupt`: what followed was changed since it was written, and is lost. */
  readonly rest: Rest;
}

export interface LeftBehindParts {
  readonly folder: string;
  /** Of this process, whose own file is not left behind. */
  readonly writer: string;
  /** Brings a batch into the log; a batch that is there already is not added again. */
  readonly write: (batch: Batch) => Promise<unknown>;
  readonly onBroughtIn: (found: BroughtIn) => Promise<unknown>;
  readonly onFailed: (error: Error) => void;
}

/**
 * Spools of processes that died before the database was back. A file is taken over by renaming it, which only one process
 * can do; whatever its owner still adds, should it live after all, goes to another file.
 */
export class LeftBehind {
  private taken = 0;

  constructor(private readonly parts: LeftBehindParts) {}

  /** Brings in what there is. @returns how many files were found */
  async turn(now = Date.now()): Promise<number> {
    const { folder, writer, onFailed } = this.parts;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    let found = 0;
    const files = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isFile());
    for (const name of files.map((one) => one.name).sort()) {
      const owner = SPOOL.exec(name)?.[1];
      if (owner === undefined || owner === writer) continue;
      try {
        if (await this.bringIn(join(folder, name), owner, now)) found++;
      } catch (error) {
        onFailed(error as Error);
      }
    }
    return found;
  }

  private async bringIn(path: string, owner: string, now: number): Promise<boolean> {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (now - mtimeMs < STALE_MS) return false;
    const mine = join(this.parts.folder, `${owner}.taken-${process.pid}${++this.taken}`);
    if (
      !(await rename(path, mine).then(
        () => true,
        () => false,
      ))
    )
      return false; // somebody was faster
    const reader = new SpoolReader(mine);
    let [batches, entries] = [0, 0];
    try {
      for (let batch = await reader.next(); batch; batch = await reader.next()) {
        await this.parts.write(batch);
        [batches, entries] = [batches + 1, entries + batch.n];
      }
    } catch (error) {
      // the log has no place for it: an operator has to look
      if (error instanceof ContradictionError) await rename(mine, `${mine}.refused`);
      throw error;
    } finally {
      await reader.close();
    }
    await this.parts.onBroughtIn({ writer: owner, batches, entries, rest: reader.rest });
    if (reader.rest === 'corrupt') await rename(mine, `${mine}.corrupt`);
    else await rm(mine);
    await syncFolder(this.parts.folder);
    if (reader.rest === 'corrupt')
      throw new Error(`${mine}.corrupt was changed since it was written: what follows its ${batches} batches is lost`);
    return true;
  }
}
