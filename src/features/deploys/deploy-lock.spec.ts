import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeployLock } from './deploy-lock';

describe('the lock of deploys', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'deploy-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is held by one process, until it lets go', () => {
    const lock = new DeployLock(folder);
    expect(lock.take()).toBeUndefined();
    expect(new DeployLock(folder).take()).toMatchObject({ pid: process.pid });
    lock.release();
    expect(new DeployLock(folder).take()).toBeUndefined();
    lock.release();
  });

  it('is free when its holder died, or when another process has its number', async () => {
    const child = spawn(process.execPath, ['--eval', '']);
    await once(child, 'exit');
    for (const mark of [{ pid: child.pid }, { pid: process.ppid, started: '1' }]) {
      writeFileSync(join(folder, 'lock'), JSON.stringify(mark));
      const lock = new DeployLock(folder);
      expect(lock.take()).toBeUndefined();
      lock.release();
    }
  });
});
