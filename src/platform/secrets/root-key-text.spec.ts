import { randomBytes } from 'node:crypto';
import { rootKeyProblem } from './root-key-text';

describe('rootKeyProblem', () => {
  it.each(['', 'short', 'changeme', 'root', 'x'.repeat(23)])('finds %j too short', (key) => {
    expect(rootKeyProblem(key)).toContain('must have at least 24 characters');
  });

  it.each([
    'changeme-changeme-changeme',
    'gh_test_root_key_test_root_key',
    'REPLACE_THIS_SECRET_KEY_1234',
    '0'.repeat(40),
  ])('finds %j a placeholder, and does not repeat it', (key) => {
    expect(rootKeyProblem(key)).toBe('is a placeholder, not a secret');
  });

  it.each(['a key with spaces that is long enough', `${'k7'.repeat(12)}é`, 'k7Q'.repeat(70)])('refuses %j', (key) => {
    expect(rootKeyProblem(key)).toContain('must be at most 200 printable');
  });

  it('takes a random key, and a long one of words', () => {
    for (let i = 0; i < 200; i++) expect(rootKeyProblem(`gh_${randomBytes(32).toString('base64url')}`)).toBeUndefined();
    expect(rootKeyProblem('correct-horse-battery-staple')).toBeUndefined();
  });
});
