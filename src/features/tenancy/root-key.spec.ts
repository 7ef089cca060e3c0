import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootKeyIn } from './root-key';

describe('rootKeyIn', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'root-key-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  it('makes a key once, for the owner alone, and leaves nothing else behind', () => {
    const path = join(dir, 'inner', 'root.key');
    const key = rootKeyIn(path);
    expect(key).toMatch(/^gh_/);
    expect(rootKeyIn(path)).toBe(key);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dir, 'inner'))).toEqual(['root.key']);
    expect(readFileSync(path, 'utf8')).toBe(`${key}\n`);
  });

  it('refuses a file that holds something else', () => {
    const path = join(dir, 'root.key');
    writeFileSync(path, 'oops');
    expect(() => rootKeyIn(path)).toThrow('does not hold a root key');
  });
});
