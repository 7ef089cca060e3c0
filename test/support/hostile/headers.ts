import { CANARY } from './canary';
import type { Random } from './random';

type Headers = Record<string, string | string[]>;
type Bend = readonly [attack: string, bend: (headers: Headers, key: string) => void];

const set = (name: string, value: string | string[]) => (headers: Headers) => void (headers[name] = value);
const without = (name: string) => (headers: Headers) => void delete headers[name];
const type = (value: string): Bend => [`content-type ${value.slice(0, 40)}`, set('content-type', value)];
const authorization = (value: string): Bend => [`authorization ${value.slice(0, 20)}`, set('authorization', value)];
const timeout = (value: string): Bend => [`a timeout of ${value.slice(0, 20)}`, set('x-gatehouse-timeout-ms', value)];
const requestId = (value: string): Bend => [`the request id ${value.slice(0, 20)}`, set('x-request-id', value)];
const long = (length: number) => CANARY.repeat(Math.ceil(length / CANARY.length));

const BENDS: readonly Bend[] = [
  ['no content-type', without('content-type')],
  type(''),
  type('text/plain'),
  type('application/x-www-form-urlencoded'),
  type('multipart/form-data; boundary=x'),
  type('multipart/form-data'),
  type('application/json; charset=utf-16'),
  type('application/json; charset="'),
  type('application/json;;;'),
  type('application/jsonx'),
  type('application/vnd.api+json'),
  type(';'),
  type('/'),
  type(`text/${CANARY}`),
  type(`application/json; x=${long(2_000)}`),
  ['no authorization', without('authorization')],
  authorization(''),
  authorization('Bearer'),
  authorization('Bearer '),
  authorization('Bearer null'),
  authorization(`Bearer ${CANARY}`),
  authorization(`Bearer gh_${CANARY.padEnd(43, 'A')}`),
  authorization(`Bearer ${long(6_000)}`),
  authorization(`bearer  ${CANARY} ${CANARY}`),
  authorization(`Basic ${Buffer.from(`a:${CANARY}`).toString('base64')}`),
  authorization(`Digest username="${CANARY}"`),
  authorization('Bearer \u00e9\u00ff'),
  authorization(`Bearer${' '.repeat(4_000)}x${' '.repeat(4_000)}x`),
  ['an unknown x-api-key besides', set('x-api-key', `gh_${CANARY.padEnd(43, 'B')}`)],
  ['an empty x-api-key', (headers) => void ((headers['x-api-key'] = ''), delete headers['authorization'])],
  ['two x-api-keys', (headers, key) => void ((headers['x-api-key'] = [key, CANARY]), delete headers['authorization'])],
  ['a lower-case scheme', (headers, key) => void (headers['authorization'] = `bearer ${key}`)],
  ['a key with a tail', (headers, key) => void (headers['authorization'] = `Bearer ${key}x`)],
  timeout('-1'),
  timeout('0'),
  timeout('1e9'),
  timeout('0x10'),
  timeout('1.5'),
  timeout('NaN'),
  timeout('soon'),
  timeout('99999999999999999999'),
  timeout(' '),
  requestId(''),
  requestId(`${CANARY} with blanks`),
  requestId(long(129)),
  requestId(`<script>${CANARY}</script>`),
  requestId(`../${CANARY}`),
  ['two request ids', set('x-request-id', [`${CANARY}1`, `${CANARY}2`])],
  ['a long user', set('x-user-id', long(300))],
  ['a user that is no ASCII', set('x-user-id', `${CANARY}\u00e9\u00ff`)],
  ['a long session', set('x-session-id', long(300))],
  ['a bad anthropic-version', set('anthropic-version', `latest ${CANARY}`)],
  ['two anthropic-versions', set('anthropic-version', ['2023-06-01', '2023-06-01'])],
  ['a bad anthropic-beta', set('anthropic-beta', `{${CANARY}}`)],
  ['a long anthropic-beta', set('anthropic-beta', long(3_000))],
  ['gzip that is none', set('content-encoding', 'gzip')],
  ['a foreign origin', set('origin', `https://${CANARY}.example`)],
  ['a strange host', set('host', `${CANARY}.example:99999`)],
  ['forged proxies', set('x-forwarded-for', `${CANARY}, 1.2.3.4, ::1, '"`)],
  ['an accept that cannot be met', set('accept', `image/${CANARY}`)],
  ['a method override', set('x-http-method-override', 'DELETE')],
  ['200 headers', (headers) => void Array.from({ length: 200 }, (_, i) => (headers[`x-${i}`] = CANARY))],
  ['8 KB of cookie', set('cookie', long(8_000))],
  ['prototype names', (headers) => void Object.assign(headers, { constructor: CANARY, hasownproperty: CANARY })],
];

/** The headers of a JSON request with one of them bent. */
export function badHeaders(random: Random, key: string): { attack: string; headers: Headers } {
  const headers: Headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const [attack, bend] = random.pick(BENDS);
  bend(headers, key);
  return { attack, headers };
}
