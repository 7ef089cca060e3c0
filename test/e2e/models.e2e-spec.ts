import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../support/ask';
import { headersOf } from '../support/audit';
import { databaseText } from '../support/database-text';
import { FlagSite } from '../support/flag-site';
import { says } from '../support/upstream-scripts';

const MODELS = `aliases:
  fast: [openai/gpt-4o]
  best: [anthropic/claude-opus-4-8]
models:
  openai/gpt-4o: { capabilities: [tools, images], versions: { "2024-05-13": { retiresAt: "2020-01-01", replacement: best } } }
  openai/gpt-3: { deprecatedAt: "2024-01-01", retiresAt: "2099-03-01", replacement: openai/gpt-4o }
`;
/** What is promised to every process. */
const WITHIN_MS = 1_000;

describe('the model registry', () => {
  let site: FlagSite;
  beforeAll(async () => {
    site = await FlagSite.start({ models: MODELS });
  }, 60_000);
  afterAll(() => site?.close());
  beforeEach(() => site.upstream.answers(says('Hello there')));
  const alias = (method: string, name = '', body?: object, more?: { key?: string }) =>
    site.api(method, `/v1/models/registry/aliases${name}`, body, more);

  it('points an alias at another model in every process within a second, on record before it is done', async () => {
    for (const at of [site.gateway, site.second]) expect((await site.chat('fast', { at })).model).toBe('gpt-4o');
    const set = await alias('PUT', '/fast', { models: ['openai/gpt-4o-mini', 'openai/gpt-4o'], version: 0 });
    const setAt = performance.now();
    expect(set).toMatchObject({ status: 200, body: { alias: 'fast', version: 1, declared: false } });
    expect((await site.chat('fast')).sent).toMatchObject({ model: 'gpt-4o-mini' });
    await until(async () => (await site.chat('fast', { at: site.second })).model === 'gpt-4o-mini' || undefined);
    expect(performance.now() - setAt).toBeLessThan(WITHIN_MS);
    const entries = await headersOf(site.gateway.databaseUrl);
    expect(entries.find(({ event }) => event === 'alias.change')).toMatchObject({
      outcome: 'intended',
      metadata: { target: 'fast', models: ['openai/gpt-4o-mini', 'openai/gpt-4o'], replaces: 0 },
    });
  });

  it('refuses what replaces another version than the newest, and keeps every version', async () => {
    const late = await alias('PUT', '/fast', { models: ['openai/gpt-4o'], version: 0 });
    expect(late).toMatchObject({ status: 409, body: { detail: 'The alias is at version 1 by now' } });
    expect((await alias('DELETE', '/fast?version=0')).status).toBe(409);
    expect((await alias('DELETE', '/fast?version=1')).status).toBe(204);
    expect((await alias('GET', '/fast')).body).toEqual({
      alias: 'fast',
      models: ['openai/gpt-4o'],
      version: 2,
      declared: true,
      shadow: null,
    });
    expect((await site.chat('fast')).model).toBe('gpt-4o');
    const { body } = await alias('GET', '/fast/versions');
    expect(body['data'].map((at: { version: number; models: unknown }) => [at.version, at.models])).toEqual([
      [2, null],
      [1, ['openai/gpt-4o-mini', 'openai/gpt-4o']],
    ]);
  });

  it('makes new aliases, which answer and are listed as any other', async () => {
    expect((await alias('PUT', '/mine', { models: ['openai/gpt-4o-mini'] })).status).toBe(200);
    const call = await site.chat('mine');
    expect(call.model).toBe('gpt-4o-mini');
    expect(await site.recordOf(call.id)).toMatchObject({
      model: 'mine',
      provider_model: 'gpt-4o-mini',
      reported_model: 'gpt-4o',
    });
    const listed = (await site.api('GET', '/v1/models')).body['data'].map(({ id }: { id: string }) => id);
    expect(listed).toEqual(expect.arrayContaining(['fast', 'best', 'mine', 'gpt-4o']));
    expect((await alias('DELETE', '/mine')).status).toBe(204);
    expect((await alias('GET', '/mine')).status).toBe(404);
    await expect(site.chat('mine')).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    [{ models: ['nobody/x'] }, 'models[0]'],
    [{ models: [] }, 'models'],
    [{ models: ['openai/a', 'openai/a'] }, 'models'],
    [{ models: ['gpt-4o'] }, 'models[0]'],
    [{ models: ['openai/a'], version: -1 }, 'version'],
    [{ models: ['openai/a'], shadows: 1 }, undefined],
  ])('refuses %j, naming the field', async (body, param) => {
    const refused = await alias('PUT', '/fast', body);
    expect(refused.status).toBe(400);
    if (param !== undefined) expect(refused.body['param']).toBe(param);
  });

  it('is for operators and administrators of the root tenant', async () => {
    const { key } = (await site.api('POST', '/v1/keys', { name: 'client', roles: ['client'] })).body;
    expect((await alias('GET', '', undefined, { key })).status).toBe(403);
    const tenant = (await site.api('POST', '/v1/tenants', { name: 'other' })).body['id'];
    const other = await site.api('POST', '/v1/keys', { name: 'op', tenant, roles: ['operator'] });
    expect((await alias('GET', '', undefined, { key: other.body['key'] })).status).toBe(403);
    const mine = await site.api('POST', '/v1/keys', { name: 'op', roles: ['operator'] });
    expect((await alias('GET', '', undefined, { key: mine.body['key'] })).status).toBe(200);
  });

  describe('of a model that is at its end', () => {
    const model = (method: string, name: string, body?: object) =>
      site.api(method, `/v1/models/registry/${name}`, body);

    it.each([false, true])('warns in the headers, streamed: %s, the record and the log', async (stream) => {
      const id = `deprecated-${stream}`;
      const { response } = await site
        .client()
        .chat.completions.create(
          { model: 'openai/gpt-3', stream, messages: [{ role: 'user', content: 'Hello' }] },
          { headers: { 'x-request-id': id } },
        )
        .withResponse();
      await response.text().catch(() => undefined);
      expect(response.headers.get('deprecation')).toBe(`@${Date.UTC(2024, 0, 1) / 1_000}`);
      expect(response.headers.get('sunset')).toBe('Sun, 01 Mar 2099 00:00:00 GMT');
      expect(response.headers.get('x-gatehouse-warning')).toBe(
        'openai/gpt-3 is deprecated since 2024-01-01 and retires on 2099-03-01: use openai/gpt-4o',
      );
      expect(await site.recordOf(id)).toMatchObject({
        deprecation: { model: 'openai/gpt-3', status: 'deprecated', replacement: 'openai/gpt-4o' },
      });
      const lines = await until(() => site.gateway.logs().match(/a model at its end is asked/g) ?? undefined);
      expect(lines).toHaveLength(1);
      const metrics = await (await fetch(`${site.gateway.url}/metrics`)).text();
      expect(metrics).toContain('llm_deprecated_model_calls_total{model="openai/gpt-3",status="deprecated"}');
    });

    it('says nothing of other models', async () => {
      const { headers } = await site.chat('openai/gpt-4o');
      for (const name of ['deprecation', 'sunset', 'x-gatehouse-warning']) expect(headers.get(name)).toBeNull();
    });

    it('refuses a retired version and names what replaces it, in the words of each SDK', async () => {
      await expect(site.chat('gpt-4o@2024-05-13')).rejects.toMatchObject({
        status: 404,
        code: 'model_not_found',
        message: expect.stringContaining('openai/gpt-4o-2024-05-13 is retired since 2020-01-01: use best'),
      });
      expect((await site.api('GET', '/v1/status')).body['models']).toEqual([
        'openai/gpt-4o@2024-05-13 is retired since 2020-01-01: use best',
      ]);
    });

    it('is set at run time, over what the file says, in versions and on record', async () => {
      const set = await model('PUT', 'openai/gpt-4o-mini', {
        model: { retiresAt: '2020-02-02', replacement: 'fast' },
        version: 0,
      });
      expect(set).toMatchObject({ status: 200, body: { status: 'retired', version: 1, declared: false } });
      await expect(site.chat('openai/gpt-4o-mini')).rejects.toMatchObject({ status: 404 });
      expect((await model('GET', '')).body['data'].map(({ name }: { name: string }) => name)).toEqual([
        'openai/gpt-3',
        'openai/gpt-4o',
        'openai/gpt-4o-mini',
      ]);
      expect((await model('PUT', 'openai/gpt-4o-mini', { model: {}, version: 0 })).status).toBe(409);
      expect((await model('DELETE', 'openai/gpt-4o-mini?version=1')).status).toBe(204);
      expect((await model('GET', 'openai/gpt-4o-mini')).status).toBe(404);
      expect((await model('GET', 'versions/openai/gpt-4o-mini')).body['data']).toHaveLength(2);
      expect((await site.chat('openai/gpt-4o-mini')).model).toBe('gpt-4o-mini');
      const events = (await headersOf(site.gateway.databaseUrl)).map(({ event }) => event);
      expect(events).toEqual(expect.arrayContaining(['model.change', 'model.reset']));
    });

    it.each([
      ['nobody/x', {}, 'name'],
      ['openai/x', { replacement: 'nothing' }, 'model.replacement'],
      ['openai/x', { deprecatedAt: '2026-02-01', retiresAt: '2026-01-01' }, 'model.retiresAt'],
      ['openai/x', { retiresAt: 'soon' }, 'model.retiresAt'],
      ['openai/x', { contextTokens: 0 }, 'model.contextTokens'],
    ])('refuses %s %j, naming the field', async (name, body, param) =>
      expect(await model('PUT', name, { model: body })).toMatchObject({ status: 400, body: { param } }),
    );

    it('is shown in the list of models as Anthropic’s SDK reads it', async () => {
      const headers = { 'x-api-key': site.gateway.rootKey, 'anthropic-version': '2023-06-01' };
      const answer = await fetch(`${site.gateway.url}/v1/models/gpt-3`, { headers });
      expect(await answer.json()).toMatchObject({
        lifecycle: 'deprecated',
        deprecated_at: '2024-01-01T00:00:00.000Z',
        retires_at: '2099-03-01T00:00:00.000Z',
      });
    });
  });

  describe('with a shadow', () => {
    const SHADOW = { model: 'anthropic/claude-haiku-4-5', share: 1, maxConcurrent: 1, timeoutMs: 5_000 };
    const shadows = async () => (await site.api('GET', '/v1/models/registry/shadows')).body;
    const pair = async () => (await shadows())['data'][0];
    const outcome = async (name: string) => {
      const metrics = await (await fetch(`${site.gateway.url}/metrics`)).text();
      const found = new RegExp(`llm_shadow_calls_total\\{model="${SHADOW.model}",outcome="${name}"\\} (\\d+)`).exec(
        metrics,
      );
      return Number(found?.[1] ?? 0);
    };
    const isShadow = ({ path }: { path: string }) => path.includes('/messages');

    beforeAll(() => alias('PUT', '/fast', { shadow: SHADOW }));
    afterAll(() => alias('DELETE', '/fast'));

    it('is set beside the models of an alias, and shown with it', async () => {
      const { body } = await alias('GET', '/fast');
      expect(body).toMatchObject({ models: ['openai/gpt-4o'], shadow: { ...SHADOW, by: 'call' }, declared: false });
      expect((await shadows())['configured']).toMatchObject([{ subject: 'fast', shadow: SHADOW }]);
    });

    it('answers the caller first, asks the other model afterwards, and compares the two', async () => {
      let release = () => undefined as void;
      const held = new Promise<void>((resolve) => (release = resolve));
      site.upstream.answers(async (exchange) => {
        if (!isShadow(exchange)) return says('The tide is high')(exchange);
        await held;
        await says('The tide is low')(exchange);
      });
      const call = await site.chat('fast', { prompt: 'How is the tide? Write to ada@example.com' });
      expect([call.text, call.model]).toEqual(['The tide is high', 'gpt-4o']);
      await until(() => site.upstream.exchanges.some(isShadow) || undefined);
      expect((await shadows())['data']).toEqual([]);
      release();
      const compared = await until(pair);
      expect(compared).toMatchObject({
        subject: 'fast',
        calls: 1,
        errors: 0,
        caller: { model: 'openai/gpt-4o', output_tokens: expect.any(Number) },
        shadow: { model: SHADOW.model },
        similarity: 0.75,
      });
      expect(Number(compared.shadow.cost_usd)).toBeGreaterThan(0);
      const sent = JSON.stringify(site.upstream.exchanges.find(isShadow)?.body);
      expect(sent).toMatch(/\[\[EMAIL/);
      expect(sent).not.toContain('ada@example.com');
      expect(await site.recordOf(`${call.id}.shadow`)).toMatchObject({
        status: 'answered',
        shadow_of: expect.any(String),
        provider: 'anthropic',
        tags: ['purpose:shadow'],
      });
      const usage = await site.api('GET', '/v1/usage?group_by=tag,model&tag=purpose:shadow');
      expect(usage.body['data']).toMatchObject([{ model: 'claude-haiku-4-5', requests: 1 }]);
      expect(await databaseText(site.gateway.databaseUrl)).not.toContain('tide');
    });

    it('leaves out what finds no room', async () => {
      let release = () => undefined as void;
      const held = new Promise<void>((resolve) => (release = resolve));
      site.upstream.answers(async (exchange) => {
        if (isShadow(exchange)) await held;
        await says('Hello')(exchange);
      });
      const before = await outcome('answered');
      await Promise.all(Array.from({ length: 36 }, () => site.chat('fast')));
      await until(async () => (await outcome('full')) === 3 || undefined);
      release();
      await until(async () => (await outcome('answered')) === before + 33 || undefined);
      expect(site.upstream.exchanges.filter(isShadow)).toHaveLength(33);
    });

    it('is asked once, and its errors are its own', async () => {
      site.upstream.answers((exchange) =>
        isShadow(exchange) ? void exchange.response.writeHead(500).end('{}') : says('Hello')(exchange),
      );
      expect((await site.chat('fast')).text).toBe('Hello');
      await until(async () => (await pair()).errors === 1 || undefined);
      expect(site.upstream.exchanges.filter(isShadow)).toHaveLength(1);
    });

    it('costs nothing that a budget does not have', async () => {
      const budget = { scope: { tag: 'purpose:shadow' }, limit_usd: 0.000001, period: 'total', action: 'block' };
      const made = await site.api('POST', '/v1/budgets', budget);
      expect(made.status).toBe(201);
      const before = site.upstream.exchanges.length;
      expect((await site.chat('fast')).text).toBe('Hello there');
      await until(async () => (await outcome('budget')) === 1 || undefined);
      expect(site.upstream.exchanges.slice(before).filter(isShadow)).toEqual([]);
      await site.api('DELETE', `/v1/budgets/${made.body['id']}`);
    });

    it('is nothing to other names, tenants and shares', async () => {
      site.upstream.exchanges.length = 0;
      await site.chat('openai/gpt-4o');
      await alias('PUT', '/fast', { shadow: { ...SHADOW, tenants: ['somebody-else'] } });
      await site.chat('fast');
      await alias('PUT', '/fast', { shadow: { ...SHADOW, by: 'user', share: 0.000001 } });
      await site.chat('fast', { user: 'ada' });
      await alias('PUT', '/fast', { shadow: SHADOW });
      await site.chat('fast');
      await until(() => site.upstream.exchanges.some(isShadow) || undefined);
      expect(site.upstream.exchanges.filter(isShadow)).toHaveLength(1);
    });

    it.each([
      [{ shadow: { model: 'nobody/x', share: 1 } }, 'shadow.model'],
      [{ shadow: { model: 'openai/x', share: 0 } }, 'shadow.share'],
      [{}, 'models'],
    ])('refuses %j, naming the field', async (body, param) =>
      expect(await alias('PUT', '/fast', body)).toMatchObject({ status: 400, body: { param } }),
    );
  });

  describe('measured by models:bench', () => {
    const bench = async (...args: string[]) => {
      const command = ['bench/models/run.mjs', '--url', site.gateway.url, '--key', site.gateway.rootKey, ...args];
      const child = spawn(process.execPath, command, { env: { PATH: process.env['PATH'] } });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      const [code] = (await once(child, 'exit')) as [number];
      return { code, out, err };
    };

    it('prints latency, tokens and cost of each, and says before what it may cost', async () => {
      const { code, out, err } = await bench(
        '--models',
        'fast,openai/gpt-4o-mini',
        '--calls',
        '3',
        '--json',
        '--max-tokens',
        '20',
      );
      expect(err).toMatch(/2 × 3 calls cost at most \$0\.\d+ by the price book/);
      expect(code).toBe(0);
      const { models } = JSON.parse(out);
      expect(models).toMatchObject([
        {
          model: 'fast',
          answered_by: ['openai/gpt-4o'],
          calls: 3,
          errors: 0,
          first_token_ms: { p50: expect.any(Number) },
        },
        { model: 'openai/gpt-4o-mini', answered_by: ['openai/gpt-4o-mini'] },
      ]);
      for (const { cost_usd: cost, output_tokens: tokens } of models)
        expect([cost > 0, tokens > 0]).toEqual([true, true]);
      expect((await bench('--models', 'fast', '--calls', '2', '--no-stream')).out).toMatch(
        /^fast +openai\/gpt-4o +2 +0 +– \/ – /m,
      );
    });

    it('spends no more than it was allowed to, and reports what failed', async () => {
      const before = site.upstream.exchanges.length;
      const refused = await bench('--models', 'fast', '--calls', '1', '--most-usd', '0');
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('add --yes to spend it')]);
      expect((await bench('--models', 'local/x')).err).toContain('add --yes to go on');
      expect(site.upstream.exchanges).toHaveLength(before);
      const failed = await bench('--models', 'local/x', '--calls', '1', '--yes');
      expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('model_not_found')]);
      expect((await bench('--calls', '0')).code).toBe(2);
    });
  });
});
