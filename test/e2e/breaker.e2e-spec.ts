import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Reply, until } from '../support/ask';
import { startGateway, type Gateway } from '../support/gateway';
import { startRedis, type TestRedis } from '../support/redis';
import { Upstream } from '../support/upstream';
import { json, says } from '../support/upstream-scripts';

const OPEN_MS = 1_500;
const policies = `
defaults:
  retry: { attempts: 1 }
  breaker: { windowMs: 10000, minimumCalls: 3, openMs: ${OPEN_MS} }
`;
const down = json({ error: { message: 'broken', type: 'server_error' } }, 500);

const call = (gateway: Gateway, model = 'gpt-4o'): Promise<Reply> =>
  ask(gateway, '/v1/chat/completions', { model: `openai/${model}`, messages: [{ role: 'user', content: 'x' }] });
const statuses = async (gateway: Gateway, times: number, model?: string): Promise<number[]> => {
  const seen: number[] = [];
  for (let i = 0; i < times; i++) seen.push((await call(gateway, model)).status);
  return seen;
};

describe('a model that fails', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: upstream.env, policies });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('is not asked for a while, while others are; then one call finds out that it is well', async () => {
    upstream.answers(down);
    expect(await statuses(gateway, 3)).toEqual([502, 502, 502]);
    expect(upstream.exchanges).toHaveLength(3);

    const refused = await call(gateway);
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'circuit_open' } });
    expect(['1', '2']).toContain(refused.headers['retry-after']);
    expect(upstream.exchanges).toHaveLength(3);
    const headers = { authorization: `Bearer ${gateway.rootKey}` };
    for (const by of ['model', 'session']) {
      const usage = await fetch(`${gateway.url}/v1/usage?group_by=${by}`, { headers });
      expect(await usage.json()).toMatchObject({ data: [{ requests: 3 }] });
    }

    upstream.answers(says('well'));
    expect((await call(gateway, 'gpt-4o-mini')).status).toBe(200);
    expect((await call(gateway)).status).toBe(503);
    await sleep(OPEN_MS);
    expect(await statuses(gateway, 5)).toEqual([200, 200, 200, 200, 200]);
  });

  it('is asked again and again when it is the caller who is at fault', async () => {
    upstream.answers(json({ error: { message: 'wrong', type: 'invalid_request_error' } }, 400));
    expect(await statuses(gateway, 8)).toEqual(Array(8).fill(400));
  });
});

describe('a model that fails, asked by two processes', () => {
  let upstream: Upstream;
  let redis: TestRedis;
  let a: Gateway;
  let b: Gateway;
  beforeAll(async () => {
    [upstream, redis] = await Promise.all([Upstream.start(), startRedis()]);
    a = await startGateway({
      env: { ...upstream.env, REDIS_URL: redis.url },
      settings: 'server: { replicas: 2 }',
      policies,
    });
    b = await a.another();
  }, 60_000);
  afterAll(async () => {
    await a?.close();
    await redis?.stop();
    await upstream?.close();
  });

  it('rests for both when it failed for one, is tried by one, and is well for both', async () => {
    upstream.answers(down);
    expect(await statuses(a, 4)).toEqual([502, 502, 502, 503]);
    await sleep(600);
    expect((await call(b)).status).toBe(503);
    expect(upstream.exchanges).toHaveLength(3);

    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    upstream.answers(async (exchange) => {
      await held;
      await says('well')(exchange);
    });
    await sleep(OPEN_MS);
    const calls = Array.from({ length: 10 }, (_, i) => call(i % 2 ? a : b));
    await until(() => upstream.exchanges.length === 1 || undefined);
    await sleep(300);
    answer();
    const seen = (await Promise.all(calls)).map(({ status }) => status).sort();
    expect(seen).toEqual([200, ...Array<number>(9).fill(503)]);
    expect(upstream.exchanges).toHaveLength(1);
    await sleep(600);
    expect([await statuses(a, 2), await statuses(b, 2)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
  });

  it('goes on resting in each process by itself, with no call slowed, while Redis is silent', async () => {
    redis.pause();
    try {
      upstream.answers(down);
      await call(a, 'gpt-4o-mini'); // finds out, as do the limits, that Redis is silent
      const started = performance.now();
      expect(await statuses(a, 4, 'gpt-4.1')).toEqual([502, 502, 502, 503]);
      expect(performance.now() - started).toBeLessThan(2_000);
      expect(upstream.exchanges).toHaveLength(4);
      expect((await call(b, 'gpt-4.1')).status).toBe(502);
      upstream.answers(says('well'));
      await sleep(OPEN_MS);
      expect(await statuses(a, 2, 'gpt-4.1')).toEqual([200, 200]);
    } finally {
      redis.resume();
    }
    await until(() => (a.logs().includes('shared again') ? true : undefined));
  });
});
