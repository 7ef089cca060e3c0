import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './problems';

/** @throws ConfigError when the operating system does not let `work` read or write in the folder. */
export function inDataFolder<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new ConfigError([
      `GATEHOUSE_DATA_DIR: ${dir} cannot be used (${message}); name another folder, or set GATEHOUSE_MASTER_KEY and GATEHOUSE_ROOT_KEY, which are otherwise kept there`,
    ]);
  }
}

/** With those above it, each in turn: what Node offers for that never ends where the system takes no new names, as below /proc. */
export function makeFolder(dir: string): void {
  if (existsSync(dir)) return;
  makeFolder(dirname(dir));
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // another process was faster
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !existsSync(dir)) throw error;
  }
}

/** Writes where the folder is, or would be made, and takes it away again. @throws ConfigError when that cannot be */
export function tryDataFolder(dir: string): void {
  inDataFolder(dir, () => {
    let there = dir;
    while (!lstatSync(there, { throwIfNoEntry: false })) there = dirname(there);
    rmdirSync(mkdtempSync(join(there, '.gatehouse-')));
  });
}
