import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { until } from '../support/ask';
import { headersOf } from '../support/audit';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { type Exchange, Upstream } from '../support/upstream';
import { json, never, says } from '../support/upstream-scripts';

const CANARY = 'canary-77d0';
const GPT = 'openai/gpt-4o';
const SETTINGS = `
jobs: { attempts: 1, concurrency: 4 }
webhooks: { allow: [127.0.0.1], attempts: 3, backoffMs: 20, maxBackoffMs: 40, timeoutMs: 400, hostConcurrency: 1 }
`;

type Body = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

describe('webhooks', () => {
  let upstream: Upstream;
  let receiver: Upstream;
  let gateway: Gateway;
  let made = 0;
  const secretsTold: string[] = [];

  const call = async (method: string, path: string, body?: object, key = gateway.rootKey) => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Body };
  };
  const newCaller = async (withSecret = true) => {
    const tenant = (await call('POST', '/v1/tenants', { name: `hooks ${++made}` })).body['id'] as string;
    const { key } = (await call('POST', '/v1/keys', { name: 'caller', tenant, roles: ['client', 'operator'] })).body;
    const secret = withSecret ? await newSecret(key as string) : '';
    return { tenant, key: key as string, secret };
  };
  const newSecret = async (key: string, body: object = {}): Promise<string> => {
    const answer = await call('POST', '/v1/webhooks/secret', body, key);
    secretsTold.push(answer.body['secret'] as string);
    return answer.body['secret'] as string;
  };
  const submit = (key: string, webhook: unknown) =>
    call('POST', '/v1/jobs', { type: 'completion', input: chat, webhook }, key);
  const taken = async (key: string, path = '/'): Promise<string> => {
    const { status, body } = await submit(key, `${receiver.url}${path}`);
    if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body['job_id'] as string;
  };
  const chat = { model: GPT, max_tokens: 100, messages: [{ role: 'user', content: `Hello ${CANARY}` }] };
  const deliveriesOf = async (id: string, key: string) =>
    (await call('GET', `/v1/jobs/${id}/deliveries`, undefined, key)).body['data'] as Body[];
  const became = (id: string, key: string, status: string) =>
    until(async () => (await deliveriesOf(id, key)).find((one) => one['status'] === status), 10_000);
  const ok = ({ response }: Exchange) => void response.writeHead(204).end();
  const hangsUp = ({ response }: Exchange) => void response.socket?.destroy();

  beforeAll(async () => {
    [upstream, receiver] = [await Upstream.start(), await Upstream.start()];
    const preload = `--require ${join(__dirname, '../support/rebinding-dns.cjs')}`;
    gateway = await startGateway({
      env: { ...upstream.env, NODE_OPTIONS: preload },
      settings: SETTINGS,
      policies: 'defaults: { retry: { attempts: 1 }, fallback: { enabled: false }, breaker: { enabled: false } }',
    });
  }, 60_000);
  beforeEach(() => {
    upstream.answers(says(`Hello there ${CANARY}`));
    receiver.answers(ok);
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
    await receiver?.close();
  });

  it('are tried until the receiver takes them, and verified by whoever knows the secret', async () => {
    const { key, secret } = await newCaller();
    const answers = [json({ error: CANARY }, 500), hangsUp, ok];
    receiver.answers((exchange) => (answers.shift() ?? ok)(exchange));
    const id = await taken(key, `/hook/${CANARY}`);
    const delivery = await became(id, key, 'delivered');
    expect(delivery).toMatchObject({
      event: 'job.succeeded',
      origin: receiver.url,
      attempts: 3,
      next_try_at: null,
      tries: [
        { status: 500, failure: 'status', duration_ms: expect.any(Number) },
        { status: null, failure: 'connection' },
        { status: 204, failure: null },
      ],
    });
    expect(receiver.exchanges).toHaveLength(3);
    for (const { raw, headers } of receiver.exchanges) {
      const message = new Webhook(secret).verify(raw, headers as Record<string, string>) as Body;
      expect(headers['webhook-id']).toBe(delivery['id']);
      expect(message).toMatchObject({ type: 'job.succeeded', data: { job_id: id, status: 'succeeded', attempts: 1 } });
      expect(raw.toString()).not.toContain(CANARY);
    }
    expect(JSON.stringify(delivery)).not.toContain(CANARY);
    const strangers = await newCaller();
    expect((await call('GET', `/v1/jobs/${id}/deliveries`, undefined, strangers.key)).status).toBe(404);
  });

  it('tell of every end, with the secret before while it holds', async () => {
    const { key, secret: old } = await newCaller();
    const secret = await newSecret(key, { overlap_seconds: 60 });
    upstream.answers(json({ error: { message: CANARY, type: 'invalid_request_error' } }, 400));
    const failed = await became(await taken(key), key, 'delivered');
    expect(failed).toMatchObject({ event: 'job.failed' });
    upstream.answers(never);
    const id = await taken(key);
    await call('DELETE', `/v1/jobs/${id}`, undefined, key);
    expect(await became(id, key, 'delivered')).toMatchObject({ event: 'job.cancelled' });
    const { raw, headers } = receiver.last;
    for (const one of [secret, old]) new Webhook(one).verify(raw, headers as Record<string, string>);
    const shown = await call('GET', '/v1/webhooks/secret', undefined, key);
    expect(shown).toMatchObject({ status: 200, body: { previous_until: expect.any(String) } });
    expect(shown.body).not.toHaveProperty('secret');
  });

  it('are refused when they lead to private addresses, by name and in any spelling', async () => {
    const { key } = await newCaller();
    const urls = [
      'https://127.0.0.2/',
      'https://127.1.1/',
      'https://0x0a000001/',
      'https://[::ffff:10.0.0.1]/',
      'https://[fd00::1]/',
      'https://169.254.169.254/latest/meta-data',
      'https://localhost/',
      'https://db.internal/',
      'http://example.com/',
      'https://ada:pw@example.com/',
      'nonsense',
    ];
    for (const url of urls)
      for (const webhook of [url, { url }]) {
        const { status, body } = await submit(key, webhook);
        expect([url, status, body['code'], String(body['param']).split('.')[0]]).toEqual([
          url,
          400,
          'invalid_request',
          'webhook',
        ]);
      }
    const unsigned = await newCaller(false);
    expect(await submit(unsigned.key, 'https://8.8.8.8/')).toMatchObject({
      status: 400,
      body: { param: 'webhook', detail: expect.stringContaining('/v1/webhooks/secret') },
    });
    expect(upstream.exchanges).toHaveLength(0);
  });

  it('are not sent to a name that led elsewhere when it was handed in', async () => {
    const { key } = await newCaller();
    const answer = await submit(key, receiver.url.replace('http://127.0.0.1', 'https://rebind.example.net'));
    expect(answer.status).toBe(202);
    const delivery = await became(answer.body['job_id'] as string, key, 'failed');
    expect(delivery['tries']).toEqual(
      Array(3).fill(expect.objectContaining({ status: null, failure: 'private_address' })),
    );
    expect(receiver.exchanges).toHaveLength(0);
  });

  it('follow nobody, and end with a receiver that is gone', async () => {
    const { key } = await newCaller();
    receiver.answers(({ path, response }) => {
      if (path === '/gone') return void response.writeHead(410).end();
      return void response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end();
    });
    const [moved, gone] = [await taken(key, '/moved'), await taken(key, '/gone')];
    expect(await became(gone, key, 'failed')).toMatchObject({ attempts: 1, tries: [{ status: 410, failure: 'gone' }] });
    expect(await became(moved, key, 'failed')).toMatchObject({
      attempts: 3,
      tries: Array(3).fill(expect.objectContaining({ failure: 'redirect' })),
    });
    expect(receiver.exchanges.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it('of a receiver that hangs hold up nobody else, and are sent once more when asked', async () => {
    const [slow, quick] = [await newCaller(), await newCaller()];
    receiver.answers(({ path, response }) => {
      // one says nothing, the other begins and never ends: its head is all that is read
      if (path === '/slow') return;
      response.writeHead(200).write('x');
    });
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await taken(slow.key, '/slow'));
    await until(() => receiver.exchanges.length || undefined);
    await became(await taken(quick.key, '/quick'), quick.key, 'delivered');
    const late = (await Promise.all(ids.map((id) => deliveriesOf(id, slow.key)))).flat();
    expect(late.filter(({ status }) => status === 'pending')).not.toHaveLength(0);
    const [id] = ids as [string];
    const failed = await became(id, slow.key, 'failed');
    expect(failed['tries']).toEqual(Array(3).fill(expect.objectContaining({ status: null, failure: 'timeout' })));
    receiver.answers(ok);
    const again = await call('POST', failed['links']['redeliver'] as string, {}, slow.key);
    expect(again.status).toBe(202);
    const delivered = await became(id, slow.key, 'delivered');
    expect(delivered).toMatchObject({ id: failed['id'], attempts: 4 });
    expect((await call('POST', failed['links']['redeliver'] as string, {}, quick.key)).status).toBe(404);
    const acts = (await headersOf(gateway.databaseUrl)).map(({ event, metadata }) => [event, metadata?.['target']]);
    expect(acts).toContainEqual(['webhook.redeliver', failed['id']]);
    expect(acts).toContainEqual(['webhook.secret', slow.tenant]);
  });

  it('leave nothing of what was said, where they lead and how they are signed in the open', async () => {
    const stored = await databaseText(gateway.databaseUrl);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    for (const secret of [CANARY, ...secretsTold.map((told) => told.slice(6))])
      for (const place of [stored, gateway.logs(), metrics]) expect(place).not.toContain(secret);
    expect(secretsTold.length).toBeGreaterThan(3);
    expect(metrics).toMatch(/^webhook_tries_total\{event="job.succeeded",outcome="delivered",reason="none"\} [1-9]/m);
    expect(metrics).toMatch(/^webhook_tries_total\{event="job.succeeded",outcome="again",reason="timeout"\} [1-9]/m);
    expect(metrics).toMatch(/^webhooks_waiting \d+$/m);
  });
});
