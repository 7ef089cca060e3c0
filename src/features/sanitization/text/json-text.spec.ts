import { literalsIn } from './json-text';

describe('literalsIn', () => {
  it('finds strings, names and numbers, with what they stand for and where', () => {
    const text = ' {"a":"x\\u0040y", "list":[1.5, "z", {"in": -2e3}], "t":true}';
    const found = literalsIn(text);
    expect(found?.map(({ value, name }) => [name, value])).toEqual([
      ['', 'a'], ['a', 'x@y'], ['', 'list'], ['list', '1.5'], ['list', 'z'], ['', 'in'], ['in', '-2e3'], ['', 't'],
    ]); // prettier-ignore
    for (const { value, start, end } of found ?? [])
      expect(String(JSON.parse(text.slice(start, end)))).toBe(
        String(JSON.parse(value.startsWith('-') || /^\d/.test(value) ? value : JSON.stringify(value))),
      );
  });

  it.each(['', '{', '{"a"}', '{"a":1,}', '[1 2]', '"x', 'nul', '01', '{"a":1} x', '[1]]', "{'a':1}", '"\\x"', '"\n"'])(
    'knows that %j is no JSON',
    (text) => expect(literalsIn(text)).toBeUndefined(),
  );

  it.each(['{}', '[]', 'null', '"x"', '12', '[[],{}]', '{"":{"":""}}'])('knows that %j is', (text) =>
    expect(literalsIn(text)).toBeDefined(),
  );

  it('does not follow nesting without end', () => {
    expect(literalsIn('['.repeat(1_000) + ']'.repeat(1_000))).toBeUndefined();
  });
});
