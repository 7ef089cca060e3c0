import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** With those above it, each in turn: what Node offers for that never ends where the system takes no new names, as below /proc. */
export function makeFolder(dir) {
  if (existsSync(dir)) return;
  makeFolder(dirname(dir));
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // another process was faster
    if (error.code !== 'EEXIST' || !existsSync(dir)) throw error;
  }
}
