import { canonicalJson } from './canonical-json';

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
});
