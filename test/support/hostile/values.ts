import { CANARY } from './canary';

const nested = (open: string, close: string, depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
const wide = (item: string, count: number): string => `[${Array.from({ length: count }, () => item).join(',')}]`;
const text = (value: string): string => JSON.stringify(value);

/** JSON that nobody sends by accident, by name. Sizes are chosen so that a run of thousands stays quick. */
export const HOSTILE_VALUES: readonly (readonly [name: string, json: string])[] = [
  ['null', 'null'],
  ['true', 'true'],
  ['zero', '0'],
  ['minus one', '-1'],
  ['minus zero', '-0'],
  ['a fraction', '0.5'],
  ['1e308', '1e308'],
  ['1e400', '1e400'],
  ['-1e400', '-1e400'],
  ['1e-400', '1e-400'],
  ['2^53', '9007199254740992'],
  ['2^31', '2147483648'],
  ['a number of 400 digits', '9'.repeat(400)],
  ['NaN as text', '"NaN"'],
  ['Infinity as text', '"Infinity"'],
  ['a number as text', '"1"'],
  ['an empty string', '""'],
  ['blanks', text(' \t\n\r ')],
  ['a string of 300', text('x'.repeat(300))],
  ['a string of 100,000', text('y'.repeat(100_000))],
  ['astral characters', text('\u{1f4a3}'.repeat(200))],
  ['a lone high surrogate', '"a\\ud800b"'],
  ['a lone low surrogate', '"\\udfff"'],
  ['NUL', text('a\u0000b')],
  ['control characters', text('\u0001\u0008\u001b[31m\u007f\u0085')],
  ['line breaks', text('a\r\nset-cookie: b=c\r\n\r\n')],
  ['direction override', text('\u202e\u2066txt.exe')],
  ['line separators', text('\u2028\u2029\ufeff\ufffe')],
  ['__proto__ as text', '"__proto__"'],
  ['toString', '"toString"'],
  ['SQL', `"'); drop table llm_requests; --"`],
  ['a template', '"${7*7}{{7*7}}<%= 7*7 %>"'],
  ['a path', '"../../../../etc/passwd"'],
  ['a format', '"%s%n%d%j"'],
  ['an empty list', '[]'],
  ['a list of null', '[null]'],
  ['a list of lists', '[[],[[]],[[[]]]]'],
  ['a list of mixed things', '[1,"a",null,true,{},[]]'],
  ['an empty object', '{}'],
  ['an object with an empty name', '{"":""}'],
  ['__proto__', '{"__proto__":{"role":"user","type":"text","stream":true}}'],
  ['constructor', '{"constructor":{"prototype":{"polluted":true}}}'],
  ['conversions', '{"toJSON":1,"valueOf":1,"toString":1,"then":1}'],
  ['a length', '{"length":1000000000,"0":"a"}'],
  ['a recursive schema', '{"$ref":"#","type":"object","properties":{"a":{"$ref":"#"}}}'],
  ['lists 50 deep', nested('[', ']', 50)],
  ['lists 500 deep', nested('[', ']', 500)],
  ['objects 50 deep', nested('{"a":', '}', 50)],
  ['objects 5,000 deep', nested('{"a":', '}', 5_000)],
  ['3,000 nulls', wide('null', 3_000)],
  ['3,000 objects', wide('{}', 3_000)],
  ['60,000 zeros', wide('0', 60_000)],
];

/** Names that mean something to JavaScript, to a parser or to nobody. */
// prettier-ignore
export const HOSTILE_NAMES: readonly string[] = [
  '', ' ', '__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'toJSON', 'then', 'length', '0', '-1',
  'a\u0000b', '\ud800', '\u202e', 'a\r\nb', 'a.b', 'a[0]', '$ref', '%s', 'n'.repeat(5_000), 'gatehouse', 'stream',
  'model', 'type', 'role', `${CANARY}@example.test`, `the whole prompt ${CANARY}`,
];
