import fc from 'fast-check';
import { canonicalise, CanonicalError, inOrder, parseCanonical } from './canonical';
import type { Plain } from './header';

const key = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('__proto__', '10', '9', 'a', '\u20ac', '\ud83d\ude02', '\ufb33'),
);
const plain = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeNat(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

/** RFC 8785 as it is written there, without any thought of speed. */
function slowly(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map((item: Plain) => slowly(item)).join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const units = (text: string) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  const members = Object.entries(value as Record<string, Plain>);
  members.sort(([a], [b]) => {
    const [left, right] = [units(a), units(b)];
    const at = left.findIndex((unit, i) => unit !== right[i]);
    if (at < 0) return left.length - right.length;
    return (left[at] as number) - (right[at] ?? -1);
  });
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${slowly(member)}`).join(',')}}`;
}

/** Undefined when it throws. */
function outcomeOf(work: () => string): string | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

describe('canonical text', () => {
  it('is what RFC 8785 says', () => {
    fc.assert(fc.property(plain, (value) => expect(canonicalise(value)).toBe(slowly(value))));
  });

  it('has one value, and the value one text', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const text = canonicalise(value);
        expect(canonicalise(parseCanonical(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  it('sorts by UTF-16 code units: the example of the RFC', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalise(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
  });

  it('escapes what JSON must escape and nothing else', () => {
    expect(canonicalise('\u20ac$\u000f\nA\'B"\\/<\u2028\u007f')).toBe('"€$\\u000f\\nA\'B\\"\\\\/<\u2028\u007f"');
  });

  it.each(['\\ud800', '\\\\ud800', '\\ud83d\ud83d\ude00', '"\\ud'])('takes %j for no half of a character', (text) => {
    expect(canonicalise({ [text]: text })).toBe(`{${JSON.stringify(text)}:${JSON.stringify(text)}}`);
  });

  it('is the same in whatever order members come', () => {
    expect(inOrder({ b: 1, a: 2, '10': 3, '9': 4 })).toEqual({ a: 2, b: 1, '9': 4, '10': 3 });
    expect(Object.keys(inOrder({ b: { d: 1, c: 1 }, a: 2 }))).toEqual(['a', 'b']);
    expect(canonicalise({ b: { d: 1, c: undefined }, a: [{ z: 1, y: 2 }] })).toBe('{"a":[{"y":2,"z":1}],"b":{"d":1}}');
  });

  it('leaves out what is undefined', () => {
    expect(canonicalise({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  const deep = (levels: number): Plain => (levels ? [deep(levels - 1)] : 1);
  it.each<[string, unknown]>([
    ['null', null],
    ['a fraction', { a: 0.5 }],
    ['a negative number', [-1]],
    ['a number above 2^53 - 1', 2 ** 53],
    ['NaN', Number.NaN],
    ['half a character', { a: '\ud800' }],
    ['half a character in a name', { '\udc00x': 1 }],
    ['half a character behind a backslash', { a: '\\\ud800' }],
    ['half a character among members that are not sorted', { b: 1, a: '\ud800' }],
    ['null among members that are not sorted', { b: 1, a: null }],
    ['something that writes itself', { toJSON: () => 1 }],
    ['undefined in an array', [undefined]],
    ['a bigint', 1n],
    ['a Date', { at: new Date() }],
    ['33 levels', deep(33)],
  ])('cannot say %s', (_, value) => {
    expect(() => canonicalise(value as Plain)).toThrow(CanonicalError);
  });

  it.each([
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{ "a":1}',
    '{"a":1.0}',
    '{"a":-0}',
    '{"a":1e2}',
    '{"a":9007199254740993}',
    '{"a":null}',
    '{"a":"\\u0061"}',
    '{"a":"\\/"}',
    '"\\ud800"',
    '{"a":1}\n',
    '{"a":1',
    '',
    '\ufeff{}',
  ])('is not %s', (text) => {
    expect(() => parseCanonical(text)).toThrow(CanonicalError);
  });

  it('is told from what is not by every shortcut', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.constantFrom('', ' ', '0', '-', '"', ',', '{', '\\u0041', 'null', '"a":1,', '1', 'é', '\ud83d'),
    );
    fc.assert(
      fc.property(plain, edit, fc.nat(3), (value, [at, more], drop) => {
        const text = canonicalise(value);
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + more + text.slice(place + drop);
        expect(outcomeOf(() => canonicalise(parseCanonical(changed)))).toBe(
          outcomeOf(() => canonicalise(JSON.parse(changed) as Plain)) === changed ? changed : undefined,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not mistaken where a shorter number makes up for what is too long', () => {
    const rounded = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 0, max: 12 }));
    const spelt = fc.constantFrom('e', 'E', 'e+', 'e0');
    const longer = fc.constantFrom(' ', '  ', '\t', '\n   ', '');
    fc.assert(
      fc.property(rounded, spelt, longer, ([digits, zeroes], exponent, space) => {
        const value = { a: digits * 10 ** zeroes, b: 1 };
        const text = `{"a":${digits}${exponent}${zeroes},${space}"b":1}`;
        expect(JSON.parse(text)).toEqual(value);
        expect(() => parseCanonical(text)).toThrow(CanonicalError);
        expect(parseCanonical(canonicalise(value))).toEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '{}',
    '[]',
    '{"a":{}}',
    '[[],{}]',
    '{"10":1,"9":2}',
    '{"a":"\\n","b":"é😀"}',
    '0',
    'true',
    '"x"',
    '{"a":9007199254740991}',
  ])('is %s', (text) => expect(canonicalise(parseCanonical(text))).toBe(text));

  it.each([
    '{"9":1,"10":2}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"1":2}',
    '{"b":{},"a":{}}',
    '[1,]',
    '{"a":truefalse}',
    '{"a":1e2}',
    '{"a":12e3, "b":1}',
    '{"a":-1}',
    '["\ud83d"]',
    '{"a":"\ud83d"}',
  ])('is neither %j', (text) => expect(() => parseCanonical(text)).toThrow(CanonicalError));

  it('keeps a member named __proto__', () => {
    const text = '{"__proto__":{"a":1},"b":2}';
    expect(canonicalise(parseCanonical(text))).toBe(text);
  });
});
