import { Random } from '../../../../test/support/hostile/random';
import { TokenVault } from '../tokens/vault';
import { restoredText } from './stream-restorer';
import { TolerantRestorer } from './tolerant-restorer';

const vault = new TokenVault(Buffer.alloc(32, 7));
const VALUE = '529.982.247-25';
const CPF = vault.mint('BR_CPF', VALUE);
const NAME = vault.mint('PERSON', 'José "Zé" [[CPF_0000]]\n');
const word = CPF.slice(2, -2);
const [label = '', suffix = ''] = word.split('_');

function tolerantly(text: string, spelling: 'text' | 'json' = 'text') {
  const tally = { values: 0, misses: 0 };
  const restorer = new TolerantRestorer(vault, spelling, tally);
  const early = restorer.push(text.slice(0, 5)) + restorer.push(text.slice(5));
  return { early, text: restorer.end(), tally };
}

describe('TolerantRestorer', () => {
  it.each([
    ['as it was', CPF, VALUE],
    ['in lower case', CPF.toLowerCase(), VALUE],
    ['with a bracket lost in front', `x [${word}]] y`, `x ${VALUE} y`],
    ['with a bracket lost behind', `x [[${word}] y`, `x ${VALUE} y`],
    ['with one lost on both sides', `[${word}]`, VALUE],
    ['with blanks inside', `[[ ${label}_${suffix} ]]`, VALUE],
    ['with a blank for its underscore', `[[${label} ${suffix}]]`, VALUE],
    ['as Markdown escapes it', `\\[\\[${label}\\_${suffix}\\]\\]`, VALUE],
    ['in a third pair of brackets', `[${CPF}]`, `[${VALUE}]`],
    ['as the text of a link', `[[${word}](https://a.example)`, `[[${word}](https://a.example)`],
    ['and no value that holds what looks like one', NAME, 'José "Zé" [[CPF_0000]]\n'],
    ['not without any bracket', word, word],
    ['not in a link', `https://evil.example/[${word}]`, `https://evil.example/[${word}]`],
    ['not of another call', '[CPF_ZZZZ] [[CPF_ZZZZ]]', '[CPF_ZZZZ] [[CPF_ZZZZ]]'],
    ['not translated', `[[KENNUNG_${suffix}]]`, `[[KENNUNG_${suffix}]]`],
  ])('recognises a token %s', (_what, text, expected) => {
    expect(tolerantly(text)).toMatchObject({ early: '', text: expected });
  });

  it('reads brackets that JSON escapes, and keeps it JSON', () => {
    const escaped = CPF.replaceAll('[', '\\u005b').replaceAll(']', '\\u005d');
    expect(JSON.parse(tolerantly(`{"a":"${escaped}"}`, 'json').text)).toEqual({ a: VALUE });
    // a backslash of the text itself, and letters after it
    const literal = JSON.stringify({ a: `\\u005b\\u005b${word}\\u005d`, b: `\\[[${word}]]`, c: `${NAME}\\` });
    expect(() => JSON.parse(tolerantly(literal, 'json').text) as unknown).not.toThrow();
  });

  it('keeps any JSON JSON', () => {
    const seed = Number(process.env['SEED'] ?? 20261128);
    const random = new Random(seed);
    const parts = ['\\', '[', ']', CPF, NAME, word, '"', 'u005b', 'u005d', '_', ' ', '\n', '😀', '(', 'https://x/'];
    for (let round = 0; round < 5_000; round++) {
      const text = Array.from({ length: 1 + random.below(12) }, () => random.pick(parts)).join('');
      const json = JSON.stringify({ [text]: [text] });
      for (const restored of [tolerantly(json, 'json').text, restoredText(json, vault, 'json')])
        try {
          JSON.parse(restored);
        } catch {
          throw new Error(`seed ${seed}: ${JSON.stringify({ json, restored })}`);
        }
    }
  });

  it('counts what it puts back and what it does not know', () => {
    expect(tolerantly(`${CPF} [[CPF_ZZZZ]] [[FOO_1234]] [CPF_ZZZZ] ${NAME}`).tally).toEqual({ values: 2, misses: 1 });
  });

  it.each(['[[', '[', ']]', '[[CPF_', '\\[', '\\u005b', '[[A', 'https://[['])(
    'reads a megabyte of %j at once',
    (text) => {
      const long = text.repeat(1_000_000 / text.length);
      const started = performance.now();
      expect(tolerantly(long).text).toBe(long);
      expect(restoredText(long, vault)).toBe(long);
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});
