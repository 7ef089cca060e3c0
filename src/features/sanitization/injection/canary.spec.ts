import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { CanaryWatch, leakIn, mintCanary, plant, type Canary } from './canary';

const canary = mintCanary(randomBytes);
const { code } = canary;
const read = (chunks: readonly string[], canaries: readonly Canary[] = [canary]) => {
  const watch = new CanaryWatch(canaries);
  const out = chunks.map((chunk) => watch.push(chunk)).join('') + watch.end();
  return { out, leaked: watch.leaked };
};
const cut = (text: string, places: readonly number[]) => {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return sorted.slice(1).map((end, i) => text.slice(sorted[i], end));
};

describe('a canary', () => {
  it('stands in the prompt that it was planted in, and is never minted twice', () => {
    expect(plant('Be kind.', canary)).toMatch(new RegExp(`^Be kind\\.\\n[^]+${code}$`));
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(mintCanary(randomBytes).code).not.toBe(code);
  });

  const spellings: readonly (readonly [string, string])[] = [
    ['as it is', code],
    ['in lower case', code.toLowerCase()],
    ['with hyphens', code.replace(/(....)/g, '$1-')],
    ['letter by letter', Array.from(code).join(' ')],
    ['with nothing visible in between', Array.from(code).join('\u200b')],
    ['backwards', Array.from(code).reverse().join('')],
    ['in hexadecimal', Buffer.from(code).toString('hex')],
    ...[0, 1, 2].map(
      (n) =>
        [
          `in base64 after ${n} characters`,
          Buffer.from(`${'x'.repeat(n)}${code} and more`).toString('base64'),
        ] as const,
    ),
  ];

  it.each(spellings)('is found %s, wherever the answer is cut', (_, spelling) => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(fc.nat(), { maxLength: 12 }), (before, after, places) => {
        // letters beside a word of base64 would be part of it
        const text = `${before} | ${spelling} | ${after}`;
        expect(read(cut(text, places)).leaked).toBe(canary);
      }),
    );
  });

  it('never leaves in one piece, whatever the cuts', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(), { maxLength: 12 }), (around, places) => {
        const { out } = read(cut(`${around}. ${code}. ${around}`, places));
        expect(out).not.toContain(code.slice(0, 8));
      }),
    );
  });

  it('changes nothing of an answer without it, and keeps only what may become one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
        const near = `${text}${code.slice(0, 20)}${text}`;
        expect(read(cut(near, places))).toEqual({ out: near, leaked: undefined });
      }),
    );
    const watch = new CanaryWatch([canary]);
    expect([watch.push(`see ${code.slice(0, 6)}`), watch.push('! no'), watch.end()].join('|')).toBe(
      `see |${code.slice(0, 6)}! no|`,
    );
  });

  it('is not mistaken for another one', () => {
    for (let i = 0; i < 500; i++) expect(leakIn(`x ${mintCanary(randomBytes).code} y`, [canary])).toBeUndefined();
    expect(leakIn(`${code.slice(0, 25)}_`, [canary])).toBeUndefined();
  });

  it('is found after much else, with bounded memory', () => {
    const watch = new CanaryWatch([canary]);
    for (let i = 0; i < 20_000; i++) watch.push(`word${i} `);
    watch.push(code.slice(0, 10));
    expect(watch.leaked).toBeUndefined();
    watch.push(code.slice(10));
    expect(watch.leaked).toBe(canary);
    expect(watch.push('more')).toBe('');
  });
});
