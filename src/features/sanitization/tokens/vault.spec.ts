import { TokenVault } from './vault';

const key = Buffer.alloc(32, 1);

describe('TokenVault', () => {
  it('gives the same value the same token throughout a conversation, and another elsewhere', () => {
    const vault = new TokenVault(key);
    const token = vault.mint('BR_CPF', '529.982.247-25');
    expect(token).toMatch(/^\[\[CPF_[0-9A-HJKMNP-TV-Z]{4}\]\]$/);
    expect(vault.mint('BR_CPF', '529.982.247-25')).toBe(token);
    expect(new TokenVault(key).mint('BR_CPF', '529.982.247-25')).toBe(token);
    expect(new TokenVault(Buffer.alloc(32, 2)).mint('BR_CPF', '529.982.247-25')).not.toBe(token);
  });

  it('takes values that are written in another way for others', () => {
    const vault = new TokenVault(key);
    const tokens = ['529.982.247-25', '52998224725'].map((value) => vault.mint('BR_CPF', value));
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.map((token) => vault.valueOf(token))).toEqual(['529.982.247-25', '52998224725']);
    expect([vault.size, vault.holds('52998224725'), vault.holds('1')]).toEqual([2, true, false]);
  });

  it('gives no two values the same token, however many there are', () => {
    const vault = new TokenVault(key);
    const tokens = Array.from({ length: 10_000 }, (_, i) => vault.mint('EMAIL', `user${i}@example.com`));
    expect(new Set(tokens).size).toBe(10_000);
    // four letters do not tell ten thousand apart
    expect(tokens.some((token) => token.length > '[[EMAIL_0000]]'.length)).toBe(true);
    tokens.forEach((token, i) => expect(vault.valueOf(token)).toBe(`user${i}@example.com`));
    expect(() => vault.mint('EMAIL', 'one@too.many')).toThrow('more than 10000');
  });

  it('understands tokens in lower case, and none that it did not give', () => {
    const vault = new TokenVault(key);
    const token = vault.mint('EMAIL', 'ana@example.com');
    expect(vault.valueOf(token.toLowerCase())).toBe('ana@example.com');
    expect(vault.valueOf('[[EMAIL_ZZZZ]]')).toBeUndefined();
  });

  it('is remembered by another one, whatever else that one finds', () => {
    const vault = new TokenVault(key);
    const tokens = ['ana@example.com', 'bia@example.com'].map((value) => vault.mint('EMAIL', value));
    const later = new TokenVault(Buffer.alloc(32, 3));
    later.recall(vault.all);
    expect(later.mint('EMAIL', 'ana@example.com')).toBe(tokens[0]);
    expect(later.valueOf(tokens[1] ?? '')).toBe('bia@example.com');
    expect(later.mint('EMAIL', 'eva@example.com')).not.toBe(tokens[0]);
    expect(later.all).toHaveLength(3);
  });

  it('never gives out what stands in the call already', () => {
    const token = new TokenVault(key).mint('EMAIL', 'ana@example.com');
    const vault = new TokenVault(key);
    vault.reserve(`somebody wrote ${token.toLowerCase()}`);
    const other = vault.mint('EMAIL', 'ana@example.com');
    expect(other).not.toBe(token);
    expect(vault.valueOf(token)).toBeUndefined();
  });
});

describe('TokenVault, of hostile calls', () => {
  const known = new TokenVault(key).mint('BR_CPF', '529.982.247-25');

  it.each([known, known.slice(2, -2), known.toLowerCase(), `[${known.slice(2, -2)}]`, known.replace('_', '\\_')])(
    'never gives out what stands there as %s',
    (planted) => {
      const vault = new TokenVault(key);
      vault.reserve(`a document says ${planted}, and so on`);
      expect(vault.mint('BR_CPF', '529.982.247-25')).not.toBe(known);
      expect(vault.valueOf(known)).toBeUndefined();
    },
  );

  it.each(['[[', '[[CPF_', 'CPF_9Q2M', '_', 'A', 'A_', '\\_'])('reads a megabyte of %j at once', (text) => {
    const started = performance.now();
    new TokenVault(key).reserve(text.repeat(1_000_000 / text.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('refuses a call with too many values as its own fault', () => {
    const vault = new TokenVault(key);
    const mintAll = () => {
      for (let i = 0; i < 20_000; i++) vault.mint('EMAIL', `user${i}@example.com`);
    };
    expect(mintAll).toThrow(expect.objectContaining({ code: 'prompt_rejected', status: 400 }) as Error);
    expect(vault.size).toBe(10_000);
    expect(vault.mint('EMAIL', 'user0@example.com')).toMatch(/^\[\[/);
    // what is only taken down does not fail for it
    expect(vault.mintIfRoom('EMAIL', 'one@too.many')).toBe('<EMAIL>');
    expect(vault.mintIfRoom('EMAIL', 'user1@example.com')).toMatch(/^\[\[/);
  });
});
