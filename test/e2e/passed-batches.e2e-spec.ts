import OpenAI, { toFile } from 'openai';
import { recordOf, until } from '../support/ask';
import { BatchVendors } from '../support/batch-vendors';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { query } from '../support/query';

const GPT = 'openai/gpt-4o';
const CLAUDE = 'anthropic/claude-haiku-4-5';
const CHAT = '/v1/chat/completions';
const PRICES = `providers:
  openai: { batch: 0.5 }
  anthropic: { batch: 0.5 }
prices:
  ${GPT}: { input: 2.5, output: 10 }
  ${CLAUDE}: { input: 2.5, output: 10 }
`;
const SETTINGS = `
jobs: { leaseMs: 1500, backoffMs: 50 }
batches: { parallel: 4, pollMs: 100, maxPollMs: 500 }
audit: { approvals: { shred: false } }
`;
const EMAIL = 'ana.souza@mail.example';
/** Five tokens in and seven out, at half the price. */
const LINE_USD = 0.00004125;

type Batch = OpenAI.Batch & {
  gatehouse: { job_id: string; cost_usd: string; pass_through: Record<string, string | null> };
};
interface Line {
  readonly custom_id: string;
  readonly response: { status_code: number; body: Record<string, any> } | null; // oxlint-disable-line typescript/no-explicit-any
  readonly error: { code: string } | null;
}

