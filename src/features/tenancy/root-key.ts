import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../platform/config/data-folder';
import { isKeyShaped, newKey } from './key-format';

/** The key kept in that file, made on first start. Processes that start together agree on one. */
export function rootKeyIn(path: string): string {
  makeFolder(dirname(path));
  return read(path) ?? create(path);
}

function read(path: string): string | undefined {
  let key: string;
  try {
    key = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (!isKeyShaped(key)) throw new Error(`${path} does not hold a root key; delete it to have a new one made`);
  return key;
}

function create(path: string): string {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${newKey()}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path); // unlike rename, never replaces what another process has just made
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return read(path) as string;
}
