import { connect } from 'node:net';
import { recordOf, until } from '../support/ask';
import { CacheSite, CHAT, held, MODEL, type Way } from '../support/cache-site';
import type { Gateway } from '../support/gateway';
import type { Exchange, Script, Upstream } from '../support/upstream';
import { hangsUp, json, never, says, streams } from '../support/upstream-scripts';
import { framesFor, replyFor } from '../support/vendor-replies';

const POLICIES = `
defaults:
  retry: { attempts: 1 }
  breaker: { enabled: false }
  degradation: { template: false }
  cache: { unsaidTemperature: 0 }
`;
type Site = CacheSite<'plain'>;

describe('equal calls at one time', () => {
  let site: Site;
  let upstream: Upstream;
  let gateway: Gateway;

  beforeAll(async () => {
    site = await CacheSite.start(['plain'], POLICIES);
    ({ upstream, gateway } = site);
  }, 60_000);
  afterAll(() => site?.close());
  const call: Site['call'] = (...asked) => site.call(...asked);

  it('are one at the provider, a thousand of them, whole and streamed', async () => {
    const { script, go } = held(says('once for all'));
    upstream.answers(script);
    const calls = Array.from({ length: 1_000 }, (_, i) => call('plain', 'a thousand', { stream: i % 2 === 0 }));
    await until(() => upstream.exchanges.length || undefined, 15_000);
    await new Promise((next) => setTimeout(next, 300));
    go();
    const uses = new Map<unknown, number>();
    for (const { use, said, status } of await Promise.all(calls)) {
      expect([status, said]).toEqual([200, 'once for all']);
      uses.set(use, (uses.get(use) ?? 0) + 1);
    }
    expect(upstream.exchanges).toHaveLength(1);
    expect(uses.get('miss')).toBe(1);
    // whoever came when it was there already was given what is kept
    expect((uses.get('coalesced') ?? 0) + (uses.get('hit') ?? 0)).toBe(999);
    expect(uses.get('coalesced')).toBeGreaterThan(0);
  }, 60_000);

  it('are one for two processes', async () => {
    const { script, go } = held(says('once for both'));
    upstream.answers(script);
    const calls = Array.from({ length: 40 }, (_, i) => call('plain', 'two', { at: i % 2 ? gateway : site.second }));
    await until(() => upstream.exchanges.length || undefined);
    await new Promise((next) => setTimeout(next, 300));
    go();
    for (const { said } of await Promise.all(calls)) expect(said).toBe('once for both');
    expect(upstream.exchanges).toHaveLength(1);
  });

  const together = async (prompt: string, n: number, way: Way = {}) => {
    const calls = Array.from({ length: n }, () => call('plain', prompt, way));
    await until(() => upstream.exchanges.length || undefined);
    await new Promise((next) => setTimeout(next, 100));
    return calls;
  };

  it('are each on record, with what was saved', async () => {
    const { script, go } = held(says('noted'));
    upstream.answers(script);
    const [first] = await together('noted', 1);
    const other = call('plain', 'noted', { headers: { 'x-request-id': 'coalesced' } });
    await new Promise((next) => setTimeout(next, 100));
    go();
    expect((await first!).use).toBe('miss');
    expect((await other).use).toBe('coalesced');
    expect(await recordOf(gateway, 'coalesced')).toMatchObject({
      status: 'answered',
      cache: 'coalesced',
      attempts: 0,
      usage: { output_tokens: 0 },
      saved_usage: { output_tokens: 7 },
    });
  });

  it('are asked by another one when the first caller goes away', async () => {
    upstream.answers(never);
    const gone = call('plain', 'gone', { headers: { 'x-gatehouse-timeout-ms': '400' } });
    await until(() => upstream.exchanges.length || undefined);
    const others = [1, 2, 3].map(() => call('plain', 'gone'));
    await new Promise((next) => setTimeout(next, 100));
    upstream.answers(says('there'));
    expect((await gone).status).toBe(504);
    const uses = [];
    for (const reply of await Promise.all(others)) {
      expect([reply.status, reply.said]).toEqual([200, 'there']);
      uses.push(reply.use);
    }
    expect(uses.sort()).toEqual(['coalesced', 'coalesced', 'miss']);
    expect(upstream.exchanges).toHaveLength(1);
  });

  it('are asked twice when the provider fails, and all are told', async () => {
    const { script, go } = held(hangsUp);
    upstream.answers(script);
    const calls = await together('broken', 20);
    go();
    for (const reply of await Promise.all(calls)) expect(reply.status).toBe(502);
    expect(upstream.exchanges).toHaveLength(2);
  });

  it('have each a deadline of their own', async () => {
    const { script, go } = held(says('late'));
    upstream.answers(script);
    const [first] = await together('deadline', 1);
    const hurried = await call('plain', 'deadline', { headers: { 'x-gatehouse-timeout-ms': '100' } });
    expect(hurried.status).toBe(504);
    go();
    expect((await first!).said).toBe('late');
  });

  it('share an answer that was cut short, with nobody later', async () => {
    const cut: Script = (exchange: Exchange) => {
      const reply = replyFor(exchange, 'and so') as { choices: { finish_reason: string }[] };
      reply.choices[0]!.finish_reason = 'length';
      return json(reply)(exchange);
    };
    const { script, go } = held(cut);
    upstream.answers(script);
    const calls = await together('cut', 10);
    go();
    for (const reply of await Promise.all(calls)) expect(reply.said).toBe('and so');
    expect(upstream.exchanges).toHaveLength(1);
    upstream.answers(says('whole'));
    expect(await call('plain', 'cut')).toMatchObject({ said: 'whole', use: 'miss' });
  });

  it('do not wait for a slow reader', async () => {
    const { script, go } = held((exchange) => streams(framesFor(exchange, 'word '.repeat(200_000)))(exchange));
    upstream.answers(script);
    const { hostname, port } = new URL(gateway.url);
    const slow = connect(Number(port), hostname);
    const body = JSON.stringify(CHAT.ask(MODEL, 'slow', true));
    slow.write(
      `POST ${CHAT.path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${site.keys.plain}\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    slow.pause();
    await until(() => upstream.exchanges.length || undefined);
    const other = call('plain', 'slow');
    await new Promise((next) => setTimeout(next, 100));
    go();
    try {
      expect(await other).toMatchObject({ status: 200, use: 'coalesced' });
    } finally {
      slow.destroy();
    }
  });

  it('are counted', async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/llm_cache_requests_total\{result="coalesced"\} [1-9]/);
  });
});
