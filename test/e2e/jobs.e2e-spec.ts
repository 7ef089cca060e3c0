import { setTimeout as sleep } from 'node:timers/promises';
import { callsOf } from '../support/audit';
import { until } from '../support/ask';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { Upstream } from '../support/upstream';
import { json, never, says } from '../support/upstream-scripts';

const CANARY = 'canary-5be1';
const GPT = 'openai/gpt-4o';
const PRICES = `prices:
  ${GPT}: { input: 2.5, output: 10 }
  anthropic/claude-haiku-4-5: { input: 1, output: 5 }
`;
const SETTINGS = `
jobs: { leaseMs: 1500, attempts: 2, backoffMs: 50, maxBackoffMs: 100, concurrency: 4, tenantQueued: 3, takeovers: 2 }
idempotency: { leaseMs: 1000 }
`;

type Body = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}
interface Event {
  readonly id: number;
  readonly event: string;
  readonly data: Body;
}

describe('jobs', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let made = 0;

  const call = async (method: string, path: string, body?: object, key = gateway.rootKey, more: object = {}) => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...more },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
  const newCaller = async (roles = ['client'], tenant?: string) => {
    const own = tenant ?? ((await call('POST', '/v1/tenants', { name: `jobs ${++made}` })).body['id'] as string);
    const { id, key } = (await call('POST', '/v1/keys', { name: 'caller', tenant: own, roles })).body;
    return { tenant: own, keyId: id as string, key: key as string };
  };
  const chat = (content = `Hello ${CANARY}`, more: object = {}) => ({
    model: GPT,
    max_tokens: 100,
    messages: [{ role: 'user', content }],
    ...more,
  });
  const submit = (input: object, key: string, more: object = {}, headers: object = {}): Promise<Answer> =>
    call('POST', '/v1/jobs', { type: 'completion', input, ...more }, key, headers);
  const taken = async (input: object, key: string, more: object = {}, headers: object = {}): Promise<string> => {
    const { status, body } = await submit(input, key, more, headers);
    if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body['job_id'] as string;
  };
  const shown = async (id: string, key: string) => (await call('GET', `/v1/jobs/${id}`, undefined, key)).body;
  const reaches = (id: string, key: string, status: string) =>
    until(async () => {
      const job = await shown(id, key);
      return job['status'] === status ? job : undefined;
    }, 15_000);
  const follow = async (id: string, key: string, last?: number): Promise<{ status: number; events: Event[] }> => {
    const response = await fetch(`${gateway.url}/v1/jobs/${id}/events`, {
      headers: { authorization: `Bearer ${key}`, ...(last !== undefined && { 'last-event-id': String(last) }) },
    });
    const frames = (await response.text()).split('\n\n').filter((frame) => frame.startsWith('id:'));
    const events = frames.map((frame) => {
      const [, id = '', event = '', data = ''] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      return { id: Number(id), event, data: JSON.parse(data) as Body };
    });
    return { status: response.status, events };
  };

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({
      env: upstream.env,
      settings: SETTINGS,
      prices: PRICES,
      policies: 'defaults: { retry: { attempts: 1 }, fallback: { enabled: false }, breaker: { enabled: false } }',
    });
  }, 60_000);
  beforeEach(() => upstream.answers(says('Hello there')));
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('give the answer of a call in the dialect of its body, with what it cost and its record', async () => {
    const { key } = await newCaller();
    const answer = await submit(chat(), key, {}, { 'x-session-id': 's-1', 'x-user-id': `ada ${CANARY}` });
    expect(answer).toMatchObject({ status: 202, body: { status: 'queued', links: { self: expect.any(String) } } });
    const id = answer.body['job_id'] as string;
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${id}`);
    const job = await reaches(id, key, 'succeeded');
    expect(job).toMatchObject({
      progress: 100,
      attempts: 1,
      cost_usd: '0.0000825',
      error: null,
      result: { object: 'chat.completion', choices: [{ message: { content: 'Hello there' } }] },
      links: { self: `/v1/jobs/${id}` },
    });
    const record = await call('GET', `/v1/requests/job:${id}`, undefined, key);
    expect(record.body).toMatchObject({ request_id: `job:${id}` });
    expect(upstream.last.headers['idempotency-key']).toMatch(/^[\w-]{43}$/);

    const messages = { ...chat(), model: 'anthropic/claude-haiku-4-5', system: 'Be kind.' };
    const other = await reaches(await taken(messages, key), key, 'succeeded');
    expect(other['result']).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Hello there' }] });
    // Anthropic refuses a call that does not say it
    expect(upstream.last.headers['anthropic-version']).toBe('2023-06-01');
    const told = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'one,two' };
    const wrapped = { dialect: 'anthropic-messages', body: messages, headers: told };
    await reaches(await taken(wrapped, key), key, 'succeeded');
    expect(upstream.last.headers).toMatchObject(told);
  });

  it('are refused at once when they can never work, by the field that is wrong', async () => {
    const { key } = await newCaller();
    const refusals = [
      await submit({ model: GPT }, key),
      await submit(chat('x', { model: 'nowhere/gpt' }), key),
      await submit(chat(), key, { priority: 1_000 }),
      await submit(chat(), key, { ttl_seconds: 99_999_999 }),
      await call('POST', '/v1/jobs', { type: 'nothing', input: {} }, key),
      await call('POST', '/v1/jobs', { type: 'completion' }, key),
    ];
    expect(refusals.map(({ status, body }) => [status, body['code'], body['param']])).toEqual([
      [400, 'invalid_request', 'input.messages'],
      [404, 'model_not_found', expect.anything()],
      [400, 'invalid_request', 'priority'],
      [400, 'invalid_request', 'ttl_seconds'],
      [400, 'invalid_request', 'type'],
      [400, 'invalid_request', 'input'],
    ]);
    expect(upstream.exchanges).toHaveLength(0);
  });

  it('are one job however often they are handed in under one name', async () => {
    const { key } = await newCaller();
    const name = { 'idempotency-key': `once ${CANARY}` };
    const answers = await Promise.all(Array.from({ length: 5 }, () => submit(chat(), key, {}, name)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body['job_id']}`)).size).toBe(1);
    expect((await submit(chat('something else'), key, {}, name)).body).toMatchObject({ code: 'idempotency_conflict' });
    await reaches(answers[0]?.body['job_id'] as string, key, 'succeeded');
    expect(upstream.exchanges).toHaveLength(1);
  });

  it('can be followed as they go on, and taken up where the connection was lost', async () => {
    const { key } = await newCaller();
    let answer!: () => void;
    const told = new Promise<void>((resolve) => (answer = resolve));
    upstream.answers(async (exchange) => (await told, says('at last')(exchange)));
    const id = await taken(chat(), key);
    const following = follow(id, key);
    await until(() => upstream.exchanges.length || undefined);
    await sleep(100);
    answer();
    const { events } = await following;
    expect(events.at(-1)).toMatchObject({ event: 'status', data: { status: 'succeeded', progress: 100 } });
    expect(events.some(({ data }) => data['status'] === 'running')).toBe(true);
    const ids = events.map((event) => event.id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    const again = await follow(id, key, ids[0]);
    expect(again.events.at(-1)).toEqual(events.at(-1));
    expect(again.events.every((event) => event.id > (ids[0] as number))).toBe(true);
    expect((await follow(id, key, ids.at(-1))).status).toBe(204);
  });

  it('stop at once when they are cancelled, the call that they make as well', async () => {
    const { key } = await newCaller();
    upstream.answers(never);
    const id = await taken(chat(), key);
    await until(() => upstream.open || undefined);
    const cancelled = await call('DELETE', `/v1/jobs/${id}`, undefined, key);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', result: null } });
    await until(() => upstream.aborted || undefined, 1_000);
    expect((await call('DELETE', `/v1/jobs/${id}`, undefined, key)).body).toMatchObject({ status: 'cancelled' });
    const later = await taken(chat(), key, { run_at: new Date(Date.now() + 60_000).toISOString() });
    expect(await shown(later, key)).toMatchObject({ status: 'scheduled', eta_seconds: expect.any(Number) });
    expect((await call('DELETE', `/v1/jobs/${later}`, undefined, key)).body).toMatchObject({ status: 'cancelled' });
  });

  it('are tried again when that may help, are dead when it did not, and can be retried', async () => {
    const { key } = await newCaller();
    upstream.answers(json({ error: { message: `out of order ${CANARY}` } }, 500));
    const id = await taken(chat(), key);
    const dead = await reaches(id, key, 'dead');
    expect(dead).toMatchObject({ failures: 2, error: { code: 'provider_failed', message: expect.any(String) } });
    const list = await call('GET', '/v1/jobs?status=dead', undefined, key);
    expect(list.body['data']).toMatchObject([{ job_id: id, error_code: 'provider_failed', status: 'dead' }]);
    upstream.answers(says('repaired'));
    expect(await call('POST', `/v1/jobs/${id}/retry`, undefined, key)).toMatchObject({ status: 202 });
    await reaches(id, key, 'succeeded');
    expect(await call('POST', `/v1/jobs/${id}/retry`, undefined, key)).toMatchObject({ status: 409 });

    upstream.answers(json({ error: { message: 'no', type: 'invalid_request_error' } }, 400));
    const refused = await reaches(await taken(chat(), key), key, 'failed');
    expect(refused).toMatchObject({ failures: 1, attempts: 1 });
  });

  it('begin when they are due and end when their time is over', async () => {
    const { key } = await newCaller();
    const dueAt = Date.now() + 1_500;
    const id = await taken(chat(), key, { run_at: new Date(dueAt).toISOString() });
    await reaches(id, key, 'succeeded');
    expect(Date.now()).toBeGreaterThanOrEqual(dueAt);
    upstream.answers(never);
    const late = await taken(chat(), key, { ttl_seconds: 1 });
    const expired = await reaches(late, key, 'expired');
    expect(expired).toMatchObject({ error: { code: 'deadline_exceeded' } });
    await until(() => upstream.aborted || undefined, 3_000);
  });

  it('hold their money from when they are handed in, let their calls have it, and give back the rest', async () => {
    const { tenant, key } = await newCaller();
    const budget = await call('POST', '/v1/budgets', { scope: { tenant }, limit_usd: '0.002', period: 'month' });
    const state = async () => (await call('GET', `/v1/budgets/${budget.body['id']}`)).body;
    // another process hears of the budget within a second; this one at once
    const later = { run_at: new Date(Date.now() + 60_000).toISOString() };
    const first = await taken(chat('Hello'), key, later);
    const held = Number((await state())['held_usd']);
    expect(held).toBeGreaterThan(0.001);
    const refused = await submit(chat('Hello'), key, later);
    expect(refused).toMatchObject({ status: 402, body: { code: 'budget_exhausted' } });
    await call('DELETE', `/v1/jobs/${first}`, undefined, key);
    expect((await state())['held_usd']).toBe('0.000000');
    // its call fits although the job holds more than half of the budget
    await reaches(await taken(chat('Hello'), key), key, 'succeeded');
    expect(await state()).toMatchObject({ held_usd: '0.000000', spent_usd: '0.0000825' });
  });

  it('take the place of calls that a budget has no room for now, where it says so', async () => {
    const { tenant, key } = await newCaller();
    const terms = { scope: { tenant }, limit_usd: '0.002', action: 'queue' };
    expect(await call('POST', '/v1/budgets', { ...terms, period: 'total' })).toMatchObject({ status: 400 });
    const budget = await call('POST', '/v1/budgets', { ...terms, period: 'day' });
    const held = async () => Number((await call('GET', `/v1/budgets/${budget.body['id']}`)).body['held_usd']) > 0;
    upstream.answers(never);
    const leaving = new AbortController();
    const first = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(chat('Hello')),
      signal: leaving.signal,
    }).catch(() => undefined);
    await until(async () => (await held()) || undefined);
    const named = { 'idempotency-key': 'one' };
    const ask = () => call('POST', '/v1/chat/completions', chat('Hello again', { stream: true }), key, named);
    const refused = await ask();
    expect(refused).toMatchObject({ status: 402, body: { error: { code: 'budget_exhausted' } } });
    const id = /as job ([\w-]+),/.exec(refused.body['error'].message)?.[1] ?? '';
    expect((await ask()).body['error'].message).toContain(id);
    const messages = { ...chat('Hello once more', { max_tokens: 250 }), model: 'anthropic/claude-haiku-4-5' };
    const version = { 'anthropic-version': '2026-10-21' };
    const other = await call('POST', '/v1/messages', messages, key, version);
    const otherId = /as job ([\w-]+),/.exec(other.body['error'].message)?.[1] ?? '';
    upstream.answers(says('Hello there'));
    leaving.abort();
    await first;
    expect(await reaches(id, key, 'succeeded')).toMatchObject({
      type: 'completion',
      result: { choices: [{ message: { content: 'Hello there' } }] },
    });
    expect(await reaches(otherId, key, 'succeeded')).toMatchObject({ result: { type: 'message' } });
    expect(upstream.exchanges.find(({ path }) => path.endsWith('/messages'))?.headers).toMatchObject(version);
  });

  it('do not take the place of calls that are more than the whole limit', async () => {
    const { tenant, key } = await newCaller();
    await call('POST', '/v1/budgets', { scope: { tenant }, limit_usd: '0.0001', action: 'queue', period: 'day' });
    const refused = await call('POST', '/v1/chat/completions', chat('Hello'), key);
    expect(refused).toMatchObject({ status: 402, body: { error: { code: 'budget_exhausted' } } });
    expect(refused.body['error'].message).toMatch(/more than the whole limit: it never fits\./);
    expect(refused.body['error'].details).not.toHaveProperty('job_id');
    expect((await call('GET', '/v1/jobs', undefined, key)).body['data']).toEqual([]);
  });

  it('are shown to whoever handed them in, and their course to operators', async () => {
    const mine = await newCaller();
    const colleague = await newCaller(['client'], mine.tenant);
    const operator = await newCaller(['operator'], mine.tenant);
    const stranger = await newCaller(['operator']);
    const id = await taken(chat(), mine.key);
    await reaches(id, mine.key, 'succeeded');
    const seen = await call('GET', `/v1/jobs/${id}`, undefined, operator.key);
    expect(seen.body).toMatchObject({ status: 'succeeded', result: null, content_withheld: true });
    const posed = await call('POST', '/v1/chat/completions', chat(), colleague.key, { 'x-request-id': `job:${id}` });
    expect([posed.status, posed.headers.get('x-request-id')]).toEqual([200, expect.not.stringMatching(/^job:/)]);
    const record = await call('GET', `/v1/requests/job:${id}`, undefined, mine.key);
    expect(record.body).toMatchObject({ key: mine.keyId });
    for (const { key } of [colleague, stranger]) {
      expect((await call('GET', `/v1/jobs/${id}`, undefined, key)).status).toBe(404);
      expect((await call('DELETE', `/v1/jobs/${id}`, undefined, key)).status).toBe(404);
      expect((await follow(id, key)).status).toBe(404);
      expect((await call('GET', '/v1/jobs', undefined, key)).body['data']).toEqual([]);
    }
    expect((await call('GET', `/v1/jobs?key=${mine.keyId}`, undefined, operator.key)).body['data']).toHaveLength(1);
    expect((await submit(chat(), operator.key)).status).toBe(403);
    expect((await call('GET', '/v1/jobs/nonsense', undefined, mine.key)).status).toBe(404);
  });

  it('are listed in pages without gaps', async () => {
    const { key } = await newCaller();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.unshift(await taken(chat(), key));
      await reaches(ids[0] as string, key, 'succeeded');
    }
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Body = (await call('GET', `/v1/jobs?limit=2${cursor && `&cursor=${cursor}`}`, undefined, key)).body;
      found.push(...page['data'].map((job: Body) => job['job_id']));
      cursor = page['next_cursor'];
    }
    expect(found).toEqual(ids);
  });

  it('are refused with when to come again once too many wait', async () => {
    const { key } = await newCaller();
    const later = { run_at: new Date(Date.now() + 60_000).toISOString() };
    for (let i = 0; i < 3; i++) await taken(chat(), key, later);
    const refused = await submit(chat(), key, later);
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'rate_limited', details: { scope: 'tenant', limit: 3 } },
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('are taken over from a process that died, and asked for once where the provider knows repeated calls', async () => {
    const { key } = await newCaller();
    const other = await gateway.another();
    upstream.answers(never);
    // more than one process has room for
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push(await taken(chat(`take over ${i}`), key));
    const more = await newCaller();
    for (let i = 0; i < 3; i++) ids.push(await taken(chat(`take over ${i + 3}`), more.key));
    await until(() => upstream.open === 6 || undefined);
    const before = new Set(upstream.exchanges.map(({ headers }) => headers['idempotency-key']));
    await other.kill();
    upstream.answers(says('taken over'));
    await gateway.kill();
    gateway = await gateway.another();
    for (const [i, id] of ids.entries()) {
      const job = await reaches(id, i < 3 ? key : more.key, 'succeeded');
      expect(job).toMatchObject({ takeovers: 1, attempts: 2, failures: 0 });
    }
    const after = new Set(upstream.exchanges.map(({ headers }) => headers['idempotency-key']));
    expect(after).toEqual(before);
    expect(before.size).toBe(6);
  }, 40_000);

  it('leave nothing of what was said in the open', async () => {
    const { key } = await newCaller();
    const id = await taken(chat(), key);
    await reaches(id, key, 'succeeded');
    expect(await databaseText(gateway.databaseUrl)).not.toContain(CANARY);
    expect(gateway.logs()).not.toContain(CANARY);
    expect((await callsOf(gateway.databaseUrl)).length).toBeGreaterThan(0);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/^job_queue_depth\{state="due"\} \d+$/m);
    expect(metrics).toMatch(/^jobs_total\{type="completion",status="succeeded"\} [1-9]/m);
    const ready = (await (await fetch(`${gateway.url}/health/ready`)).json()) as Body;
    expect(ready['details']).toMatchObject({ queue: { status: 'up', engine: 'postgresql' } });
  });
});
