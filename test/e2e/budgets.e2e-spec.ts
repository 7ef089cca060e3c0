import { setTimeout as sleep } from 'node:timers/promises';
import { ask, begin, recordOf, until } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { type Script, Upstream } from '../support/upstream';
import { cuts, json, never, says, stalls, streams } from '../support/upstream-scripts';
import { framesFor, replyFor } from '../support/vendor-replies';

const GPT = 'openai/gpt-4o';
const MINI = 'openai/gpt-4o-mini';
/** Dollars per million tokens. Every answer has 5 tokens of prompt and 7 of answer. */
const PRICES = `prices:
  ${GPT}: { input: 2.5, output: 10 }
  ${MINI}: { input: 0.15, output: 0.6 }
  anthropic/claude-haiku-4-5: { input: 1, output: 5 }
  openai/gpt-5-mini: { input: 0.25, output: 2 }
  openai/text-embedding-3-small: { input: 0.02, output: 0 }
`;
const POLICIES = `
defaults: { retry: { attempts: 1 }, fallback: { enabled: false } }
tenants:
  patient: { retry: { attempts: 3, baseMs: 1, maxMs: 2, budgetMinimum: 100 } }
  elsewhere: { fallback: { enabled: true } }
`;
const GPT_CALL = '0.0000825';

