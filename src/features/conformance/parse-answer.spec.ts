import { parseAnswer } from './parse-answer';

it.each([
  ['{"a": [1, "]}\\""]}', { a: [1, ']}"'] }],
  [' "text" ', 'text'],
  ['null', null],
])('reads %j', (text, value) => expect(parseAnswer(text)).toEqual(value));

it.each(['', 'no', '```json\n{}\n```', '{"a": 1,}', '{} {}', '{"a'])('does not read %j', (text) => {
  expect(parseAnswer(text)).toBeUndefined();
});

it('reads nothing that is nested deeply or holds too much', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(parseAnswer(nested(64))).toBeDefined();
  expect(parseAnswer(nested(65))).toBeUndefined();
  expect(parseAnswer(`[${'1,'.repeat(100_000)}1]`)).toBeUndefined();
});
