import { KeyedHash } from './keyed-hash';

const hash = new KeyedHash(Buffer.alloc(32, 7));

describe('KeyedHash', () => {
  it('is the same for the same text, tenant, purpose and key, and for nothing else', () => {
    const name = hash.pseudonym('user', 'tenant', 'ann@example.com');
    expect(hash.pseudonym('user', 'tenant', 'ann@example.com')).toBe(name);
    const others = [
      hash.pseudonym('user', 'other', 'ann@example.com'),
      hash.pseudonym('session', 'tenant', 'ann@example.com'),
      hash.pseudonym('user', 'tenant', 'bob@example.com'),
      new KeyedHash(Buffer.alloc(32, 8)).pseudonym('user', 'tenant', 'ann@example.com'),
    ];
    expect(new Set([name, ...others]).size).toBe(5);
  });

  it('never changes between releases: stored hashes must stay comparable', () => {
    const digest = hash.digest('prompt', '01890000-0000-7000-8000-000000000000', 'hello');
    expect(digest.toString('hex')).toBe('a8ccf67a3f5583e119858f3e3ce7e3e1b30e48bc9804a884865e5a35c99e5987');
  });

  it('keeps its cache of keys bounded', () => {
    for (let i = 0; i < 20_001; i++) hash.pseudonym('user', `tenant-${i}`, 'x');
    expect((hash as unknown as { keys: Map<string, unknown> }).keys.size).toBeLessThanOrEqual(10_000);
  });
});
