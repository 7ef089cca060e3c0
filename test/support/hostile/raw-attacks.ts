import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { CANARY } from './canary';
import { PATIENCE_MS } from './send';

/** Bytes that are no HTTP request, or a bad one; what follows after a pause; and how the client ends. */
export interface RawAttack {
  readonly name: string;
  readonly parts: readonly (string | Buffer)[];
  /** `close`: gone after its last byte; `finish`: says that nothing more comes; `wait`: keeps the connection open. */
  readonly end: 'close' | 'finish' | 'wait';
}

const HOST = 'Host: gateway\r\n';
const post = (key: string, headers: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\n${HOST}Authorization: Bearer ${key}\r\nContent-Type: application/json\r\n${headers}\r\n`;
const BODY = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: CANARY }] });
const LENGTH = `Content-Length: ${BODY.length}\r\n`;

/** Requests that cannot be framed, or that contradict themselves. */
const malformed = (key: string): [name: string, bytes: string | Buffer][] => [
  ['noise', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 73) % 256))],
  ['HTTP/0.9', 'GET /\r\n\r\n'],
  ['HTTP/2 without upgrade', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/3.7', `GET /v1/models HTTP/3.7\r\n${HOST}\r\n`],
  ['a TLS hello', Buffer.from('16030100a5010000a10303', 'hex')],
  ['no host', 'GET /v1/models HTTP/1.1\r\n\r\n'],
  ['an unknown method', `BREW /v1/models HTTP/1.1\r\n${HOST}\r\n`],
  ['a lower-case method', `get /v1/models HTTP/1.1\r\n${HOST}\r\n`],
  ['CONNECT', `CONNECT ${CANARY}:443 HTTP/1.1\r\n${HOST}\r\n`],
  ['a blank in the target', `GET /v1/ models HTTP/1.1\r\n${HOST}\r\n`],
  ['bytes above ASCII in the target', Buffer.from(`GET /v1/\u00e9\u00ff HTTP/1.1\r\n${HOST}\r\n`, 'latin1')],
  ['a whole URL as target', `GET http://${CANARY}.example/v1/models HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`],
  ['an asterisk as target', `OPTIONS * HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`],
  ['a target of 100,000 characters', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${HOST}\r\n`],
  ['a header of 100,000 characters', `GET /v1/models HTTP/1.1\r\n${HOST}X-A: ${CANARY.repeat(8_000)}\r\n\r\n`],
  ['3,000 headers', `GET /v1/models HTTP/1.1\r\n${HOST}${'X-A: b\r\n'.repeat(3_000)}\r\n`],
  ['a header without colon', `GET /v1/models HTTP/1.1\r\n${HOST}${CANARY}\r\n\r\n`],
  ['a header name with a blank', `GET /v1/models HTTP/1.1\r\n${HOST}X A: b\r\n\r\n`],
  ['a folded header', `GET /v1/models HTTP/1.1\r\n${HOST}X-A: b\r\n c\r\n\r\n`],
  ['NUL in a header', `GET /v1/models HTTP/1.1\r\n${HOST}X-A: \0\r\n\r\n`],
  ['a bare line feed', `GET /v1/models HTTP/1.1\n${HOST}\n`],
  ['a negative length', post(key, 'Content-Length: -1\r\n') + BODY],
  ['a length in words', post(key, 'Content-Length: many\r\n') + BODY],
  ['a length of 2^70', post(key, 'Content-Length: 1180591620717411303424\r\n') + BODY],
  ['two lengths', post(key, `${LENGTH}Content-Length: 3\r\n`) + BODY],
  ['a length and chunks', post(key, `${LENGTH}Transfer-Encoding: chunked\r\n`) + `0\r\n\r\nGET /v1/keys HTTP/1.1\r\n${HOST}\r\n`],
  ['an unknown transfer encoding', post(key, 'Transfer-Encoding: zigzag\r\n') + BODY],
  ['chunked, but not last', post(key, 'Transfer-Encoding: chunked, identity\r\n') + BODY],
  ['a chunk without size', post(key, 'Transfer-Encoding: chunked\r\n') + `${CANARY}\r\n`],
  ['a negative chunk', post(key, 'Transfer-Encoding: chunked\r\n') + '-5\r\nhello\r\n'],
  ['a chunk of 2^68', post(key, 'Transfer-Encoding: chunked\r\n') + '100000000000000000\r\n'],
  ['an endless chunk extension', post(key, 'Transfer-Encoding: chunked\r\n') + `5;${'a'.repeat(100_000)}\r\nhello\r\n`],
  ['a chunk that is too long', post(key, 'Transfer-Encoding: chunked\r\n') + '3\r\nhello\r\n0\r\n\r\n'],
  ['an unmet expectation', post(key, `${LENGTH}Expect: ${CANARY}\r\nConnection: close\r\n`) + BODY],
  ['an unwanted upgrade', post(key, `${LENGTH}Connection: upgrade, close\r\nUpgrade: websocket\r\n`) + BODY],
]; // prettier-ignore

/** Well-formed so far, but the end does not come, or comes late. */
const unfinished = (key: string): RawAttack[] => [
  { name: 'nothing but line breaks', parts: ['\r\n'.repeat(50)], end: 'finish' },
  { name: 'half a request line', parts: ['GET /v1/mo'], end: 'close' },
  { name: 'half the headers', parts: [`GET /v1/models HTTP/1.1\r\n${HOST}X-A: `], end: 'close' },
  { name: 'half a body, then gone', parts: [post(key, LENGTH), BODY.slice(0, 20)], end: 'close' },
  { name: 'half a body, then the end', parts: [post(key, LENGTH), BODY.slice(0, 20)], end: 'finish' },
  { name: 'half a chunk, then gone', parts: [post(key, 'Transfer-Encoding: chunked\r\n'), 'ff\r\n{"model"'], end: 'close' },
  { name: 'half a chunk, then the end', parts: [post(key, 'Transfer-Encoding: chunked\r\n'), 'ff\r\n{"model"'], end: 'finish' },
  { name: 'an announced body above the limit', parts: [post(key, 'Content-Length: 99999999999\r\n'), '{"model":'], end: 'wait' },
  { name: 'a slow body', parts: [post(key, `${LENGTH}Connection: close\r\n`), ...BODY.match(/.{1,20}/g)!], end: 'wait' },
  { name: 'a slow request line', parts: ['GET ', '/v1/mo', 'dels H', 'TTP/1.1\r', '\n', `${HOST}Connection: close\r\n\r\n`], end: 'wait' },
  { name: 'a body after an asked-for 100', parts: [post(key, `${LENGTH}Expect: 100-continue\r\nConnection: close\r\n`), BODY], end: 'wait' },
  { name: 'gzip in chunks', parts: [post(key, 'Transfer-Encoding: gzip, chunked\r\nConnection: close\r\n'), chunk(gzipSync(BODY)), '0\r\n\r\n'], end: 'wait' },
  { name: 'three requests at once', parts: [`GET /v1/models HTTP/1.1\r\n${HOST}\r\n`.repeat(2) + `GET /v1/models HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`], end: 'wait' },
  { name: 'an answer nobody waits for', parts: [post(key, LENGTH) + BODY], end: 'close' },
]; // prettier-ignore

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

export function rawAttacks(key: string): RawAttack[] {
  const waiting = malformed(key).map(([name, bytes]): RawAttack => ({ name, parts: [bytes], end: 'wait' }));
  return [...waiting, ...unfinished(key)];
}

export interface RawAnswer {
  readonly text: string;
  /** Neither answered nor closed within the patience. */
  readonly hung: boolean;
}

const PAUSE_MS = 10;

/** Sends the parts, and waits until the gateway answers and closes; it is given `PATIENCE_MS` for that. */
export function attack(url: string, { parts, end }: RawAttack): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }, () => void feed());
    const done = (hung: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, hung });
    };
    const timer = setTimeout(() => done(text === ''), PATIENCE_MS);
    const feed = async (): Promise<void> => {
      for (const part of parts) {
        socket.write(part);
        await new Promise((next) => setTimeout(next, PAUSE_MS));
      }
      if (end === 'close') done(false);
      else if (end === 'finish') socket.end();
    };
    socket.on('data', (bytes) => (text += bytes.toString('latin1')));
    socket.on('end', () => done(false)).on('error', () => done(false));
  });
}
