import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isKeyShaped, newKey } from './key-format';

const SHORTEST = 24;
/** What people write until they think of something better. */
const PLACEHOLDERS =
  /change|me|replace|this|test|root|admin|api|key|secret|password|token|default|example|sample|placeholder|my|your|gatehouse|gh/g;

/** @throws Error naming GATEHOUSE_ROOT_KEY when the key is too weak to stand alone before everything. */
export function requireStrong(key: string): void {
  const problem =
    key.length < SHORTEST
      ? `must have at least ${SHORTEST} characters (echo gh_$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '='))`
      : !/^[\x21-\x7e]{1,200}$/.test(key)
        ? 'must be at most 200 printable ASCII characters without spaces'
        : isPlaceholder(key)
          ? 'is a placeholder, not a secret'
          : undefined;
  if (problem) throw new Error(`GATEHOUSE_ROOT_KEY ${problem}`);
}

function isPlaceholder(key: string): boolean {
  const rest = key
    .toLowerCase()
    .replace(PLACEHOLDERS, '')
    .replace(/[^a-z0-9]/g, '');
  return rest.length < 6 || new Set(rest).size < 4;
}

/** The key kept in that file, made on first start. Processes that start together agree on one. */
export function rootKeyIn(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
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
