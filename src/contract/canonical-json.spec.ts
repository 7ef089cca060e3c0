import fc from 'fast-check';
import { canonicalJson, canonicalJsonOnce } from './canonical-json';

describe('canonicalJson', () => {
  it.each<[unknown, string]>([
    [
      { b: 1, a: { d: [2, { z: null, y: 'é"\n' }], c: true } },
      '{"a":{"c":true,"d":[2,{"y":"é\\"\\n","z":null}]},"b":1}',
    ],
    [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
    [{ 10: 'x', 9: 'y', a: 'z' }, '{"10":"x","9":"y","a":"z"}'],
    [[], '[]'],
    [1e21, '1e+21'],
    ['\ud800', '"\\ud800"'],
  ])('spells %j in one way', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('is what sorting every member makes of it, however many there are', () => {
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, member]) => [name, sorted(member)]),
            )
          : value;
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `x${text}`);
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'binary' }),
        fc.double(),
        fc.constantFrom(null, true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(name, tie('value'), { maxKeys: 40, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (one) => {
        const text = JSON.stringify(sorted(one));
        expect(canonicalJson(one)).toBe(text);
        // whatever of it was written before
        const written = new Map<object, string>();
        if (typeof one === 'object' && one !== null)
          for (const part of Object.values(one)) canonicalJsonOnce(part, written);
        expect(canonicalJsonOnce(one, written)).toBe(text);
        expect(canonicalJsonOnce([one, one], written)).toBe(`[${text},${text}]`);
      }),
    );
  });
});
