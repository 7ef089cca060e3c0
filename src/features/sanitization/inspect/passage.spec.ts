import { Passage } from './passage';

describe('a passage', () => {
  it('is recognised by a digest that is the same for the same text alone', () => {
    const digests = ['a'.repeat(300), 'a'.repeat(300), 'a'.repeat(301), `${'a'.repeat(299)}b`].map(
      (text) => new Passage(text).digest,
    );
    expect(digests[0]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(digests[1]).toBe(digests[0]);
    expect(new Set(digests).size).toBe(3);
  });

  it('has none when it is short', () => {
    expect(new Passage('a'.repeat(63)).digest).toBeUndefined();
    expect(new Passage('a'.repeat(64)).digest).toBeDefined();
  });

  it('is not taken for a text that spells the digest of another', () => {
    const long = new Passage('a'.repeat(300));
    for (const forged of [long.digest as string, long.identity])
      expect(new Passage(forged).identity).not.toBe(long.identity);
  });
});
