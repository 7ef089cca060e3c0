import { mkdirSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A folder below .data/ that git does not see, on the disk of the repository: a memory disk would make every figure too good. */
export function scratch(prefix) {
  const data = join(resolve(import.meta.dirname, '../..'), '.data');
  mkdirSync(data, { recursive: true });
  return mkdtempSync(join(data, prefix));
}