interface Answer {
  readonly status: number;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

describe('budgets', () => {
  let upstream: Upstream;
  let gateway: Gateway;

  const call = async (method: string, path: string, body?: object, key = gateway.rootKey): Promise<Answer> => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
  /** A tenant of its own with a key that only calls. */
  let made = 0;
  const newCaller = async (roles = ['client'], name = `budgets ${++made}`) => {
    const tenant = (await call('POST', '/v1/tenants', { name })).body['id'] as string;
    const { id, key } = (await call('POST', '/v1/keys', { name: 'caller', tenant, roles })).body;
    return { tenant, keyId: id as string, key: key as string };
  };
  const newBudget = async (scope: object, limit_usd: number | string, more: object = {}) => {
    const { status, body } = await call('POST', '/v1/budgets', { scope, limit_usd, period: 'month', ...more });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body['id'] as string;
  };
  const shown = async (id: string) => (await call('GET', `/v1/budgets/${id}`)).body;
  const chat = (key: string, more: object = {}, headers: Record<string, string> = {}) =>
    ask(
      gateway,
      '/v1/chat/completions',
      { model: GPT, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 100, ...more },
      { authorization: `Bearer ${key}`, ...headers },
    );
  const asked = () => upstream.exchanges.map(({ body }) => body);

  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({
      env: upstream.env,
      settings: 'budgets: { leaseMs: 3000 }',
      prices: PRICES,
      policies: POLICIES,
    });
  });
  beforeEach(() => {
    upstream.exchanges.length = 0;
    upstream.answers(says('Hello there'));
  });
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('shows what is spent as soon as a call has ended, and holds nothing of it', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, '1.5');
    expect((await chat(key)).status).toBe(200);
    expect(await shown(id)).toMatchObject({
      id,
      scope: { tenant },
      period: 'month',
      limit_usd: '1.500000',
      spent_usd: GPT_CALL,
      held_usd: '0.000000',
      left_usd: '1.4999175',
      hard: true,
      action: 'block',
      soft: [80, 100],
    });
  });

  const counts = (usage: object): Script => json({ ...replyFor({ path: '/chat/completions' }, 'Hello there'), usage });
  it.each([
    ['fractions', counts({ prompt_tokens: 1.5, completion_tokens: 2.7 }), '0.000045'],
    ['less than nothing', counts({ prompt_tokens: -5, completion_tokens: -7 }), '0.000045'],
    ['more than anybody uses', counts({ prompt_tokens: 9e15, completion_tokens: 1e300 }), '0.000045'],
    ['zeros', counts({ prompt_tokens: 0, completion_tokens: 0 }), '0.000045'],
    ['the prompt alone', counts({ prompt_tokens: 5 }), '0.0000425'],
    ['the answer alone', counts({ completion_tokens: 7 }), '0.000085'],
  ])(
    'is charged an estimate, the same wherever it is shown, where a provider counts %s',
    async (_what, script, cost) => {
      const { tenant, key } = await newCaller();
      const id = await newBudget({ tenant }, 1);
      upstream.answers(script);
      const { headers } = await chat(key);
      expect(headers['x-gatehouse-cost-usd']).toBe(cost);
      const record = await recordOf(gateway, String(headers['x-request-id']));
      expect(record).toMatchObject({ cost_usd: cost, usage: { estimated: true } });
      expect(await shown(id)).toMatchObject({ spent_usd: cost, held_usd: '0.000000' });
      const ledger = await call('GET', `/v1/usage?tenant=${tenant}`);
      expect(ledger.body['data']).toMatchObject([{ requests: 1, estimated_requests: 1, cost_usd: cost }]);
    },
  );

  it('is charged the prompt of a stream whose provider only counts the answer, and a vector', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, 1);
    upstream.answers((exchange) =>
      streams(
        framesFor(exchange, 'Hello there').map((frame) => frame.replace(/"input_tokens":5/, '"input_tokens":null')),
      )(exchange),
    );
    await chat(key, { model: 'anthropic/claude-haiku-4-5', stream: true });
    // 6 tokens of prompt as they are estimated, and 7 that were counted
    expect(await shown(id)).toMatchObject({ spent_usd: '0.000041' });
    upstream.answers((exchange) => json({ ...replyFor(exchange, ''), usage: { prompt_tokens: 1e18 } })(exchange));
    const body = { model: 'openai/text-embedding-3-small', input: 'x'.repeat(4_000) };
    await ask(gateway, '/v1/embeddings', body, { authorization: `Bearer ${key}` });
    expect(await shown(id)).toMatchObject({ spent_usd: '0.000061' });
  });

  it.each([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hello' }] }],
    ['/v1/responses', { input: 'Hello' }],
  ])('of a person counts calls that name them as OpenAI does by now: %s', async (path, body) => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant, user: 'ada' }, 1);
    const headers = { authorization: `Bearer ${key}` };
    await ask(gateway, path, { model: GPT, ...body, safety_identifier: 'ada' }, headers);
    await ask(gateway, path, { model: GPT, ...body, safety_identifier: 'ada', user: 'grace' }, headers);
    expect(await shown(id)).toMatchObject({ spent_usd: GPT_CALL });
  });

  it('is charged what a provider says that answers took which were of no use, each of them', async () => {
    const { tenant, key } = await newCaller(['client'], 'patient');
    const id = await newBudget({ tenant }, 1);
    const useless = { ...replyFor({ path: '/chat/completions' }, ''), choices: [] };
    upstream.answers(json({ ...useless, usage: { prompt_tokens: 500, completion_tokens: 500 } }));
    const failed = await chat(key);
    expect([failed.status, upstream.exchanges.length]).toEqual([502, 3]);
    const told = { usage: { input_tokens: 500, output_tokens: 500, estimated: false } };
    expect(await recordOf(gateway, String(failed.headers['x-request-id']))).toMatchObject({
      status: 'failed',
      usage: { input_tokens: 1_500, output_tokens: 1_500 },
      tried: [told, told, told],
    });
    expect(await shown(id)).toMatchObject({ spent_usd: '0.018750', held_usd: '0.000000' });
    const scripts = [json({ ...useless, usage: { prompt_tokens: 500, completion_tokens: 500 } }), says('Hello there')];
    upstream.answers((exchange) => scripts.shift()?.(exchange));
    const answered = await chat(key);
    expect(answered.headers['x-gatehouse-cost-usd']).toBe('0.0063325');
    expect(await shown(id)).toMatchObject({ spent_usd: '0.0250825', held_usd: '0.000000' });
  });

  it.each([
    ['breaks off', 'anthropic/claude-haiku-4-5', (frames: readonly string[]) => cuts(frames.slice(0, 1).join(''))],
    [
      'becomes an error',
      'anthropic/claude-haiku-4-5',
      ([start = '']: readonly string[]) =>
        streams([start, 'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"Oh"}}\n\n']),
    ],
    [
      'becomes an error',
      GPT,
      () =>
        streams([
          'data: {"id":"x","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}}\n\n',
          'data: {"error":{"message":"Oh","type":"server_error"}}\n\n',
        ]),
    ],
  ])(
    'is charged what a stream has said that it took and then %s before its first word (%s)',
    async (_how, model, script) => {
      const { tenant, key } = await newCaller();
      const id = await newBudget({ tenant }, 1);
      upstream.answers((exchange) => script(framesFor(exchange, 'Hello there'))(exchange));
      const failed = await chat(key, { model, stream: true });
      expect(failed.status).toBe(502);
      const record = await recordOf(gateway, String(failed.headers['x-request-id']));
      const usage = { input_tokens: 5, output_tokens: 0, estimated: false };
      expect(record).toMatchObject({ status: 'failed', usage, tried: [{ usage }] });
      expect(await shown(id)).toMatchObject({ spent_usd: record['cost_usd'], held_usd: '0.000000' });
    },
  );

  it('is charged what each model took at its own price when another one answers', async () => {
    const { tenant, key } = await newCaller(['client'], 'elsewhere');
    const id = await newBudget({ tenant }, 1);
    upstream.answers((exchange) => {
      const frames = framesFor(exchange, 'Hello there');
      const breaksOff = exchange.path === '/v1/messages';
      return (breaksOff ? cuts(frames.slice(0, 1).join('')) : streams(frames))(exchange);
    });
    const answered = await chat(key, { model: 'fast', stream: true });
    expect(answered.status).toBe(200);
    const record = await recordOf(gateway, String(answered.headers['x-request-id']));
    expect(record).toMatchObject({ provider: 'openai', usage: { input_tokens: 10, output_tokens: 7 } });
    // 5 tokens of prompt for each of the two, 7 of answer for one
    expect(record['cost_usd']).toBe('0.00002025');
    // nothing is held once the ledger has the call
    const settled = async () => ((await shown(id))['held_usd'] === '0.000000' ? shown(id) : undefined);
    expect(await until(settled, 5_000)).toMatchObject({ spent_usd: '0.00002025' });
  });

  it('is charged once what a stream has said that it took when its caller leaves before the first word', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, 1);
    upstream.answers((exchange) => stalls(framesFor(exchange, 'Hello there').slice(0, 1).join(''))(exchange));
    const body = { model: 'anthropic/claude-haiku-4-5', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
    const asking = begin(gateway, '/v1/chat/completions', body, { authorization: `Bearer ${key}` });
    asking.response.catch(() => undefined);
    await until(() => Promise.resolve(upstream.exchanges.length || undefined), 5_000);
    await sleep(100);
    asking.request.destroy();
    const after = await until(async () => {
      const now = await shown(id);
      return now['spent_usd'] !== '0.000000' && now['held_usd'] === '0.000000' ? now : undefined;
    }, 5_000);
    // 5 tokens of prompt, and nothing of an answer that has not begun
    expect(after).toMatchObject({ spent_usd: '0.000005' });
  });

  it('refuses what does not fit before anybody is asked, in the dialect of the door, and says why', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, '0.0001', { period: 'day' });
    const refused = await chat(key);
    expect(refused.status).toBe(402);
    const { error } = JSON.parse(refused.text) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      code: 'budget_exhausted',
      type: 'insufficient_quota',
      details: { budget_id: id, limit_usd: '0.000100', spent_usd: '0.000000', held_usd: '0.000000' },
    });
    expect(error['message']).toMatch(
      /^Budget [0-9a-f-]{36} \(tenant, per day\) has no room for this call: .* The window ends \d{4}-\d\d-\d\dT00:00:00\.000Z\.$/,
    );
    expect(refused.headers['retry-after']).toBeUndefined();
    const body = { model: 'claude-haiku-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };
    const other = await ask(gateway, '/v1/messages', body, { authorization: `Bearer ${key}` });
    expect([other.status, JSON.parse(other.text)]).toEqual([
      402,
      expect.objectContaining({ error: expect.objectContaining({ type: 'billing_error' }) }),
    ]);
    expect(upstream.exchanges).toHaveLength(0);
  });

  it('lets other calls of the tenant pass', async () => {
    const { tenant, keyId, key } = await newCaller();
    await newBudget({ key: keyId }, 0);
    await newBudget({ tenant, user: 'ada' }, 0);
    await newBudget({ tenant, tag: 'blue' }, 0);
    const other = (await call('POST', '/v1/keys', { name: 'other', tenant })).body['key'] as string;
    const statuses = await Promise.all([
      chat(key),
      chat(other),
      chat(other, {}, { 'x-user-id': 'ada' }),
      chat(other, {}, { 'x-user-id': 'bob', 'x-gatehouse-tags': 'red' }),
      chat(other, {}, { 'x-gatehouse-tags': 'red,blue' }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([402, 200, 402, 200, 402]);
  });

  it.each([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hello' }] }, 'max_completion_tokens'],
    ['/v1/responses', { input: 'Hello' }, 'max_output_tokens'],
  ])(
    'sends a maximum where the caller of %s named none and a tenth of what is left is less',
    async (path, body, field) => {
      const { tenant, key } = await newCaller();
      await newBudget({ tenant }, '0.1');
      const answer = await ask(gateway, path, { model: GPT, ...body }, { authorization: `Bearer ${key}` });
      expect(answer.status).toBe(200);
      const maximum = asked()[0]?.[field] as number;
      // a tenth of a tenth of a dollar, less the prompt, at ten dollars for a million
      expect(maximum).toBeGreaterThan(900);
      expect(maximum).toBeLessThan(1_000);
      expect(answer.headers['x-gatehouse-max-tokens']).toBe(String(maximum));
      const whole = await newCaller();
      await newBudget({ tenant: whole.tenant }, 100);
      const free = await ask(gateway, path, { model: GPT, ...body }, { authorization: `Bearer ${whole.key}` });
      expect([asked()[1]?.[field], free.headers['x-gatehouse-max-tokens']]).toEqual([undefined, undefined]);
    },
  );

  it('turns to a cheaper model when the one asked for does not fit, if the key may use it', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, '0.01', { action: 'downgrade', downgrade_to: MINI });
    const answer = await chat(key, { max_tokens: 2_000 }, { 'x-request-id': `down-${tenant}` });
    expect([answer.status, answer.headers['x-gatehouse-model'], answer.headers['x-gatehouse-degraded']]).toEqual([
      200,
      'gpt-4o-mini',
      'budget',
    ]);
    expect(asked().map(({ model }) => model)).toEqual(['gpt-4o-mini']);
    expect(await recordOf(gateway, `down-${tenant}`)).toMatchObject({ degraded: 'budget' });
    expect(await shown(id)).toMatchObject({ spent_usd: '0.00000495', downgrade_to: MINI });
    const narrow = (await call('POST', '/v1/keys', { name: 'narrow', tenant, models: [GPT] })).body['key'] as string;
    expect((await chat(narrow, { max_tokens: 2_000 })).status).toBe(402);
    expect((await chat(key, { max_tokens: 16_384, n: 2 })).status).toBe(402);
  });

  it('only tells of a budget that is not hard, once for each share, on record', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, GPT_CALL, { hard: false, soft: [50, 100] });
    const answers = [await chat(key), await chat(key)];
    expect(answers.map(({ status, headers }) => [status, headers['x-gatehouse-budget']])).toEqual([
      [200, 'over'],
      [200, 'over'],
    ]);
    expect(await shown(id)).toMatchObject({ spent_usd: '0.000165', left_usd: '-0.0000825' });
    const entries = await until(async () => {
      const { body } = await call('GET', `/v1/audit/entries?event=budget.alert&tenant=${tenant}`);
      return body['data']?.length >= 2 ? (body['data'] as Record<string, any>[]) : undefined; // oxlint-disable-line typescript/no-explicit-any
    }, 6_000);
    expect(
      JSON.stringify(entries)
        .match(/"percent":\d+/g)
        ?.sort(),
    ).toEqual(['"percent":100', '"percent":50']);
    const flagged = await call('GET', `/v1/audit/entries?flag=over_budget&tenant=${tenant}`);
    expect(flagged.body['data']).toHaveLength(2);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toContain('budget_alerts_total{percent="50"}');
  });

  it('settles once whatever becomes of a call: a failure costs nothing, a stream that is left what it said', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, 1);
    upstream.answers(json({ error: { message: 'out of order' } }, 500));
    expect((await chat(key)).status).toBe(502);
    expect(await shown(id)).toMatchObject({ spent_usd: '0.000000', held_usd: '0.000000' });

    upstream.answers((exchange) => stalls(framesFor(exchange, 'Hello there').slice(0, 3).join(''))(exchange));
    const body = { model: GPT, stream: true, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };
    const asking = begin(gateway, '/v1/chat/completions', body, { authorization: `Bearer ${key}` });
    const response = await asking.response;
    response.on('error', () => undefined).resume();
    await sleep(100);
    const under = await shown(id);
    // prompt and answer at their longest
    expect(Number(under['held_usd'])).toBeGreaterThan(0.001);
    asking.request.destroy();
    const after = await until(async () => {
      const now = await shown(id);
      return now['held_usd'] === '0.000000' ? now : undefined;
    }, 5_000);
    expect(Number(after['spent_usd'])).toBeGreaterThan(0);
    expect(Number(after['spent_usd'])).toBeLessThan(Number(under['held_usd']));
  });

  it('says when waiting may help: when only calls under way are in the way', async () => {
    const { tenant, key } = await newCaller();
    await newBudget({ tenant }, '0.0025');
    upstream.answers(never);
    const first = begin(
      gateway,
      '/v1/chat/completions',
      { model: GPT, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
      { authorization: `Bearer ${key}` },
    );
    await until(() => upstream.open || undefined);
    const second = await chat(key);
    expect([second.status, second.headers['retry-after']]).toEqual([402, '2']);
    expect(second.text).toContain('There may be room when those have ended');
    first.request.destroy();
    upstream.answers(says('Hello there'));
    await until(async () => (await chat(key)).status === 200 || undefined);
  });

  it('asks no model without a price under a hard budget, and names the file', async () => {
    const { tenant, key } = await newCaller();
    await newBudget({ tenant }, 100);
    const refused = await chat(key, { model: 'openai/gpt-unheard-of' });
    expect(refused.status).toBe(402);
    expect(refused.text).toContain('openai/gpt-unheard-of has no price in prices.yaml');
    expect(upstream.exchanges).toHaveLength(0);
  });

  it('counts embeddings, and neither repeated answers nor counted tokens', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, '0.001');
    const auth = { authorization: `Bearer ${key}` };
    const embed = { model: 'text-embedding-3-small', input: ['one', 'two'] };
    expect((await ask(gateway, '/v1/embeddings', embed, auth)).status).toBe(200);
    const spent = (await shown(id))['spent_usd'] as string;
    expect(Number(spent)).toBeGreaterThan(0);
    const cheap = { model: MINI };
    for (let i = 0; i < 2; i++) expect((await chat(key, cheap, { 'idempotency-key': 'once' })).status).toBe(200);
    expect(Number((await shown(id))['spent_usd'])).toBeCloseTo(Number(spent) + 0.000_004_95, 9);
    await call('PATCH', `/v1/budgets/${id}`, { limit_usd: 0 });
    const count = { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'Hello' }] };
    upstream.answers(json({ input_tokens: 3 }));
    expect((await ask(gateway, '/v1/messages/count_tokens', count, auth)).status).toBe(200);
    expect((await ask(gateway, '/v1/embeddings', { ...embed, input: ['three'] }, auth)).status).toBe(402);
  });

  it('is known to another process within a second, when made, changed and deleted', async () => {
    const { tenant, key } = await newCaller();
    const other = await gateway.another();
    const there = async () =>
      (
        await ask(
          other,
          '/v1/chat/completions',
          { model: GPT, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
          { authorization: `Bearer ${key}` },
        )
      ).status;
    expect(await there()).toBe(200);
    const id = await newBudget({ tenant }, 0);
    await sleep(1_000);
    expect(await there()).toBe(402);
    await call('PATCH', `/v1/budgets/${id}`, { limit_usd: '5' });
    expect(await there()).toBe(200);
    await call('PATCH', `/v1/budgets/${id}`, { limit_usd: 0 });
    await call('DELETE', `/v1/budgets/${id}`);
    expect(await there()).toBe(200);
    await other.stop();
  });

  it('frees what a killed process held when its lease is over, and not before', async () => {
    const { tenant, key } = await newCaller();
    const id = await newBudget({ tenant }, '0.0025');
    const dying = await gateway.another();
    upstream.answers(never);
    const hanging = begin(
      dying,
      '/v1/chat/completions',
      { model: GPT, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
      { authorization: `Bearer ${key}` },
    );
    await until(() => upstream.open || undefined);
    await dying.kill();
    hanging.request.destroy();
    upstream.answers(says('Hello there'));
    expect(Number((await shown(id))['held_usd'])).toBeGreaterThan(0.001);
    expect((await chat(key)).status).toBe(402);
    await until(async () => (await shown(id))['held_usd'] === '0.000000' || undefined, 5_000);
    expect((await chat(key)).status).toBe(200);
  });

  describe('for administrators', () => {
    it.each([
      [{ scope: { tag: 'a', user: 'b' } }, /^scope: names one of key, user and tag/],
      [{ action: 'queue', period: 'total' }, /^action: queue needs a window/],
      [{ action: 'downgrade' }, /^downgrade_to: goes with action downgrade/],
      [{ action: 'downgrade', downgrade_to: 'nobody/nothing' }, /does not exist/],
      [{ limit_usd: 1e-13 }, /^limit_usd: must be 0, or 1e-12 or more/],
      [{ limit_usd: '2000000000' }, /^limit_usd: must be at most 1000000000/],
      [{ period: 'week' }, /^period: expected one of "day"|"month"|"total"; or expected object/],
      [{ downgrade_to: MINI }, /^downgrade_to: goes with action downgrade/],
      [{ period: { rolling_days: 91 } }, /^period/],
      [{ limit_usd: -1 }, /^limit_usd/],
      [{ limit_usd: '1e3' }, /^limit_usd/],
      [{ soft: [0] }, /^soft/],
      [{ scope: { team: 'x' } }, /^scope.team/],
    ])('refuses %j by name', async (change, why) => {
      const { status, body } = await call('POST', '/v1/budgets', { limit_usd: 1, period: 'day', ...change });
      expect([400, 404]).toContain(status);
      expect(body['detail']).toMatch(why);
    });

    it('shows operators their own tenant, and others nothing', async () => {
      const [one, two] = [await newCaller(['client', 'operator']), await newCaller(['client', 'operator'])];
      const made = await call('POST', '/v1/budgets', { limit_usd: 1, period: 'total' }, one.key);
      expect([made.status, made.body['scope'], made.body['window_end']]).toEqual([201, { tenant: one.tenant }, null]);
      const path = `/v1/budgets/${made.body['id']}`;
      expect((await call('GET', path, undefined, two.key)).status).toBe(404);
      expect((await call('DELETE', path, undefined, two.key)).status).toBe(404);
      const foreign = { limit_usd: 1, period: 'day', scope: { tenant: one.tenant } };
      expect((await call('POST', '/v1/budgets', foreign, two.key)).status).toBe(404);
      expect((await call('GET', '/v1/budgets', undefined, two.key)).body).toEqual({ data: [], next_cursor: null });
      expect((await call('GET', '/v1/budgets', undefined, one.key)).body['data']).toHaveLength(1);
      expect((await call('GET', `/v1/budgets?tenant=${one.tenant}`, undefined, two.key)).status).toBe(404);
      const client = await newCaller();
      expect((await call('GET', '/v1/budgets', undefined, client.key)).status).toBe(403);
    });

    it('lists in pages, and has every act on record', async () => {
      const { tenant } = await newCaller();
      const ids = [];
      for (const period of ['day', 'month', { rolling_days: 7 }])
        ids.unshift(await newBudget({ tenant }, 1, { period }));
      const page = (await call('GET', `/v1/budgets?tenant=${tenant}&limit=2`)).body;
      const rest = (await call('GET', `/v1/budgets?tenant=${tenant}&cursor=${page['next_cursor']}`)).body;
      const listed = [...page['data'], ...rest['data']] as { id: string; period: unknown }[];
      expect([listed.map(({ id }) => id), rest['next_cursor']]).toEqual([ids, null]);
      expect(listed[0]?.period).toEqual({ rolling_days: 7 });
      await call('PATCH', `/v1/budgets/${ids[0]}`, { limit_usd: 2, soft: [] });
      expect((await call('DELETE', `/v1/budgets/${ids[0]}`)).status).toBe(204);
      expect((await call('GET', `/v1/budgets/${ids[0]}`)).status).toBe(404);
      const entries = (await call('GET', `/v1/audit/entries?event=budget.*&tenant=${tenant}`)).body['data'];
      const events = (entries as { event: string }[]).map(({ event }) => event).sort();
      expect(events).toEqual(['budget.change', 'budget.create', 'budget.create', 'budget.create', 'budget.delete']);
    });
  });
});
