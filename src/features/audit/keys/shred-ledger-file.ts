import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { Shred } from './shred-ledger.store';

/**
 * A copy of the ledger that a restore of the key database does not take back: a line of JSON for each erasure, durable when
 * `append` returns.
 */
export class ShredLedgerFile {
  constructor(private readonly path: string) {}

  append(shred: Shred): void {
    const whole = this.whole();
    const file = openSync(this.path, 'a', 0o600);
    try {
      // half a line is of an erasure that is not finished, and will be written again
      ftruncateSync(file, whole);
      writeFileSync(file, `${JSON.stringify({ v: 1, ...shred })}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** @throws Error when a line is not one of the ledger, except the last: that was being written when the machine stopped */
  read(): Shred[] {
    const lines = this.bytes().toString().split('\n');
    lines.pop(); // what follows the last line break: nothing, or half a line
    return lines.map((line, i) => {
      const { v, ...shred } = lineOf(line) ?? {};
      if (v !== 1 || !shred.order || !shred.scope) throw new Error(`${this.path}: line ${i + 1} is not of a ledger`);
      return shred as Shred;
    });
  }

  /** Bytes up to the last line break. */
  private whole(): number {
    return this.bytes().lastIndexOf('\n') + 1;
  }

  private bytes(): Buffer {
    try {
      return readFileSync(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    }
  }
}

function lineOf(text: string): Partial<Shred & { v: number }> | undefined {
  try {
    return JSON.parse(text) as Partial<Shred & { v: number }>;
  } catch {
    return undefined;
  }
}
