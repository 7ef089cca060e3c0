import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyBytes, keyTextProblem } from '../secrets/key-text';
import { makeFolder } from './data-folder';
import { ConfigError } from './problems';

const BYTES = 32;

/**
 * The key kept in the data folder, made on first start. Processes that start together agree on one.
 * @throws ConfigError when the file holds no key: what is left of one would encrypt like a key
 */
export function masterKeyIn(dataDir: string): Buffer {
  const path = join(dataDir, 'master.key');
  makeFolder(dataDir);
  try {
    return keyAt(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(BYTES).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return keyAt(path);
}

function keyAt(path: string): Buffer {
  const text = readFileSync(path, 'utf8').trim();
  const problem = keyTextProblem(text);
  if (problem) throw new ConfigError([`GATEHOUSE_MASTER_KEY: ${path} ${problem}; bring back the key that was there`]);
  return keyBytes(text);
}
