import { createHash } from 'node:crypto';
import { isKeyShaped, keyHash, keyPrefix, newKey } from './key-format';

describe('API keys', () => {
  it('are gh_ and 43 characters, never twice the same', () => {
    const keys = Array.from({ length: 100 }, newKey);
    for (const key of keys) expect(key).toMatch(/^gh_[A-Za-z0-9_-]{43}$/);
    expect(new Set(keys).size).toBe(100);
    expect(keys.every(isKeyShaped)).toBe(true);
  });

  it.each([
    '',
    'gh_',
    'sk-abc',
    `gh_${'a'.repeat(42)}`,
    `gh_${'a'.repeat(44)}`,
    `gh_${'a'.repeat(42)}+`,
    `GH_${'a'.repeat(43)}`,
    `gh_${'a'.repeat(43)}\n`,
  ])('are not %j', (text) => expect(isKeyShaped(text)).toBe(false));

  it('are looked up by the SHA-256 of all of it', () => {
    const key = newKey();
    expect(keyHash(key)).toBe(createHash('sha256').update(key).digest('base64'));
  });

  it('are recognised by a prefix that leaves nearly everything open', () => {
    expect(keyPrefix('gh_abcdefgh0123')).toBe('gh_abcdefgh');
    expect(keyPrefix('a-root-key-written-by-hand')).toBe('a-ro');
  });
});
