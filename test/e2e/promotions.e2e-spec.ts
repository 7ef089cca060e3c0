import { setTimeout as sleep } from 'node:timers/promises';
import { headersOf } from '../support/audit';
import { askedOf } from '../support/answering-model';
import { until } from '../support/ask';
import { command } from '../support/command';
import { type Gateway, startGateway } from '../support/gateway';
import { type Body, JobClient } from '../support/job-client';
import { type Script, Upstream } from '../support/upstream';
import { json, says } from '../support/upstream-scripts';

const FORMER = 'openai/gpt-4o';
const STAND_IN = 'openai/gpt-4o-mini';
/** Its provider is not configured here. */
const ABSENT = 'local/elsewhere';
const GOOD = 'openai/gpt-5.1';
const BAD = 'openai/gpt-5-mini';
const SLOW = 'openai/gpt-5.2';
const SLOW_MS = 700;
/** Its provider is configured until a test takes it away. */
const LEAVING = 'anthropic/claude-haiku-4-5';

const MODELS = `
aliases: { steady: [${FORMER}, ${STAND_IN}, ${ABSENT}], other: [${FORMER}] }
models: { ${[FORMER, STAND_IN, GOOD, BAD, SLOW, LEAVING].map((model) => `${model}: { capabilities: [tools] }`).join(', ')} }
`;
const PRICES = `prices: { ${[FORMER, STAND_IN, GOOD, BAD, SLOW, LEAVING].map((model) => `${model}: { input: 1, output: 1 }`).join(', ')} }\n`;
const SUITE = `
name: greets
description: Whether it greets.
models: [${FORMER}]
thresholds: { minScore: 1 }
cases: [{ id: hello, prompt: Say hello to the examiner., scorers: [{ type: contains, values: [Hello] }] }]
`;
/** No retries: a model that fails does so at once; and no breaker opens between the tests. */
const POLICIES = `
defaults:
  retry: { attempts: 1 }
  breaker: { enabled: false }
  cache: { exact: false }
`;
const CANARY = { steps: [50, 100], hold_seconds: 0, min_calls: 20, max_step_seconds: 60 };

/** Each model does as its name says, but in its exam. */
const models: Script = async (exchange) => {
  const { model, prompt } = askedOf(exchange);
  const isExam = prompt.includes('examiner');
  if (model === 'gpt-5-mini' && !isExam) return json({ error: { message: 'down', type: 'x' } }, 500)(exchange);
  if (model === 'gpt-5.2' && !isExam) await sleep(SLOW_MS);
  return says('Hello')(exchange);
};

