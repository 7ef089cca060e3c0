import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Lock {
  tryLock(file: string): (() => void) | undefined;
  withLock<T>(file: string, work: () => T | Promise<T>, onWait?: () => void): Promise<T>;
}
const { tryLock, withLock } = require('../../tools/lock.cjs') as Lock;

describe('the lock of tools/', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    file = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is held by one at a time and names its owner', () => {
    const release = tryLock(file);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    expect(tryLock(file)).toBeUndefined();
    release?.();
    expect(existsSync(file)).toBe(false);
  });

  it('is taken over at once when its owner was killed', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(file, String(pid));
    const release = tryLock(file);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    release?.();
  });

  it('respects a living owner, unless it gave no sign of life for minutes', () => {
    writeFileSync(file, String(process.ppid));
    expect(tryLock(file)).toBeUndefined();
    const longAgo = new Date(Date.now() - 10 * 60_000);
    utimesSync(file, longAgo, longAgo);
    expect(tryLock(file)).toBeInstanceOf(Function);
  });

  it('lets the second worker wait, and gives the lock back when work fails', async () => {
    const order: string[] = [];
    const first = withLock(file, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push('first');
      throw new Error('no luck');
    });
    const second = withLock(
      file,
      () => order.push('second'),
      () => order.push('waiting'),
    );
    await expect(first).rejects.toThrow('no luck');
    await second;
    expect(order).toEqual(['waiting', 'first', 'second']);
  });
});