describe('a batch that its provider works off', () => {
  let vendors: BatchVendors;
  let gateway: Gateway;

  const sdk = () => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.rootKey, maxRetries: 0 });
  const line = (text: string, model = GPT, more: object = {}) => ({
    custom_id: text.slice(0, 60),
    method: 'POST',
    url: CHAT,
    body: { model, messages: [{ role: 'user', content: text }], max_tokens: 50, ...more },
  });
  const create = async (
    lines: readonly object[],
    more: object = { gatehouse: { pass_through: true } },
    headers = {},
  ) => {
    const text = lines.map((one) => JSON.stringify(one)).join('\n');
    const file = await sdk().files.create({ file: await toFile(Buffer.from(text), 'calls.jsonl'), purpose: 'batch' });
    const asked = { input_file_id: file.id, endpoint: CHAT, completion_window: '24h', ...more } as const;
    return (await sdk().batches.create(asked, { headers })) as Batch;
  };
  const shown = async (id: string) => (await sdk().batches.retrieve(id)) as Batch;
  const reaches = (id: string, status: string, ms = 40_000) =>
    until(async () => {
      const batch = await shown(id);
      if (batch.status === 'failed' && status !== 'failed') throw new Error(JSON.stringify(batch.errors));
      return batch.status === status ? batch : undefined;
    }, ms);
  const linesOf = async (file: string | null | undefined): Promise<Line[]> => {
    if (!file) return [];
    const text = await (await sdk().files.content(file)).text();
    return text
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as Line);
  };
  const chargedOnce = (count: number) => {
    expect([...vendors.charged.values()]).toEqual(Array.from({ length: count }, () => 1));
    expect(vendors.singles).toEqual([]);
  };
  const costOf = (lines: number) => (lines * LINE_USD).toFixed(8).replace(/0{1,2}$/, '');

  beforeAll(async () => {
    vendors = await BatchVendors.start();
    gateway = await startGateway({ env: vendors.env, prices: PRICES, settings: SETTINGS });
  }, 60_000);
  beforeEach(() => vendors.forget());
  afterAll(async () => {
    await gateway?.close();
    await vendors?.close();
  });

  it.each([
    ['openai', GPT],
    ['anthropic', CLAUDE],
  ])(
    'at the price of a batch, nothing personal leaving: %s',
    async (provider, model) => {
      vendors.diligent = false;
      const texts = ['one', 'two', 'three', `write to ${EMAIL}`];
      const { id } = await create(texts.map((text) => line(text, model)));
      const sent = await until(async () => {
        const batch = await shown(id);
        return batch.gatehouse.pass_through?.['batch_id'] ? batch : undefined;
      });
      expect(sent).toMatchObject({ status: 'in_progress', gatehouse: { pass_through: { way: 'provider', provider } } });
      expect(vendors.seen).not.toContain(EMAIL);
      expect(vendors.seen).toMatch(/\[\[EMAIL_\w+\]\]/);
      // that it leaves was on record before it did
      const headers = { authorization: `Bearer ${gateway.rootKey}` };
      const open = await fetch(`${gateway.url}/v1/requests/job:${sent.gatehouse.job_id}:4`, { headers });
      const { status, audit } = (await open.json()) as { status: string; audit: Record<string, string | null> };
      expect([status, audit['response']]).toEqual(['in_progress', null]);
      const entry = await fetch(`${gateway.url}/v1/audit/entries/${audit['request']}`, { headers });
      expect(await entry.json()).toMatchObject({
        header: { event: 'llm.request', compliance_flags: ['batch', 'pii.EMAIL'] },
      });
      // nothing is lost, nor read by anybody, while it is there
      expect(await databaseText(gateway.databaseUrl)).not.toContain(EMAIL);
      vendors.work();
      const done = await reaches(id, 'completed');
      expect(done.request_counts).toEqual({ total: 4, completed: 4, failed: 0 });
      const answers = await linesOf(done.output_file_id);
      expect(answers.map(({ response }) => response?.body['choices'][0].message.content as string)).toEqual(
        texts.map((text) => `You said: ${text}`),
      );
      chargedOnce(4);
      expect(done.gatehouse.cost_usd).toBe(costOf(4));
      const record = await recordOf(gateway, `job:${done.gatehouse.job_id}:1`);
      expect(record).toMatchObject({ status: 'answered', batch: true, provider, cost_usd: '0.00004125' });
      const rows = await until(async () => {
        const found = await query(
          gateway.databaseUrl,
          `select cost_picos::text from spend where batch and provider = '${provider}'`,
        );
        return found.length === 4 ? found : undefined;
      });
      expect(rows).toEqual(Array.from({ length: 4 }, () => ({ cost_picos: '41250000' })));
      // nothing is left at the provider, nor of what tokens stood for
      await until(() => (provider === 'openai' ? !vendors.files.size : !vendors.batches.size) || undefined);
      expect(await databaseText(gateway.databaseUrl)).not.toContain(EMAIL);
      expect(gateway.logs()).not.toContain(EMAIL);
    },
    60_000,
  );

  it.each([
    ['openai', GPT],
    ['anthropic', CLAUDE],
  ])(
    'with what failed there in the error file: %s',
    async (_, model) => {
      vendors.fate = (text) =>
        text === 'two' ? { status: 429, type: 'rate_limit_error' } : text === 'three' ? 'expire' : 'answer';
      const { id } = await create(['one', 'two', 'three'].map((text) => line(text, model)));
      const done = await reaches(id, 'completed');
      expect(done.request_counts).toEqual({ total: 3, completed: 1, failed: 2 });
      expect((await linesOf(done.output_file_id)).map(({ custom_id: name }) => name)).toEqual(['one']);
      expect(await linesOf(done.error_file_id)).toMatchObject([
        { custom_id: 'two', response: { status_code: 429, body: { error: { code: 'rate_limited' } } } },
        { custom_id: 'three', response: null, error: { code: 'batch_expired' } },
      ]);
      chargedOnce(1);
      expect(done.gatehouse.cost_usd).toBe(costOf(1));
      for (const [n, status] of [
        [2, 'refused'],
        [3, 'failed'],
      ] as const)
        expect(await recordOf(gateway, `job:${done.gatehouse.job_id}:${n}`)).toMatchObject({ status, cost_usd: null });
    },
    60_000,
  );

  it.each([
    ['openai', GPT, 'POST /v1/files'],
    ['openai', GPT, 'POST /v1/batches'],
    ['openai', GPT, 'GET /v1/batches/[^/]+'],
    ['openai', GPT, 'GET /v1/files/[^/]+/content'],
    ['anthropic', CLAUDE, 'POST /v1/messages/batches'],
    ['anthropic', CLAUDE, 'GET /v1/messages/batches/[^/]+/results'],
  ])(
    'once, when its process dies: %s %s at %s',
    async (_, model, stall) => {
      vendors.stalls = new RegExp(`^${stall}$`);
      const texts = ['one', 'two', `write to ${EMAIL}`];
      const { id } = await create(texts.map((text) => line(text, model)));
      await until(() => vendors.stalled || undefined);
      await gateway.kill();
      vendors.stalls = undefined;
      gateway = await gateway.another();
      const done = await reaches(id, 'completed');
      expect(vendors.asked.filter((asked) => /^POST \/v1\/(messages\/)?batches$/.test(asked)).length).toBe(1);
      chargedOnce(3);
      expect(done.gatehouse.cost_usd).toBe(costOf(3));
      const answers = await linesOf(done.output_file_id);
      expect(answers.map(({ response }) => response?.body['choices'][0].message.content as string)).toEqual(
        texts.map((text) => `You said: ${text}`),
      );
    },
    90_000,
  );

  it.each([
    ['openai', GPT],
    ['anthropic', CLAUDE],
  ])(
    'is cancelled there too, and what was done is paid for and handed out: %s',
    async (_, model) => {
      vendors.diligent = false;
      const { id } = await create(['one', 'two', 'three'].map((text) => line(text, model)));
      await until(async () => (await shown(id)).gatehouse.pass_through?.['batch_id'] ?? undefined);
      vendors.work(1);
      expect((await sdk().batches.cancel(id)).status).toBe('cancelling');
      const ended = await reaches(id, 'cancelled');
      expect(vendors.asked.filter((asked) => asked.endsWith('/cancel'))).toHaveLength(1);
      expect(ended.request_counts).toEqual({ total: 3, completed: 1, failed: 0 });
      expect((await linesOf(ended.output_file_id)).map(({ custom_id: name }) => name)).toEqual(['one']);
      expect((await linesOf(ended.error_file_id)).map(({ error }) => error?.code)).toEqual(
        Array.from({ length: 2 }, () => 'batch_cancelled'),
      );
      chargedOnce(1);
      expect((await shown(id)).gatehouse.cost_usd).toBe(costOf(1));
      // tried again, the others are done here
      const retried = await fetch(`${gateway.url}/v1/jobs/${ended.gatehouse.job_id}/retry`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.rootKey}` },
      });
      expect(retried.status).toBe(202);
      expect((await reaches(id, 'completed')).request_counts).toEqual({ total: 3, completed: 3, failed: 0 });
      expect(vendors.singles).toHaveLength(2);
    },
    60_000,
  );

  it.each([
    ['openai', GPT],
    ['anthropic', CLAUDE],
  ])('is stopped there when whom it is about is erased: %s', async (provider, model) => {
    vendors.diligent = false;
    const user = `ana at ${provider}`;
    const { id } = await create([line('one', model), line('two', model, { user })]);
    await until(async () => (await shown(id)).gatehouse.pass_through?.['batch_id'] ?? undefined);
    const shred = await fetch(`${gateway.url}/v1/audit/subjects/${encodeURIComponent(user)}/shred`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ basis: 'GDPR 17(1)(b)' }),
    });
    expect(await shred.json()).toMatchObject({ purged: { jobs: 1, files: 1 } });
    expect(vendors.asked.filter((asked) => asked.endsWith('/cancel'))).toHaveLength(1);
    await expect(shown(id)).rejects.toMatchObject({ status: 404 });
  });

  it('stays here when it cannot go, and says why', async () => {
    const image = [{ role: 'user', content: [{ type: 'text', text: 'see' }] }];
    for (const [reason, lines, more, headers] of [
      ['not_asked', [line('one')], {}, {}],
      ['several_models', [line('one'), line('two', CLAUDE)], undefined, {}],
      ['model', [line('one', 'nobody/knows-it')], undefined, {}],
      ['model', [line('one', 'auto', { messages: image })], undefined, {}],
      ['repair', [line('one')], undefined, { 'x-gatehouse-validate': 'repair' }],
    ] as const) {
      const { id } = await create(lines, more, headers);
      const done = await reaches(id, 'completed');
      expect(done.gatehouse.pass_through).toMatchObject({ way: 'here', reason });
    }
    expect(vendors.batches.size).toBe(0);
    await expect(create([line('one')], {}, { 'x-gatehouse-pass-through': 'perhaps' })).rejects.toMatchObject({
      status: 400,
      param: 'x-gatehouse-pass-through',
    });
  }, 60_000);

  it.each(['creating', 'validating'] as const)(
    'stays here when its provider refuses it: %s',
    async (when) => {
      vendors.refuses = when;
      const { id } = await create([line('one'), line('two')], {}, { 'x-gatehouse-pass-through': 'true' });
      const done = await reaches(id, 'completed');
      expect(done.gatehouse).toMatchObject({ pass_through: { way: 'here', reason: 'refused' }, cost_usd: '0.000165' });
      expect(vendors.singles).toHaveLength(2);
      expect(vendors.charged.size).toBe(0);
    },
    60_000,
  );

  it('is held for as long as it takes, and nothing stays held', async () => {
    const tenant = (await query(gateway.databaseUrl, 'select id from tenants where root')) as { id: string }[];
    const made = await fetch(`${gateway.url}/v1/budgets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ scope: { tenant: tenant[0]?.id }, limit_usd: '1', period: 'total', action: 'block' }),
    });
    const budget = (await made.json()) as { id: string };
    const shownBudget = async () => {
      const headers = { authorization: `Bearer ${gateway.rootKey}` };
      return (await (await fetch(`${gateway.url}/v1/budgets/${budget.id}`, { headers })).json()) as Record<
        string,
        string
      >;
    };
    const before = Number((await shownBudget())['spent_usd']);
    const held = async () => {
      const rows = await query(gateway.databaseUrl, 'select coalesce(sum(picos), 0)::text as held from budget_holds');
      return (rows as { held: string }[])[0]?.held;
    };
    vendors.diligent = false;
    // no maximum: as many tokens as the model gives are held for, in each of its answers
    const { id } = await create([line('one', GPT, { max_tokens: undefined, n: 2 }), line('two')]);
    await until(async () => (await shown(id)).gatehouse.pass_through?.['batch_id'] ?? undefined);
    expect(Number(await held())).toBeGreaterThan(2 * 16_384 * 10_000_000);
    vendors.work();
    await reaches(id, 'completed');
    await until(async () => ((await held()) === '0' ? true : undefined));
    const after = await shownBudget();
    expect(after).toMatchObject({ held_usd: '0.000000' });
    expect(Number(after['spent_usd']) - before).toBeCloseTo(2 * LINE_USD, 9);
    await expect(
      create(Array.from({ length: 40 }, (_, i) => line(`n${i}`, GPT, { max_tokens: undefined }))),
    ).rejects.toMatchObject({ status: 402 });
  }, 60_000);
});
