import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, markOf, type ProcessMark } from './processes';

/** One deploy at a time. What a killed command left behind holds nobody up. */
export class DeployLock {
  private readonly file: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, 'lock');
  }

  /** @returns undefined, or the living process that holds it */
  take(): ProcessMark | undefined {
    const mine = `${this.file}.${process.pid}`;
    writeFileSync(mine, JSON.stringify(markOf(process.pid)));
    try {
      for (;;) {
        const holder = this.holder();
        if (holder && isAlive(holder)) return holder;
        if (holder) this.remove(holder);
        try {
          linkSync(mine, this.file);
          process.once('exit', () => this.release());
          return undefined;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
      }
    } finally {
      rmSync(mine, { force: true });
    }
  }

  release(): void {
    if (this.holder()?.pid === process.pid) rmSync(this.file, { force: true });
  }

  /** Whoever holds it, dead or alive. */
  holder(): ProcessMark | undefined {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as ProcessMark;
    } catch {
      return undefined;
    }
  }

  /** Takes away what a dead process left; when somebody was faster, theirs is put back. */
  private remove(dead: ProcessMark): void {
    const aside = `${this.file}.aside.${process.pid}`;
    try {
      renameSync(this.file, aside);
      const moved = JSON.parse(readFileSync(aside, 'utf8')) as ProcessMark;
      if (moved.pid !== dead.pid || moved.started !== dead.started) linkSync(aside, this.file);
    } catch {
      // somebody else was at it: the next look tells
    } finally {
      rmSync(aside, { force: true });
    }
  }
}
