import fc from 'fast-check';
import { windowsOf } from './windows';

describe('windowsOf', () => {
  const anyText = fc.array(fc.constantFrom('a', ' ', '\n', '😀', 'ß', '\ud83d', 'word ', 'x'.repeat(70)), {
    maxLength: 400,
  });

  it('covers every word, in windows that are stretches of the text and no longer than allowed', () => {
    const property = fc.property(anyText, fc.integer({ min: 2, max: 300 }), (parts, characters) => {
      const text = parts.join('').toWellFormed();
      const covered = new Set<number>();
      let last = -1;
      for (const { offset, text: part } of windowsOf(text, characters)) {
        expect(part.length).toBeLessThanOrEqual(characters);
        expect(text.startsWith(part, offset)).toBe(true);
        expect(offset).toBeGreaterThan(last);
        expect(part.isWellFormed()).toBe(true);
        last = offset;
        for (let i = 0; i < part.length; i++) covered.add(offset + i);
      }
      const missed = [...text.matchAll(/\S/g)].filter(({ index }) => !covered.has(index));
      expect(missed).toEqual([]);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('has each stretch of up to 150 characters whole in some window', () => {
    const text = Array.from({ length: 2_000 }, (_, i) => `w${i}`).join(' ');
    const windows = [...windowsOf(text, 1_000)];
    expect(windows.length).toBeGreaterThan(10);
    const split = Array.from({ length: text.length - 149 }, (_, start) => start).filter(
      (start) => !windows.some(({ offset, text: part }) => offset <= start && offset + part.length >= start + 150),
    );
    expect(split).toEqual([]);
  });

  it('cuts between words where it can', () => {
    const windows = [...windowsOf('some words in a row '.repeat(200), 500)];
    for (const { text } of windows) expect(text).toMatch(/^\w+ (.*\w )?$/s);
    for (const { text } of windows) expect(text).toMatch(/^(some|words|in|a|row) /);
  });

  it.each([
    ['', []],
    [' \n ', []],
    ['short', ['short']],
    [`a${' '.repeat(3_000)}b`, ['a', 'b']],
  ])('leaves out what is nothing but space: %j', (text, words) => {
    expect([...windowsOf(text, 500)].map((window) => window.text.trim())).toEqual(words);
  });
});
