import { TokenVault } from './vault';

function fingerprint(values: readonly string[], key = 1) {
  const vault = new TokenVault(Buffer.alloc(32, key));
  for (const value of values) vault.mint('EMAIL', value);
  return vault.fingerprint;
}

describe('the fingerprint of a vault', () => {
  it('is that of its values: the same for the same ones, and none without any', () => {
    expect(fingerprint(['a', 'b'])).toBe(fingerprint(['a', 'b']));
    expect(fingerprint(['a', 'b'])).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprint([])).toBeUndefined();
  });

  it('is another one for other values, though their tokens be the same, and in another conversation', () => {
    expect(fingerprint(['a'])).not.toBe(fingerprint(['b']));
    expect(fingerprint(['a'])).not.toBe(fingerprint(['a', 'b']));
    expect(fingerprint(['a'])).not.toBe(fingerprint(['a'], 2));
    // 20 bits of a token: among so many values two have the same one in two calls, and no fingerprint is the same
    const [tokens, prints] = [new Set<string>(), new Set<string>()];
    for (let i = 0; i < 5_000; i++) {
      const vault = new TokenVault(Buffer.alloc(32, 1));
      tokens.add(vault.mint('EMAIL', String(i)));
      prints.add(vault.fingerprint ?? '');
    }
    expect(tokens.size).toBeLessThan(5_000);
    expect(prints.size).toBe(5_000);
  });
});
