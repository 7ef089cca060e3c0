import { setTimeout as sleep } from 'node:timers/promises';
import { ask, begin, until, type Reply } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { type Exchange, type Script, Upstream } from '../support/upstream';
import { json, never, says } from '../support/upstream-scripts';

const KEYS = ['sk-canary-a', 'sk-canary-b'] as const;
const [A, B] = KEYS;
// one attempt for each key, so that the upstream's count is the pool's alone
const POLICIES = `
defaults:
  retry: { attempts: 1 }
providers:
  openai:
    keys: { restMs: 1500, maxRestMs: 60000 }
    bulkhead: { concurrency: 2, queue: 100, queueMs: 20000 }
`;
const body = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };
const keyOf = ({ headers }: Exchange) => String(headers.authorization).replace('Bearer ', '');
const refuse = (key: string): Script => json({ error: { message: `Incorrect API key provided: ${key}` } }, 401);
const busy: Script = ({ response }) =>
  void response
    .writeHead(429, { 'content-type': 'application/json', 'retry-after': '2' })
    .end(JSON.stringify({ error: { message: 'slow down', type: 'requests' } }));

describe('several keys of one provider', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  beforeEach(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({
      env: { ...upstream.env, OPENAI_API_KEY: KEYS.join(',') },
      settings: '',
      policies: POLICIES,
    });
  }, 60_000);
  afterEach(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const chat = (key?: string): Promise<Reply> =>
    ask(gateway, '/v1/chat/completions', body, key ? { authorization: `Bearer ${key}` } : {});
  const timesAsked = (key: string) => upstream.exchanges.filter((exchange) => keyOf(exchange) === key).length;
  const answers = (special: Readonly<Record<string, Script>>) =>
    upstream.answers((exchange) => (special[keyOf(exchange)] ?? says('hi'))(exchange));

  it('answer every call when one of them is revoked, which is asked once per rest', async () => {
    answers({ [A]: refuse(A) });
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) statuses.push((await chat()).status);
    expect([timesAsked(A), timesAsked(B)]).toEqual([1, 8]);
    await sleep(1_600);
    for (let i = 0; i < 4; i++) statuses.push((await chat()).status);
    expect([[...new Set(statuses)], timesAsked(A)]).toEqual([[200], 2]);
  });

  it('answer every call when one of them is over its limit, which is used again afterwards', async () => {
    let limited = true;
    answers({ [A]: (exchange) => (limited ? busy : says('hi'))(exchange) });
    for (let i = 0; i < 6; i++) expect((await chat()).status).toBe(200);
    expect(timesAsked(A)).toBe(1);
    limited = false;
    await until(async () => ((await chat()).status === 200 && timesAsked(A) > 1) || undefined);
  });

  it('are nobody else’s to see when all are revoked', async () => {
    answers({ [A]: refuse(A), [B]: refuse(B) });
    for (const asked of [2, 2]) {
      const { status, text, headers } = await chat();
      expect([status, JSON.parse(text)]).toEqual([
        502,
        {
          error: expect.objectContaining({
            message: expect.stringContaining('The provider refused the gateway’s credentials'),
            code: 'provider_failed',
          }),
        },
      ]);
      expect(upstream.exchanges).toHaveLength(asked);
      expect(JSON.stringify([text, headers])).not.toContain('canary');
    }
    expect(gateway.logs()).not.toContain('canary');
  });

  it('serve a second tenant before the queue of one that floods the provider', async () => {
    const admin = async (path: string, what: object) =>
      JSON.parse((await ask(gateway, path, what)).text) as { id: string; key: string };
    const keyFor = async (name: string) => {
      const { id } = await admin('/v1/tenants', { name });
      return (await admin('/v1/keys', { name, tenant: id })).key;
    };
    const [flooding, other] = [await keyFor('flood'), await keyFor('other')];
    const waiting: (() => void)[] = [];
    upstream.answers(async (exchange) => {
      await Promise.race([new Promise<void>((go) => waiting.push(go)), never(exchange)]);
      await says('hi')(exchange);
    });
    const served: string[] = [];
    const call = async (name: string, key: string, id: string) => {
      const headers = { authorization: `Bearer ${key}`, 'x-request-id': id };
      const response = await begin(gateway, '/v1/chat/completions', body, headers).response;
      response.resume();
      served.push(`${name} ${response.statusCode}`);
    };
    /** A call has a record before it stands in line, and only a moment before. */
    const standsInLine = async (id: string) => {
      const headers = { authorization: `Bearer ${gateway.rootKey}` };
      await until(async () => (await fetch(`${gateway.url}/v1/requests/${id}`, { headers })).ok || undefined);
      await sleep(100);
    };
    const ids = Array.from({ length: 20 }, (_, i) => `flood-${i}`);
    const flood = ids.map((id) => call('flood', flooding, id));
    await until(() => waiting.length === 2 || undefined);
    await Promise.all(ids.map(standsInLine));
    const one = call('other', other, 'other-1');
    await standsInLine('other-1');
    expect(upstream.exchanges).toHaveLength(2);
    waiting[0]?.();
    await until(() => waiting.length === 3 || undefined);
    waiting[2]?.();
    await one;
    expect(served).toEqual(['flood 200', 'other 200']);
    const release = setInterval(() => waiting.splice(0).forEach((go) => go()), 5);
    await Promise.all(flood);
    clearInterval(release);
    expect(served.filter((what) => what === 'flood 200')).toHaveLength(20);
  });
});
