import { ask, begin, recordOf, until } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';
import { query } from '../support/query';
import { Upstream } from '../support/upstream';
import { json, never, says } from '../support/upstream-scripts';
import { replyFor } from '../support/vendor-replies';

const GPT = 'openai/gpt-4o';
const CLAUDE = 'anthropic/claude-haiku-4-5';
const SEES = 'openai/sees';
/** Dollars per million tokens. Every answer has 5 tokens of prompt and 7 of answer. */
const PRICES = `prices:
  ${GPT}: { input: 2.5, output: 10 }
  ${CLAUDE}: { input: 1, output: 5 }
  ${SEES}: { input: 2, output: 4, imageInput: 10 }
`;
const GPT_CALL = 0.000_082_5;
const CLAUDE_CALL = 0.000_04;
const POLICIES = `
tenants:
  acme: { degradation: { cached: true } }
`;
const TODAY = () => new Date().toISOString().slice(0, 10);

type Row = Record<string, string | number | null>;
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

describe('usage', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  const keys: Record<string, { id: string; key: string; tenant: string }> = {};

  const call = async (key: string, method: string, path: string, body?: object, accept = '*/*'): Promise<Answer> => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, accept, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, text, type, body: type.includes('json') ? JSON.parse(text) : {} };
  };
  const keyOf = (who: string) => keys[who]?.key ?? gateway.rootKey;
  const usage = async (who: string, asked = ''): Promise<Row[]> => {
    const answer = await call(keyOf(who), 'GET', `/v1/usage?${asked}`);
    if (answer.status !== 200) throw new Error(`${asked} was answered ${answer.status}: ${answer.text}`);
    return answer.body['data'] as Row[];
  };
  const chat = (who: string, prompt: string, model = GPT, headers: Record<string, string> = {}, more: object = {}) =>
    ask(
      gateway,
      '/v1/chat/completions',
      { model, messages: [{ role: 'user', content: prompt }], ...more },
      { authorization: `Bearer ${keyOf(who)}`, ...headers },
    );

  beforeAll(async () => {
    upstream = await Upstream.start();
    upstream.answers(says('Hello there'));
    gateway = await startGateway({
      env: upstream.env,
      prices: PRICES,
      policies: POLICIES,
      settings: 'audit: { heartbeatSeconds: 1 }',
    });
    for (const tenant of ['acme', 'rival']) {
      const made = await call(gateway.rootKey, 'POST', '/v1/tenants', { name: tenant });
      for (const role of ['client', 'operator']) {
        const body = { name: `${tenant} ${role}`, tenant: made.body['id'], roles: [role] };
        const key = (await call(gateway.rootKey, 'POST', '/v1/keys', body)).body as { id: string; key: string };
        keys[`${tenant} ${role}`] = { ...key, tenant: made.body['id'] as string };
      }
    }
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('of a call is there for whoever asks after it, to the token and exact', async () => {
    expect(await usage('acme operator')).toEqual([]);
    await chat('acme client', 'one');
    await chat('acme client', 'two', GPT, {}, { stream: true });
    await chat('acme client', 'three', CLAUDE);
    await chat('rival client', 'four');
    expect(await usage('acme operator', 'group_by=provider,model')).toMatchObject([
      { provider: 'anthropic', model: 'claude-haiku-4-5', requests: 1, cost_usd: CLAUDE_CALL.toFixed(6) },
      { provider: 'openai', model: 'gpt-4o', requests: 2, input_tokens: 10, output_tokens: 14, cost_usd: '0.000165' },
    ]);
    const [all] = await usage('acme operator');
    expect(all).toMatchObject({ requests: 3, cost_usd: '0.000205', unpriced: 0, estimated_share: 0 });
  });

  it('is the same when it is summed from the calls, as the prices say', async () => {
    const asked = upstream.exchanges.length;
    const [row] = await query<{ n: number; picos: string }>(
      gateway.databaseUrl,
      'select count(*)::int as n, sum(cost_picos)::text as picos from spend',
    );
    const [sum] = await usage('root');
    expect(row).toEqual({ n: asked, picos: String(BigInt(Math.round((3 * GPT_CALL + CLAUDE_CALL) * 1e9)) * 1_000n) });
    expect(sum).toMatchObject({ requests: asked });
  });

  it('is of one’s own tenant, and of all for the root tenant alone', async () => {
    const tenants = (await usage('root', 'group_by=tenant')).map(({ tenant }) => tenant);
    expect(tenants.sort()).toEqual([keys['acme client']?.tenant, keys['rival client']?.tenant].sort());
    expect(await usage('rival operator', 'group_by=key')).toMatchObject([
      { key: keys['rival client']?.id, requests: 1 },
    ]);
    const other = await call(keyOf('rival operator'), 'GET', `/v1/usage?tenant=${keys['acme client']?.tenant}`);
    expect([other.status, other.type]).toEqual([404, expect.stringContaining('application/problem+json')]);
    for (const path of ['', '/forecast', '/chargeback'])
      expect((await call(keyOf('acme client'), 'GET', `/v1/usage${path}`)).status).toBe(403);
    for (const path of ['/reprice', '/reconcile'])
      expect((await call(keyOf('acme client'), 'POST', `/v1/usage${path}`, {})).status).toBe(403);
  });

  it('of a person is found by the name that the application has for them, and told by a reference', async () => {
    const user = `user-${Date.now()}`;
    await chat('acme client', 'five', GPT, { 'x-user-id': user, 'x-session-id': 'session-1' });
    const own = `user=${user}`;
    expect(await usage('acme operator', own)).toMatchObject([{ requests: 1, cost_usd: '0.0000825' }]);
    const [row] = await usage('acme operator', `${own}&group_by=user,session`);
    expect(row?.['user']).toMatch(/^s_/);
    expect(row?.['session']).toMatch(/./);
    expect(JSON.stringify(row)).not.toContain(user);
    expect(await usage('acme operator', 'user=nobody')).toEqual([]);
    expect(await usage('rival operator', own)).toEqual([]);
  });

  it('of an answer that was there already costs nothing', async () => {
    const before = upstream.exchanges.length;
    const [first] = await usage('acme operator');
    await chat('acme client', 'cached question');
    await chat('acme client', 'cached question');
    expect(upstream.exchanges.length).toBe(before + 1);
    const [second] = await usage('acme operator');
    const more = (name: string) => Number(second?.[name]) - Number(first?.[name]);
    expect([more('requests'), more('cache_hits'), more('input_tokens')]).toEqual([2, 1, 5]);
    expect(more('cost_usd')).toBeCloseTo(GPT_CALL, 9);
  });

  it('comes in pages that begin where the one before ended', async () => {
    const pages: Row[][] = [];
    for (let cursor = ''; ;) {
      const { body } = await call(gateway.rootKey, 'GET', `/v1/usage?group_by=tenant,model&limit=1${cursor}`);
      pages.push(body['data'] as Row[]);
      if (body['next_cursor'] === null) break;
      cursor = `&cursor=${body['next_cursor']}`;
    }
    expect(pages.every((page) => page.length === 1)).toBe(true);
    expect(pages.flat()).toEqual(await usage('root', 'group_by=tenant,model'));
    expect(pages.length).toBe(3);
  });

  it('comes as CSV for whoever asks for that', async () => {
    for (const [path, accept] of [
      ['?group_by=model&format=csv', '*/*'],
      ['?group_by=model', 'text/csv'],
    ] as const) {
      const { text, type } = await call(keyOf('acme operator'), 'GET', `/v1/usage${path}`, undefined, accept);
      expect(type).toContain('text/csv');
      expect(text.split('\r\n')[0]).toMatch(/^model,requests,/);
      expect(text).toContain('\r\ngpt-4o,');
    }
  });

  it('of a month is charged to those who caused it', async () => {
    const { text, type } = await call(gateway.rootKey, 'GET', '/v1/usage/chargeback');
    expect(type).toContain('text/csv');
    expect(text).toMatch(/,detail,[\w-]+,acme,[\w-]+,acme client,,/);
    expect(text.match(/,tenant_total,/g)).toHaveLength(2);
    const [total] = await usage('root');
    expect(text.trimEnd().split('\r\n').at(-1)).toContain(`,${total?.['cost_usd']},`);
    const { text: own } = await call(
      keyOf('rival operator'),
      'GET',
      `/v1/usage/chargeback?month=${TODAY().slice(0, 7)}`,
    );
    expect(own).not.toContain('acme');
    expect((await call(gateway.rootKey, 'GET', '/v1/usage/chargeback?month=2020-01')).text).toMatch(/total,,,,,,0,/);
  });

  it('has no forecast before there is a whole day', async () => {
    const { body } = await call(keyOf('acme operator'), 'GET', '/v1/usage/forecast');
    const [sum] = await usage('acme operator');
    expect(body).toMatchObject({ spent_usd: sum?.['cost_usd'], forecast_usd: null, days: 0 });
    expect(body['method']).toContain('linear');
  });

  it('has a forecast of nothing after weeks without a call', async () => {
    const { id } = (await call(gateway.rootKey, 'POST', '/v1/tenants', { name: 'quiet' })).body;
    await query(
      gateway.databaseUrl,
      `insert into spend_model_days
         select (jsonb_populate_record(source, jsonb_build_object('day', current_date - 90, 'tenant_id', '${id}', 'key_id', 'quiet'))).*
         from spend_model_days as source where requests > 0 limit 1`,
    );
    const { body } = await call(gateway.rootKey, 'GET', `/v1/usage/forecast?tenant=${id}`);
    expect(body).toMatchObject({ spent_usd: '0.000000', forecast_usd: '0.000000', days: 7 });
  });

  it('agrees with what the provider says, and says by how much where it does not', async () => {
    const [ours] = await usage('root', 'provider=openai');
    const bucket = (more: number) => ({
      object: 'bucket',
      start_time: Date.parse(TODAY()) / 1_000,
      results: [
        {
          input_tokens: Number(ours?.['input_tokens']) + more,
          output_tokens: ours?.['output_tokens'],
          num_model_requests: ours?.['requests'],
          model: 'gpt-4o-2024-08-06',
        },
      ],
    });
    const reconcile = (more: number) =>
      call(gateway.rootKey, 'POST', '/v1/usage/reconcile', {
        provider: 'openai',
        format: 'openai-usage',
        rows: [bucket(more)],
      });
    expect((await reconcile(0)).body).toMatchObject({
      verdict: 'agrees',
      joined_by: 'day_model',
      data: [{ model: 'gpt-4o', status: 'agrees', token_drift_percent: 0, ours: { cost_usd: ours?.['cost_usd'] } }],
    });
    expect((await reconcile(60)).body).toMatchObject({ verdict: 'drifts', data: [{ status: 'drifts' }] });
    const wrong = await call(gateway.rootKey, 'POST', '/v1/usage/reconcile', {
      provider: 'openai',
      format: 'openai-usage',
      rows: [{ start_time: 1, results: [{ input_tokens: 'many' }] }],
    });
    expect([wrong.status, wrong.body['param']]).toEqual([400, 'rows[0].results[0].input_tokens']);
  });

  it.each([
    ['provider', { provider: 'nope', csv: 'day,cost_usd\n2026-11-30,0' }],
    ['csv', { provider: 'openai', csv: 'day\n2026-11-30' }],
    ['rows', { provider: 'openai', csv: 'day,cost_usd\n0000-01-01,0' }],
    ['rows', { provider: 'openai', csv: 'day,cost_usd,request_id\n2026-11-30,0,a\u0000' }],
    ['provider', { provider: 'a\u0000', csv: 'day,cost_usd\n2026-11-30,0' }],
    ['csv: row 2, requests', { provider: 'openai', csv: 'day,requests\n2026-11-30,-5' }],
  ])('is held against nothing that compares nothing: %s', async (param, asked) => {
    const { status, body } = await call(gateway.rootKey, 'POST', '/v1/usage/reconcile', { format: 'csv', ...asked });
    expect([status, body['param']]).toEqual([400, param]);
  });

  it('can be held against a bill call by call', async () => {
    upstream.answers(
      ({ response }) =>
        void response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req_bill' }).end(
          JSON.stringify({
            id: 'c',
            object: 'chat.completion',
            created: 1,
            model: 'gpt-4o',
            choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
            usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
          }),
        ),
    );
    await chat('acme client', 'billed');
    upstream.answers(says('Hello there'));
    const csv = `day,model,request_id,input_tokens,output_tokens,cost_usd\n${TODAY()},gpt-4o,req_bill,5,7,0.0000825\n${TODAY()},gpt-4o,req_gone,1,1,1\n`;
    const { body } = await call(gateway.rootKey, 'POST', '/v1/usage/reconcile', {
      provider: 'openai',
      format: 'csv',
      csv,
    });
    expect(body).toMatchObject({
      joined_by: 'request_id',
      verdict: 'incomplete',
      requests: { matched: 1, drifting: 0, missing_ours: { count: 1, ids: ['req_gone'] } },
    });
  });

  it('is priced again, on record, by those who may', async () => {
    await query(gateway.databaseUrl, `update spend set cost_picos = cost_picos + 5000000 where provider = 'anthropic'`);
    const body = { from: TODAY(), to: new Date(Date.now() + 86_400_000).toISOString() };
    const { body: done } = await call(gateway.rootKey, 'POST', '/v1/usage/reprice', body);
    expect(done).toMatchObject({ done: true, next_cursor: null, changed: 1, difference_usd: '-0.000005' });
    const { body: again } = await call(gateway.rootKey, 'POST', '/v1/usage/reprice', body);
    expect(again).toMatchObject({ changed: 0, difference_usd: '0.000000' });
    const other = { ...body, tenant: keys['acme client']?.tenant };
    expect((await call(keyOf('rival operator'), 'POST', '/v1/usage/reprice', other)).status).toBe(404);
    const elsewhere = await call(gateway.rootKey, 'POST', `/v1/usage/reprice?tenant=${other.tenant}`, body);
    expect([elsewhere.status, elsewhere.body['param']]).toEqual([400, 'tenant']);
    const { body: log } = await call(gateway.rootKey, 'GET', '/v1/audit/entries?event=usage.reprice');
    expect(log['data']).toHaveLength(2);
  });

  it('of images has their own price, today and when it is priced again', async () => {
    const prompt = (names: readonly [string, string, string]) => ({
      [names[0]]: 1_000,
      [names[1]]: 0,
      [names[2]]: { image_tokens: 900 },
    });
    const cost = '0.009200';
    for (const [path, names, body] of [
      [
        '/v1/chat/completions',
        ['prompt_tokens', 'completion_tokens', 'prompt_tokens_details'],
        { messages: [{ role: 'user', content: 'Hello' }] },
      ],
      ['/v1/responses', ['input_tokens', 'output_tokens', 'input_tokens_details'], { input: 'Hello' }],
    ] as const) {
      upstream.answers((exchange) => json({ ...replyFor(exchange, ''), usage: prompt(names) })(exchange));
      const answer = await ask(gateway, path, { model: SEES, ...body });
      expect(answer.headers['x-gatehouse-cost-usd']).toBe(cost);
      const record = await recordOf(gateway, String(answer.headers['x-request-id']));
      expect(record).toMatchObject({ cost_usd: cost, usage: { input_tokens: 1_000, image_tokens: 900 } });
    }
    upstream.answers(says('Hello there'));
    const sum = async () => (await usage('root', `model=${SEES}`))[0]?.['cost_usd'];
    expect(await sum()).toBe('0.018400');
    await query(gateway.databaseUrl, `update spend set cost_picos = 0 where provider_model = 'sees'`);
    const body = { from: TODAY(), to: new Date(Date.now() + 86_400_000).toISOString() };
    const { body: done } = await call(gateway.rootKey, 'POST', '/v1/usage/reprice', body);
    expect(done).toMatchObject({ changed: 2, difference_usd: '0.018400' });
  });

  it.each([
    ['group_by', 'group_by=planet'],
    ['group_by', 'group_by=day,day'],
    ['group_by', 'group_by=day,key,user,tag'],
    ['from', 'from=yesterday'],
    ['from', 'from=2026-02-31'],
    ['from', 'from=2026-02-01T12:00:00Z'],
    ['from', 'from=0000-01-01&to=0000-02-01'],
    ['model', 'model=%00'],
    ['to', 'from=2026-02-02&to=2026-02-02'],
    ['to', 'from=2020-01-01'],
    ['to', 'group_by=session&from=2026-01-01&to=2026-03-01'],
    ['cursor', 'group_by=day&cursor=x'],
    ['cursor', 'group_by=day&cursor=WyJhIiwiYiJd'],
    ['cursor', 'group_by=day&cursor=WyJhIl0'],
    ['cursor', 'group_by=tenant&cursor=WyJhIl0'],
    ['cursor', `group_by=day&cursor=${Buffer.from('["2026-02-31"]').toString('base64url')}`],
    ['limit', 'limit=0'],
    ['everything', 'everything=yes'],
  ])('is refused by name when %s is wrong: %s', async (param, asked) => {
    const { status, body } = await call(gateway.rootKey, 'GET', `/v1/usage?${asked}`);
    expect([status, body['param']]).toEqual([400, param]);
  });

  it('of calls whose process died is told as unknown, once, and nothing else is lost or doubled', async () => {
    const [before] = await usage('root');
    upstream.answers(says('Hello there'));
    await Promise.all(Array.from({ length: 5 }, (_, i) => chat('rival client', `done ${i}`)));
    upstream.answers(never);
    const open = Array.from({ length: 3 }, (_, i) =>
      begin(
        gateway,
        '/v1/chat/completions',
        { model: GPT, messages: [{ role: 'user', content: `open ${i}` }] },
        { authorization: `Bearer ${keyOf('rival client')}` },
      ),
    );
    await until(() => upstream.exchanges.length === 3 || undefined);
    await gateway.kill();
    await Promise.allSettled(open.map(({ response }) => response));
    upstream.answers(says('Hello there'));
    const next = await gateway.another();
    gateway = { ...next, rootKey: gateway.rootKey };
    const after = await until(async () => {
      const [sum] = await usage('root');
      return sum?.['unknown_outcome'] === 3 ? sum : undefined;
    }, 15_000);
    expect(Number(after['requests']) - Number(before?.['requests'])).toBe(8);
    const prompts = 3 * Math.ceil('open 0'.length / 4);
    expect(Number(after['input_tokens']) - Number(before?.['input_tokens'])).toBe(25 + prompts);
    const cost = Number(after['cost_usd']) - Number(before?.['cost_usd']);
    expect(cost).toBeCloseTo(5 * GPT_CALL + prompts * 2.5e-6, 9);
  }, 60_000);
});
