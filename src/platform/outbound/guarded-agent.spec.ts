import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { ForbiddenAddress, guardedAgent, refusalNow } from './guarded-agent';
import { OutgoingHosts } from './outgoing-hosts';

/** A name server that gives one answer after the other; the last one for ever. */
const giving =
  (...answers: readonly (readonly string[] | Error)[]) =>
  (
    _host: string,
    _options: object,
    answer: (error: Error | null, addresses: { address: string; family: number }[]) => void,
  ) => {
    const next = (answers.length > 1 ? (answers as unknown[]).shift() : answers[0]) as readonly string[] | Error;
    if (next instanceof Error) answer(next, []);
    else
      answer(
        null,
        next.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  };

describe('guardedAgent', () => {
  let server: Server;
  let asked = 0;
  const url = () => `http://hooks.example.com:${(server.address() as AddressInfo).port}/`;

  beforeAll(async () => {
    server = createServer((_request, response) => (asked++, response.end('hello')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());
  beforeEach(() => (asked = 0));

  it('connects to no private address, whatever the name led to a moment before', async () => {
    const resolve = giving(['8.8.8.8'], ['127.0.0.1']);
    const hosts = new OutgoingHosts([]);
    expect(await refusalNow(hosts, new URL('https://hooks.example.com/'), 1_000, resolve)).toBeUndefined();
    const dispatcher = guardedAgent(hosts, 1_000, resolve);
    await expect(request(url(), { dispatcher })).rejects.toThrow(ForbiddenAddress);
    expect(asked).toBe(0);
    await dispatcher.close();
  });

  it('connects to none of several addresses when one of them is private', async () => {
    const dispatcher = guardedAgent(new OutgoingHosts([]), 1_000, giving(['8.8.8.8', '127.0.0.1']));
    await expect(request(url(), { dispatcher })).rejects.toThrow(ForbiddenAddress);
    await dispatcher.close();
  });

  it('connects where the operator allows it', async () => {
    const dispatcher = guardedAgent(new OutgoingHosts(['127.0.0.0/8']), 1_000, giving(['127.0.0.1']));
    const { statusCode, body } = await request(url(), { dispatcher });
    expect([statusCode, await body.text(), asked]).toEqual([200, 'hello', 1]);
    await dispatcher.close();
  });

  it('refuses beforehand what leads to a private address already, and waits for no name server', async () => {
    const hosts = new OutgoingHosts([]);
    const of = (resolve: Parameters<typeof refusalNow>[3]) =>
      refusalNow(hosts, new URL('https://hooks.example.com/'), 20, resolve);
    expect(await of(giving(['::1']))).toMatch(/private/);
    expect(await of(giving(new Error('ENOTFOUND')))).toBeUndefined();
    expect(await of(() => undefined)).toBeUndefined();
    expect(await refusalNow(hosts, new URL('https://10.0.0.1/'), 20, giving(['8.8.8.8']))).toMatch(/private/);
  });
});
