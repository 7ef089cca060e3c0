import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { WebSocket } from 'ws';
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
webhooks: { allow: [127.0.0.1], attempts: 3, backoffMs: 20, maxBackoffMs: 40, timeoutMs: 1000, hostConcurrency: 1 }
`;

type Body = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

/** A connection, and what was said on it. */
class Listener {
  readonly heard: Body[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as Body));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => undefined);
  }

  static async open(gateway: Gateway, key: string | undefined, protocols: string[] = [], path = '/v1/jobs/stream') {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const listener = new Listener(new WebSocket(gateway.url.replace('http', 'ws') + path, protocols, { headers }));
    const refused = new Promise<number>((resolve) => {
      listener.socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    });
    const open = once(listener.socket, 'open').then(() => 101);
    return { listener, status: await Promise.race([open, refused]) };
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
  find(of: object): Promise<Body> {
    return until(() => this.heard.find((message) => Object.entries(of).every(([name, is]) => message[name] === is)));
  }
  /** The end of a job, as it was told. */
  end(job: string): Promise<Body> {
    return until(() => this.heard.find((one) => one['job'] === job && one['data']?.['status'] === 'succeeded'));
  }
}

describe('the ends of jobs, and jobs as they go on', () => {
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
    const { tenant, key, secret: old } = await newCaller();
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
    const elsewhere = await call('POST', `/v1/webhooks/secret?tenant=${tenant}`, {});
    expect([elsewhere.status, elsewhere.body['param']]).toEqual([400, 'tenant']);
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
    const ids = [await taken(slow.key, '/slow'), await taken(slow.key, '/slow')] as const;
    await until(() => receiver.exchanges.length || undefined);
    await became(await taken(quick.key, '/quick'), quick.key, 'delivered');
    const shown = async () => (await Promise.all(ids.map((id) => deliveriesOf(id, slow.key)))).flat();
    expect((await shown()).map(({ status }) => status)).toContain('pending');
    const late = await until(async () => (await shown()).find(({ tries }) => tries.length));
    expect(late['tries'][0]).toMatchObject({ status: null, failure: 'timeout' });
    receiver.answers(ok);
    for (const id of ids) await became(id, slow.key, 'delivered');
    const [id] = ids;
    const [before] = (await deliveriesOf(id, slow.key)) as [Body];
    const redeliver = before['links']['redeliver'] as string;
    expect((await call('POST', redeliver, {}, slow.key)).status).toBe(202);
    const again = await until(async () =>
      (await deliveriesOf(id, slow.key)).find(({ attempts }) => attempts > before['attempts']),
    );
    expect(again).toMatchObject({ id: before['id'], status: 'delivered' });
    expect(receiver.last.headers['webhook-id']).toBe(before['id']);
    expect((await call('POST', redeliver, {}, quick.key)).status).toBe(404);
    const acts = (await headersOf(gateway.databaseUrl)).map(({ event, metadata }) => [event, metadata?.['target']]);
    expect(acts).toContainEqual(['webhook.redeliver', before['id']]);
    expect(acts).toContainEqual(['webhook.secret', slow.tenant]);
  });

  it('are told on a WebSocket as they happen, and taken up where the connection was lost', async () => {
    const { key } = await newCaller();
    let answer!: () => void;
    const told = new Promise<void>((resolve) => (answer = resolve));
    upstream.answers(async (exchange) => (await told, says(`at last ${CANARY}`)(exchange)));
    const id = await taken(key);
    const { listener } = await Listener.open(gateway, key);
    listener.say({ type: 'subscribe', job: id });
    await until(() => listener.heard.find(({ data }) => data?.['status'] === 'running'));
    answer();
    await listener.find({ type: 'ended', job: id });
    const events = listener.heard.filter(({ type }) => type === 'event');
    expect(events.at(-1)).toMatchObject({ event: 'status', data: { status: 'succeeded', progress: 100 } });
    const ids = events.map((event) => event['id'] as number);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    listener.socket.terminate();

    const { listener: again } = await Listener.open(gateway, key);
    again.say({ type: 'subscribe', job: id, last_event_id: ids[0] });
    await again.find({ type: 'ended', job: id });
    const repeated = again.heard.filter(({ type }) => type === 'event');
    expect(repeated.at(-1)).toEqual(events.at(-1));
    expect(repeated.every((event) => (event['id'] as number) > (ids[0] as number))).toBe(true);
    again.socket.close();
  });

  it('are told of all jobs of a key, by a key among the subprotocols too', async () => {
    const [mine, other] = [await newCaller(), await newCaller()];
    const browser = ['gatehouse.jobs.v1', `gatehouse.key.${mine.key}`];
    const { listener } = await Listener.open(gateway, undefined, browser);
    expect(listener.socket.protocol).toBe('gatehouse.jobs.v1');
    listener.say({ type: 'subscribe', job: '*' });
    await listener.find({ type: 'subscribed', job: '*' });
    const strangers = await taken(other.key);
    const [one, two] = [await taken(mine.key), await taken(mine.key)];
    const last = await listener.end(one);
    await listener.end(two);
    listener.say({ type: 'subscribe', job: strangers });
    expect(await listener.find({ type: 'error', job: strangers })).toMatchObject({ code: 'not_found' });
    expect(listener.heard.filter(({ type, job }) => type === 'event' && job === strangers)).toEqual([]);
    listener.socket.terminate();

    const three = await taken(mine.key);
    const { listener: again } = await Listener.open(gateway, mine.key);
    again.say({ type: 'subscribe', job: '*', last_event_ids: { [one]: last['id'], [two]: 0 } });
    await Promise.all([again.end(two), again.end(three)]);
    expect(again.heard.filter(({ type, job }) => type === 'event' && job === one)).toEqual([]);
    again.socket.close();
  });

  it('are told on a WebSocket to a browser that says in its first message who it is', async () => {
    const { key, tenant } = await newCaller();
    const { listener, status } = await Listener.open(gateway, undefined, ['gatehouse.jobs.v1']);
    expect([status, listener.socket.protocol]).toEqual([101, 'gatehouse.jobs.v1']);
    listener.say({ type: 'login', key });
    // without waiting
    listener.say({ type: 'subscribe', job: '*' });
    await listener.find({ type: 'subscribed', job: '*' });
    expect(listener.heard[0]).toEqual({ type: 'logged_in' });
    const { job_id: job } = (await call('POST', '/v1/jobs', { type: 'completion', input: chat }, key)).body;
    await listener.end(job as string);
    expect(listener.closed).toBeUndefined();
    listener.socket.close();
    // the same checks as of any request
    const auditor = (await call('POST', '/v1/keys', { name: 'auditor', tenant, roles: ['auditor'] })).body[
      'key'
    ] as string;
    for (const [first, code] of [
      [{ type: 'login', key: `${key}x` }, 'unauthenticated'],
      [{ type: 'login', key: auditor }, 'forbidden'],
      [{ type: 'subscribe', job: '*' }, 'unauthenticated'],
      [{ type: 'login', key: 'x'.repeat(2_000) }, 'unauthenticated'],
    ] as const) {
      const { listener: stranger } = await Listener.open(gateway, undefined, ['gatehouse.jobs.v1']);
      stranger.say(first);
      expect(await until(() => stranger.closed)).toEqual({ code: 1008, reason: code });
      expect(stranger.heard).toMatchObject([{ type: 'error', code }]);
    }
    const silent = await Promise.all(
      Array.from({ length: 100 }, () => Listener.open(gateway, undefined, ['gatehouse.jobs.v1'])),
    );
    expect((await Listener.open(gateway, undefined, ['gatehouse.jobs.v1'])).status).toBe(503);
    for (const { listener: one } of silent)
      expect(await until(() => one.closed, 8_000)).toEqual({ code: 1008, reason: 'unauthenticated' });
    expect((await Listener.open(gateway, undefined, ['gatehouse.jobs.v1'])).status).toBe(101);
    expect(gateway.logs()).not.toContain(key);
  }, 30_000);

  it('are told on no WebSocket to whoever has no key, says too much, or lost the key', async () => {
    const { key, tenant } = await newCaller();
    expect((await Listener.open(gateway, undefined)).status).toBe(401);
    expect((await Listener.open(gateway, undefined, [], `/v1/jobs/stream?key=${key}`)).status).toBe(401);
    expect((await Listener.open(gateway, key, [], '/v1/jobs')).status).not.toBe(101);
    expect(await call('GET', '/v1/jobs/stream', undefined, key)).toMatchObject({ status: 426 });
    const { hostname, port } = new URL(gateway.url);
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' };
    const h2c = request({ hostname, port, path: '/health/live', headers }).end();
    const [response] = (await once(h2c, 'response')) as [{ statusCode: number; resume(): void }];
    expect(response.statusCode).toBe(200);
    response.resume();

    const { listener: large } = await Listener.open(gateway, key);
    large.say({ type: 'x'.repeat(70_000) });
    expect(await until(() => large.closed)).toMatchObject({ code: 1009 });

    const second = (await call('POST', '/v1/keys', { name: 'second', tenant, roles: ['client'] })).body;
    const { listener } = await Listener.open(gateway, second['key'] as string);
    listener.say({ type: 'subscribe', job: '*' });
    await listener.find({ type: 'subscribed', job: '*' });
    await call('DELETE', `/v1/keys/${second['id']}`);
    expect(await until(() => listener.closed, 4_000)).toEqual({ code: 1008, reason: 'revoked' });
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
    expect(metrics).toMatch(/^job_sockets_closed_total\{reason="revoked"\} 1$/m);
  });

  it('end with the process, which says so', async () => {
    const { key } = await newCaller();
    const { listener } = await Listener.open(gateway, key);
    listener.say({ type: 'subscribe', job: '*' });
    await listener.find({ type: 'subscribed', job: '*' });
    expect(await gateway.stop()).toBe(0);
    expect(await until(() => listener.closed)).toEqual({ code: 1001, reason: 'shutdown' });
  });
});
