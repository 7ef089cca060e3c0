import { canonicalJson } from './canonical-json';

describe('canonicalJson', () => {
  it('does not depend on the order of members, at any depth', () => {
    const one = { b: [1, { y: null, x: 'é"' }], a: true };
    const other = { a: true, b: [1, { x: 'é"', y: null }] };
    expect(canonicalJson(one)).toBe('{"a":true,"b":[1,{"x":"é\\"","y":null}]}');
    expect(canonicalJson(other)).toBe(canonicalJson(one));
  });

  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: '1' }, { a: 1 }],
    [{ a: null }, {}],
    [{ a: [] }, { a: {} }],
    [{ a: 'b","c":"d' }, { a: 'b', c: 'd' }],
  ])('tells %j from %j', (one, other) => {
    expect(canonicalJson(one)).not.toBe(canonicalJson(other));
  });

  it('takes names that mean something to JavaScript for names', () => {
    const body = JSON.parse('{"__proto__":1,"constructor":2}') as Record<string, number>;
    expect(canonicalJson(body)).toBe('{"__proto__":1,"constructor":2}');
  });
});
