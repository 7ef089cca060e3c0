import fc from 'fast-check';
import { SecretMatcher, type NamedForm } from './secret-matcher';

const forms = (...texts: string[]): NamedForm[] => texts.map((text, at) => ({ text, name: `n${at}` }));
const SEED = 20_261_128;

/** Slow and obvious: at each place the longest text that stands there. */
function expected(text: string, texts: readonly string[]): [number, number][] {
  const found: [number, number][] = [];
  const byLength = texts.toSorted((a, b) => b.length - a.length);
  for (let at = 0; at < text.length;) {
    const here = byLength.find((each) => text.startsWith(each, at));
    if (here) found.push([at, at + here.length]);
    at += here?.length ?? 1;
  }
  return found;
}

describe('the matcher of secrets', () => {
  it('finds exactly what a slow search finds, in any text of a small alphabet', () => {
    const letters = fc.constantFrom('a', 'b', 'é');
    const word = fc.array(letters, { minLength: 8, maxLength: 11 }).map((each) => each.join(''));
    const piece = fc.array(letters, { maxLength: 6 }).map((each) => each.join(''));
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(piece, fc.nat(5)), { maxLength: 8 }),
        (words, pieces) => {
          const text = pieces.map(([before, index]) => before + (words[index] ?? '')).join('');
          const found = new SecretMatcher(forms(...words)).find(text) ?? [];
          expect(found.map(({ start, end }) => [start, end])).toEqual(expected(text, words));
        },
      ),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('takes the longest of those that begin alike, and names it', () => {
    const matcher = new SecretMatcher(forms('sk-prefix', 'sk-prefix-longer'));
    expect(matcher.find('a sk-prefix-longer, a sk-prefix-long')).toEqual([
      { start: 2, end: 18, name: 'n1' },
      { start: 22, end: 31, name: 'n0' },
    ]);
  });

  it('finds the beginning of one that was cut off, at an end', () => {
    const matcher = new SecretMatcher(forms('sk-prefix-and-more-of-it', 'sk-another-of-them-all'));
    for (const end of ['', '"', '\\"', '…'])
      expect(matcher.find(`a sk-prefix-and-m${end}`)).toEqual([{ start: 2, end: 17, name: 'n0' }]);
    for (const text of ['a sk-prefix-', 'a sk-prefix-and-m of', 'a sk-prefix-and-n"'])
      expect(matcher.find(text)).toBeUndefined();
  });

  it('takes a plain word only where it stands alone', () => {
    const matcher = new SecretMatcher([{ text: 'postgres', name: 'n', word: true }]);
    expect(matcher.find('{"dependency":"postgresql"} mypostgres')).toBeUndefined();
    expect(matcher.find('postgres')).toHaveLength(1);
    expect(matcher.find('u:postgres@host')).toHaveLength(1);
  });

  it('finds nothing when it knows nothing, and leaves out what is too short', () => {
    expect(new SecretMatcher([]).find('anything at all')).toBeUndefined();
    expect(new SecretMatcher(forms('seven77')).find('seven77 seven77')).toBeUndefined();
  });

  it('cannot be printed', async () => {
    const { inspect } = await import('node:util');
    const matcher = new SecretMatcher(forms('a-very-secret-text'));
    expect(inspect(matcher, { showHidden: true, depth: 9 }) + JSON.stringify(matcher)).not.toContain('a-very');
  });

  it('takes time for the length of a text, not for the number of secrets nor for texts that almost match', () => {
    const many = Array.from(
      { length: 2_000 },
      (_, at) => `sk-ant-api03-${at.toString(36).padStart(6, '0')}-${'x'.repeat(40)}`,
    );
    const matcher = new SecretMatcher(forms(...many));
    const text = `${'sk-ant-api03-000'.repeat(60_000)} `;
    const started = performance.now();
    expect(matcher.find(text)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
