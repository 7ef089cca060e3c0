import { parseBody } from './parse-body';

const limits = { jsonDepth: 4, jsonNodes: 10 };
const parse = (text: string | Buffer) => parseBody(Buffer.from(text), limits);

describe('parseBody', () => {
  it('parses what is within the limits', () => {
    expect(parse('{"a":[1,{"b":"}]{["}],"ü":"\\"\\\\"}')).toEqual({ a: [1, { b: '}]{[' }], ü: '"\\' });
  });

  it('refuses deep nesting before building anything', () => {
    expect(() => parse('['.repeat(5))).toThrow('deeper than 4 levels');
    expect(() => parseBody(Buffer.alloc(30_000_000, '['), limits)).toThrow('deeper than 4 levels');
    expect(parse('[[[[]]]]')).toEqual([[[[]]]]);
  });

  it('refuses too many values', () => {
    expect(() => parse(`[${'1,'.repeat(11)}1]`)).toThrow('more than 10 values');
    expect(parse(`{"text":"${','.repeat(100)}"}`)).toEqual({ text: ','.repeat(100) });
  });

  it('is not fooled by escaped quotes and backslashes', () => {
    expect(parse('["\\\\","[[[[[[","\\"[[[[["]')).toEqual(['\\', '[[[[[[', '"[[[[[']);
  });

  it('refuses bytes that are not UTF-8 rather than change them', () => {
    expect(() => parse(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not encoded as UTF-8');
  });

  it.each(['', '{', '{"a":', '"open', 'nonsense', '{"a":1}}', '\u0000', '{"a":"\\x"}'])(
    'refuses %j without quoting it',
    (text) => {
      expect(() => parse(text)).toThrow(/^The body is (empty|not valid JSON)/);
    },
  );
});