describe('promotions', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let second: Gateway;
  let client: JobClient;
  let approverKey: string;
  let users = 0;

  const newKey = async (roles: string[], name = 'someone'): Promise<string> =>
    (await client.call('POST', '/v1/keys', { name, roles })).body['key'] as string;
  const as = (rootKey: string, at = gateway): JobClient => new JobClient({ url: at.url, rootKey });
  const approver = (): JobClient => as(approverKey);
  const request = (candidate: string, more: object = {}) =>
    client.call('POST', '/v1/promotions', { alias: 'steady', candidate, suite: 'greets', canary: CANARY, ...more });
  const shown = async (id: string): Promise<Body> => (await client.call('GET', `/v1/promotions/${id}`)).body;
  const reaches = (id: string, ...states: string[]): Promise<Body> =>
    until(async () => {
      const promotion = await shown(id);
      return states.includes(promotion['state'] as string) ? promotion : undefined;
    }, 30_000);
  const begun = async (candidate: string, more: object = {}): Promise<string> => {
    const { status, body } = await request(candidate, more);
    if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
    await reaches(body['id'] as string, 'awaiting_approval');
    return body['id'] as string;
  };
  const inCanary = async (candidate: string, more: object = {}): Promise<string> => {
    const id = await begun(candidate, more);
    expect(await approver().call('POST', `/v1/promotions/${id}/approve`)).toMatchObject({
      status: 200,
      body: { state: 'canary' },
    });
    return id;
  };
  /** Calls of as many users, at both processes in turn. @returns which models answered */
  const calls = async (n: number, alias = 'steady'): Promise<string[]> => {
    const one = async (i: number): Promise<string> => {
      const { url } = i % 2 ? second : gateway;
      const answer = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${gateway.rootKey}`,
          'content-type': 'application/json',
          'x-user-id': `user-${i}`,
        },
        body: JSON.stringify({ model: alias, messages: [{ role: 'user', content: 'How are you?' }] }),
      });
      await answer.text();
      return `${answer.headers.get('x-gatehouse-provider')}/${answer.headers.get('x-gatehouse-model')}`;
    };
    const answered: string[] = [];
    for (let left = n; left > 0; left -= 10)
      answered.push(...(await Promise.all(Array.from({ length: Math.min(10, left) }, () => one(users++)))));
    return answered;
  };
  /** Calls go on until it is over. */
  const underLoad = async (id: string, ...states: string[]): Promise<Body> => {
    let over = false;
    const ended = reaches(id, ...states).finally(() => (over = true));
    while (!over) await calls(10);
    return ended;
  };
  const aliasNow = async (alias = 'steady'): Promise<Body> =>
    (await client.call('GET', `/v1/models/registry/aliases/${alias}`)).body;
  const flags = async (): Promise<Body[]> => (await client.call('GET', '/v1/flags')).body['data'] as Body[];

  beforeAll(async () => {
    upstream = await Upstream.start();
    upstream.answers(models);
    const site = { models: MODELS, prices: PRICES, policies: POLICIES, evals: { 'greets.yaml': SUITE } };
    gateway = await startGateway({ env: upstream.env, ...site });
    second = await gateway.another();
    client = as(gateway.rootKey);
    approverKey = await newKey(['operator'], 'second person');
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it('take a good model to all, step by step, each change on record', async () => {
    const id = await begun(GOOD);
    expect(await shown(id)).toMatchObject({
      evaluation: { passed: true, score: 1, baseline: 1 },
      former: [FORMER, STAND_IN, ABSENT],
    });
    expect(await client.call('POST', `/v1/promotions/${id}/approve`)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await calls(10)).not.toContain(GOOD);
    await approver().call('POST', `/v1/promotions/${id}/approve`, { comment: 'Looks good.' });
    const promoted = await underLoad(id, 'promoted', 'rolled_back');
    expect(promoted).toMatchObject({ state: 'promoted', percent: 100, reason: null });
    expect((promoted['comparison'] as Body)['measures']).toContainEqual(
      expect.objectContaining({ measure: 'error_rate', value: 0, finding: 'kept' }),
    );
    expect((promoted['history'] as Body[]).map(({ state, step }) => [state, step])).toEqual([
      ['evaluating', null],
      ['awaiting_approval', null],
      ['canary', 1],
      ['canary', 2],
      ['promoted', null],
    ]);
    expect(await aliasNow()).toMatchObject({ models: [GOOD, FORMER, STAND_IN, ABSENT], version: 1, declared: false });
    expect(await flags()).toEqual([]);
    expect(
      new Set(
        await until(async () => {
          const seen = await calls(20);
          return seen.every((model) => model === GOOD) ? seen : undefined;
        }),
      ),
    ).toEqual(new Set([GOOD]));
    const entries = (await headersOf(gateway.databaseUrl)).filter(
      ({ metadata }) => (metadata as Body)?.['target'] === id,
    );
    expect(entries.map(({ event }) => event)).toEqual([
      'promotion.request',
      'promotion.evaluate',
      'promotion.approve',
      'promotion.step',
      'promotion.complete',
    ]);
    expect((promoted['history'] as Body[]).map((step) => step['audit_entry'])).toEqual(
      entries.map((entry) => entry.entry_id),
    );

    // and back, at once
    const back = await approver().call('POST', `/v1/promotions/${id}/rollback`);
    expect(back).toMatchObject({ status: 200, body: { state: 'rolled_back', reason: 'by_hand' } });
    expect(await aliasNow()).toMatchObject({ models: [FORMER, STAND_IN, ABSENT], version: 2 });
    expect((await approver().call('POST', `/v1/promotions/${id}/rollback`)).status).toBe(409);
  }, 60_000);

  it('take a failing model back by themselves, and nobody notices', async () => {
    const id = await inCanary(BAD);
    const ended = await underLoad(id, 'promoted', 'rolled_back');
    expect(ended).toMatchObject({ state: 'rolled_back', reason: expect.stringMatching(/^error_/) });
    expect(await flags()).toEqual([]);
    expect(await aliasNow()).toMatchObject({ models: [FORMER, STAND_IN, ABSENT] });
    expect(
      new Set(
        await until(async () => {
          const seen = await calls(20);
          return seen.every((model) => model === FORMER) ? seen : undefined;
        }),
      ),
    ).toEqual(new Set([FORMER]));
    const metrics = await Promise.all([gateway, second].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    expect(metrics.join('\n')).toMatch(/promotion_changes_total\{state="rolled_back"\} [12]/);
  }, 60_000);

  it('take a slow model back', async () => {
    const id = await inCanary(SLOW, { thresholds: { latency_ratio: 2 } });
    expect(await underLoad(id, 'promoted', 'rolled_back')).toMatchObject({
      state: 'rolled_back',
      reason: 'latency_ratio',
    });
  }, 60_000);

  it('do not rest on too few calls', async () => {
    const id = await inCanary(GOOD, { canary: { ...CANARY, max_step_seconds: 1 } });
    await calls(4);
    expect(await reaches(id, 'rolled_back', 'promoted')).toMatchObject({
      state: 'rolled_back',
      reason: 'not_enough_evidence',
    });
  }, 30_000);

  it('end before the canary where the eval does', async () => {
    upstream.answers(says('Goodbye'));
    const { body } = await request(GOOD);
    expect(await reaches(body['id'] as string, 'failed')).toMatchObject({
      reason: 'eval_thresholds',
      evaluation: { passed: false, score: 0 },
    });
    upstream.answers(models);
  });

  it('go on where processes died', async () => {
    const id = await begun(GOOD);
    await second.kill();
    await gateway.kill();
    gateway = await gateway.another();
    second = await gateway.another();
    client = as(gateway.rootKey);
    await approver().call('POST', `/v1/promotions/${id}/approve`);
    await calls(20);
    await second.kill();
    await gateway.kill();
    gateway = await gateway.another();
    second = await gateway.another();
    client = as(gateway.rootKey);
    expect(await underLoad(id, 'promoted', 'rolled_back')).toMatchObject({ state: 'promoted' });
    await client.call('POST', `/v1/promotions/${id}/rollback`);
  }, 90_000);

  it('heed whoever switches the flag off, or moves the alias', async () => {
    const killed = await inCanary(GOOD);
    const { flag } = await shown(killed);
    await client.call('POST', `/v1/flags/${flag as string}/kill`);
    expect(await reaches(killed, 'rolled_back')).toMatchObject({ reason: 'flag_killed' });
    const moved = await inCanary(GOOD);
    await client.call('PUT', '/v1/models/registry/aliases/steady', { models: [STAND_IN] });
    expect(await reaches(moved, 'rolled_back')).toMatchObject({ reason: 'alias_changed' });
    expect(await aliasNow()).toMatchObject({ models: [STAND_IN] });
    expect(await flags()).toEqual([]);
    await client.call('PUT', '/v1/models/registry/aliases/steady', { models: [FORMER, STAND_IN] });
  }, 60_000);

  it('are one for each alias, and are stopped or turned down by hand', async () => {
    const id = await begun(GOOD);
    expect(await request(BAD)).toMatchObject({ status: 409, body: { param: 'alias' } });
    expect(await approver().call('POST', `/v1/promotions/${id}/reject`, { comment: 'No.' })).toMatchObject({
      body: { state: 'rejected' },
    });
    expect((await approver().call('POST', `/v1/promotions/${id}/approve`)).status).toBe(409);
    const again = await inCanary(GOOD);
    expect(await client.call('POST', `/v1/promotions/${again}/cancel`)).toMatchObject({ body: { state: 'cancelled' } });
    expect(await flags()).toEqual([]);
    const listed = (await client.call('GET', '/v1/promotions?limit=1')).body;
    expect(listed).toMatchObject({ data: [{ id: again, state: 'cancelled' }], next_cursor: again });
  }, 30_000);

  it.each([
    ['an alias that is not there', { alias: 'nope' }, 404, 'alias'],
    ['a suite that is not there', { suite: 'nope' }, 404, 'suite'],
    ['a provider that is not there', { candidate: 'nowhere/x' }, 404, 'model'],
    ['a candidate that is no model', { candidate: 'other' }, 400, 'candidate'],
    ['what the alias stands for already', { candidate: FORMER }, 400, 'candidate'],
    ['steps that do not grow', { canary: { steps: [50, 10] } }, 400, 'canary.steps'],
    ['an unknown threshold', { thresholds: { errors: 1 } }, 400, 'thresholds.errors'],
  ])('refuse %s by name', async (_, more, status, param) => {
    expect(await request(GOOD, more)).toMatchObject({ status, body: { param } });
  });

  it('are for operators of the root tenant', async () => {
    expect((await as(await newKey(['client'])).call('GET', '/v1/promotions')).status).toBe(403);
    const tenant = (await client.call('POST', '/v1/tenants', { name: 'others' })).body['id'] as string;
    const { key } = (await client.call('POST', '/v1/keys', { name: 'x', tenant, roles: ['operator'] })).body;
    expect((await as(key as string).call('GET', '/v1/promotions')).status).toBe(403);
  });

  it('are led from the command line', async () => {
    const tool = 'tools/promote.mjs';
    const canary = ['--steps', '100', '--hold-seconds', '0', '--min-calls', '5'];
    const asked = await command(
      tool,
      ['--alias', 'steady', '--candidate', GOOD, '--suite', 'greets', ...canary],
      gateway,
    );
    expect(asked).toMatchObject({ code: 0, output: expect.stringContaining('evaluating') });
    const [id = ''] = asked.output.split(' ');
    await reaches(id, 'awaiting_approval');
    expect(await command(tool, ['--approve', id], gateway)).toMatchObject({
      code: 2,
      output: expect.stringContaining('second person'),
    });
    const other = { url: gateway.url, rootKey: await newKey(['operator']) };
    const watched = command(tool, ['--approve', id, '--watch'], other);
    await underLoad(id, 'promoted', 'rolled_back');
    expect(await watched).toMatchObject({ code: 0, output: expect.stringContaining('promoted') });
    expect(await command(tool, ['--rollback', id], gateway)).toMatchObject({
      code: 0,
      output: expect.stringContaining('rolled_back'),
    });
    expect(await command(tool, ['--status', id, '--watch'], gateway)).toMatchObject({ code: 1 });
    expect((await command(tool, ['--alias', 'steady'], gateway)).code).toBe(2);
  }, 60_000);

  it('end where they can never be completed', async () => {
    /** Fails so many of the calls of that model. */
    const failing = (name: string, times: number) => {
      let left = times;
      upstream.answers((exchange) => {
        const { model, prompt } = askedOf(exchange);
        const isOne = model === name && !prompt.includes('examiner') && left-- > 0;
        return isOne ? json({ error: { message: 'down', type: 'x' } }, 500)(exchange) : models(exchange);
      });
    };
    const id = await inCanary(LEAVING, { alias: 'other', canary: { ...CANARY, steps: [100], min_calls: 6 } });
    // may be chance, so that it waits for more
    failing('claude-haiku-4-5', 2);
    await until(async () => {
      await calls(2, 'other');
      const comparison = (await shown(id))['comparison'] as Body | null;
      return comparison !== null && (comparison['candidate_calls'] as number) >= 6;
    });
    await Promise.all([gateway.kill(), second.kill()]);
    gateway = await gateway.another({ ANTHROPIC_API_KEY: '' });
    second = gateway;
    client = as(gateway.rootKey);
    // the rest does no better: nothing is left to wait for, and the alias cannot stand for a model that nobody serves
    failing('gpt-4o', 10);
    await calls(20, 'other');
    expect(await reaches(id, 'rolled_back', 'promoted')).toMatchObject({
      state: 'rolled_back',
      reason: 'invalid_request',
    });
    expect(await aliasNow('other')).toMatchObject({ models: [FORMER] });
    expect(await flags()).toEqual([]);
    const tries = (await headersOf(gateway.databaseUrl)).filter(
      ({ metadata }) => (metadata as Body)?.['target'] === id,
    );
    expect(tries.map(({ event, outcome }) => [event, outcome]).slice(-3)).toEqual([
      ['promotion.complete', 'intended'],
      ['promotion.complete', 'failed'],
      ['promotion.rollback', 'intended'],
    ]);
    upstream.answers(models);
  }, 60_000);
});
