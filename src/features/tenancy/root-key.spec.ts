import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKey } from './key-format';
import { requireStrong, rootKeyIn } from './root-key';

describe('requireStrong', () => {
  it.each(['', 'short', 'changeme', 'root', 'x'.repeat(23)])('refuses %j: too short', (key) => {
    expect(() => requireStrong(key)).toThrow('GATEHOUSE_ROOT_KEY must have at least 24 characters');
  });

  it.each([
    'changeme-changeme-changeme',
    'gh_test_root_key_test_root_key',
    'REPLACE_THIS_SECRET_KEY_1234',
    '0'.repeat(40),
  ])('refuses %j: a placeholder', (key) =>
    expect(() => requireStrong(key)).toThrow('GATEHOUSE_ROOT_KEY is a placeholder'),
  );

  it.each(['a key with spaces that is long enough', `${'k7'.repeat(12)}é`, 'k7Q'.repeat(70)])('refuses %j', (key) => {
    expect(() => requireStrong(key)).toThrow('GATEHOUSE_ROOT_KEY must be at most 200 printable');
  });

  it('takes a random key, ours or not', () => {
    for (let i = 0; i < 200; i++) expect(() => requireStrong(newKey())).not.toThrow();
    expect(() => requireStrong('correct-horse-battery-staple')).not.toThrow();
  });

  it('never repeats the key in its refusal', () => {
    expect(() => requireStrong('changeme-changeme-changeme')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('changeme') }),
    );
  });
});

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
