import { openAddress } from './open-address';

describe('openAddress', () => {
  it.each([
    ['see ![im', 4],
    ['see ![im](https://e', 4],
    ['see <img sr', 4],
    ['see https://evil.exam', 4],
    ['see https:', 4],
    ['a!', 1],
    ['[x] y', 5],
    ['[x](y) done', 11],
    ['no address', 10],
    ['https://a.example done', 22],
  ])('of %j is at %i', (text, at) => expect(openAddress(text)).toBe(at));

  it('is found in no time in a hostile text', () => {
    const started = performance.now();
    for (const text of ['['.repeat(100_000), '![x]('.repeat(50_000), '<img '.repeat(50_000), 'a:/'.repeat(50_000)])
      openAddress(text);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
