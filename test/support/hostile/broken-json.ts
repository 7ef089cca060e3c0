import { gzipSync } from 'node:zlib';
import type { Random } from './random';

type Break = readonly [name: string, break_: (random: Random, text: string) => string | Buffer];

/** What happens to bodies on their way, or is done to them. */
export const BREAKS: readonly Break[] = [
  ['nothing at all', () => ''],
  ['blanks only', () => ' \n\t '],
  ['cut off', (random, text) => text.slice(0, 1 + random.below(text.length - 1))],
  ['an open brace', () => '{'],
  ['30,000 open brackets', () => '['.repeat(30_000)],
  ['an open string', () => `{"model":"${'x'.repeat(1_000)}`],
  ['a trailing comma', (_random, text) => `${text.slice(0, -1)},}`],
  ['a second value', (_random, text) => `${text}${text}`],
  ['a comment', (_random, text) => `/* hello */${text}`],
  ['single quotes', (_random, text) => text.replaceAll('"', "'")],
  ['a byte order mark', (_random, text) => `\ufeff${text}`],
  ['UTF-16', (_random, text) => Buffer.from(text, 'utf16le')],
  [
    'bytes that are no UTF-8',
    (_random, text) =>
      Buffer.concat([
        Buffer.from(text.slice(0, -1)),
        Buffer.from(',"user":"'),
        Buffer.from([0xc3, 0x28, 0xff, 0xfe]),
        Buffer.from('"}'),
      ]),
  ],
  ['a raw NUL', (_random, text) => text.replace('{', '{"a":"\u0000",')],
  ['a raw line break in a string', (_random, text) => text.replace('{', '{"a":"\n",')],
  ['a bad escape', (_random, text) => text.replace('{', '{"a":"\\x41",')],
  ['NaN', (_random, text) => text.replace('{', '{"temperature":NaN,')],
  ['hexadecimal', (_random, text) => text.replace('{', '{"temperature":0x1,')],
  ['leading zeros', (_random, text) => text.replace('{', '{"temperature":01,')],
  ['undefined', () => 'undefined'],
  ['a number', () => '42'],
  ['a string', () => '"hello"'],
  ['null', () => 'null'],
  ['a list', (_random, text) => `[${text}]`],
  ['a form', () => 'model=fast&messages=hello'],
  ['XML', () => '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
  ['gzip', (_random, text) => gzipSync(text)],
  ['noise', (random) => random.bytes(400)],
  ['one flipped byte', flipped],
];

function flipped(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text);
  bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}
