import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Answer, exchange } from '../../src/features/providers/exchange';

const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const END = '0\r\n\r\n';
const BIG = 8_000_000;

describe('an exchange with a provider', () => {
  let answer: (socket: Socket) => void;
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => undefined);
    socket.on('data', () => answer(socket));
  });
  let pool: Pool;

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    connections = 0;
    pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1 });
  });
  afterEach(() => pool.destroy());
  afterAll(() => server.close());

  const asked = (signal = new AbortController().signal): Promise<Answer> =>
    exchange(pool, { path: '/', method: 'POST', body: '{}' }, signal);
  const read = async ({ body }: Answer): Promise<string[]> => {
    const pieces: string[] = [];
    for await (const bytes of body) pieces.push(bytes.toString());
    return pieces;
  };

  it('reads together what came together, and keeps the connection', async () => {
    answer = (socket) => socket.write(CHUNKED + chunk('a') + chunk('b') + chunk('c') + END);
    const first = await asked();
    expect(first).toMatchObject({ statusCode: 200, headers: { 'transfer-encoding': 'chunked' } });
    expect(await read(first)).toEqual(['abc']);
    expect(await read(await asked())).toEqual(['abc']);
    expect(connections).toBe(1);
  });

  it('hands out each part when it comes', async () => {
    let more = (): void => undefined;
    answer = (socket) => {
      socket.write(CHUNKED + chunk('now'));
      more = () => socket.write(chunk('later') + END);
    };
    const { body } = await asked();
    expect((await body.next()).value?.toString()).toBe('now');
    const next = body.next();
    more();
    expect((await next).value?.toString()).toBe('later');
    expect(await body.next()).toEqual({ done: true, value: undefined });
  });

  it.each([
    ['nonsense behind the head', 'ZZZ\r\n'],
    ['nonsense behind a part', `${chunk('said')}ZZZ\r\n`],
  ])('%s is told to whoever reads, however late', async (_name, rest) => {
    answer = (socket) => socket.write(CHUNKED + rest);
    const late = await asked();
    await sleep(50);
    await expect(read(late)).rejects.toThrow();
  });

  it('what came before a cut is still read', async () => {
    answer = (socket) => socket.end(CHUNKED + chunk('said'));
    const { body } = await asked();
    await sleep(20);
    expect((await body.next()).value?.toString()).toBe('said');
    await expect(body.next()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  });

  it('takes a long answer at the pace of who reads it', async () => {
    let written = 0;
    answer = (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${BIG}\r\n\r\n`);
      socket.write(Buffer.alloc(BIG, 'x'), () => (written = BIG));
    };
    const long = await asked();
    await sleep(100);
    expect(written).toBe(0);
    let size = 0;
    for await (const bytes of long.body) size += bytes.length;
    expect(size).toBe(BIG);
  });

  it('who stops early ends the exchange', async () => {
    let closed: Promise<unknown> | undefined;
    answer = (socket) => {
      closed = once(socket, 'close');
      socket.write(CHUNKED + chunk('a'));
    };
    for await (const _ of (await asked()).body) break;
    await closed;
  });

  it('a signal ends it before its turn, before its head, and in the middle', async () => {
    const reason = new Error('gone');
    answer = () => undefined;
    const [waiting, queued, late] = [new AbortController(), new AbortController(), new AbortController()];
    const first = asked(waiting.signal);
    const second = asked(queued.signal);
    queued.abort(reason);
    await expect(second).rejects.toBe(reason);
    waiting.abort(reason);
    await expect(first).rejects.toBe(reason);
    await expect(asked(queued.signal)).rejects.toBe(reason);

    answer = (socket) => socket.write(CHUNKED + chunk('a'));
    const { body } = await asked(late.signal);
    await body.next();
    const next = body.next();
    late.abort(reason);
    await expect(next).rejects.toBe(reason);
  });

  it('nobody there is told', async () => {
    await pool.destroy();
    pool = new Pool('http://127.0.0.1:1');
    await expect(asked()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
