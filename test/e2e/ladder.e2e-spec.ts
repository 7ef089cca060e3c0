import Anthropic from '@anthropic-ai/sdk';
import { Redis } from 'ioredis';
import OpenAI from 'openai';
import { ask, recordOf, type Reply, until } from '../support/ask';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, type InferenceDoor, readStream } from '../support/inference-doors';
import { startRedis, type TestRedis } from '../support/redis';
import { type Script, Upstream } from '../support/upstream';
import { json, never, says } from '../support/upstream-scripts';

const MODEL = 'openai/gpt-4o';
const CANARY = 'canary-8152-quokka';
const SORRY = 'We are having a bad day.';
const HOURS = 'From Monday to Friday, 9 to 18.';
const off: Script = json({ error: { message: 'busy', type: 'server_error' } }, 503);

const POLICIES = `
defaults:
  retry: { attempts: 1 }
  breaker: { enabled: false }
  cache: { exact: false }
  degradation: { template: false, message: "${SORRY}" }
tenants:
  cached: { degradation: { cached: true } }
  briefly: { degradation: { cached: true, stale: true, freshSeconds: 1 } }
  stale: { degradation: { stale: true } }
  neighbour: { degradation: { cached: true, stale: true, similar: true } }
  similar: { degradation: { similar: true, similarity: 0.6 } }
  template: { degradation: { template: true } }
  terse: { degradation: { message: "" } }
templates:
  - { name: opening-hours, pattern: 'opening hours|when .* open', answer: "${HOURS}" }
`;
const TENANTS = ['cached', 'briefly', 'stale', 'neighbour', 'similar', 'template', 'terse', 'plain'] as const;
type Tenant = (typeof TENANTS)[number];

const WAYS = DOORS.flatMap((door) =>
  [false, true].map((stream) => ({ door, stream, name: `${door.name} ${stream ? 'stream' : 'whole'}` })),
);

describe('the ladder', () => {
  let upstream: Upstream;
  let redis: TestRedis;
  let gateway: Gateway;
  const keys = {} as Record<Tenant, string>;
  const answers: string[] = [];

  beforeAll(async () => {
    [upstream, redis] = await Promise.all([Upstream.start(), startRedis()]);
    gateway = await startGateway({ env: { ...upstream.env, REDIS_URL: redis.url }, policies: POLICIES });
    for (const name of TENANTS) {
      const tenant = (await post('/v1/tenants', { name }))['id'];
      keys[name] = (await post('/v1/keys', { name, tenant }))['key'] as string;
    }
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([upstream?.close(), redis?.stop()]);
  });

  const post = async (path: string, body: object) =>
    JSON.parse((await ask(gateway, path, body)).text) as Record<string, unknown>;

  interface Way {
    readonly door?: InferenceDoor;
    readonly stream?: boolean;
    readonly headers?: Record<string, string>;
  }
  async function call(tenant: Tenant, prompt: string, { door = DOORS[0]!, stream = false, headers = {} }: Way = {}) {
    const body = door.ask(MODEL, `${prompt} ${CANARY}`, stream);
    const reply = await ask(gateway, door.path, body, { authorization: `Bearer ${keys[tenant]}`, ...headers });
    answers.push(reply.text);
    return { ...reply, ...read(reply, door, stream) };
  }
  function read({ status, text }: Reply, door: InferenceDoor, stream: boolean) {
    if (status !== 200) return { said: '', message: door.error(JSON.parse(text))?.message, complete: false };
    if (!stream) return { said: door.text(JSON.parse(text)), message: undefined, complete: true };
    const { text: said, complete, failure } = readStream(door, text);
    return { said, message: failure?.message, complete };
  }
  const gatehouse = ({ headers }: Reply) =>
    ['cache', 'degraded', 'attempts', 'provider', 'model'].map((name) => headers[`x-gatehouse-${name}`]);
  /** An answer is kept while it is already read. */
  const eventually = (check: () => Promise<unknown>) =>
    until(() =>
      check().then(
        () => true,
        () => undefined,
      ),
    ).then(check);

  describe('with fresh answers', () => {
    it.each(WAYS)('gives one to the same request before any model is asked: $name', async ({ door, stream, name }) => {
      upstream.answers(says('the first'));
      const first = await call('cached', name, { door, stream: !stream });
      expect([first.said, ...gatehouse(first)]).toEqual(['the first', 'miss', undefined, '1', 'openai', 'gpt-4o']);
      upstream.answers(says('the second'));
      for (const streamed of [stream, !stream]) {
        const again = await call('cached', name, { door, stream: streamed });
        expect([again.said, again.complete]).toEqual(['the first', true]);
        expect(gatehouse(again)).toEqual(['hit', undefined, '0', 'openai', 'gpt-4o']);
        expect(Number(again.headers['age'])).toBeLessThan(60);
        expect(again.text).not.toContain('chatcmpl-1"');
      }
      expect(upstream.exchanges).toHaveLength(0);
    });

    it('asks again when it is not fresh any more, and then gives the new one', async () => {
      upstream.answers(says('the old'));
      await call('briefly', 'news?');
      upstream.answers(says('the new'));
      const asked = await until(async () => {
        const reply = await call('briefly', 'news?');
        return upstream.exchanges.length ? reply : undefined;
      });
      expect([asked.said, ...gatehouse(asked)]).toEqual(['the new', 'miss', undefined, '1', 'openai', 'gpt-4o']);
      expect((await call('briefly', 'news?')).said).toBe('the new');
    });

    it('bills nothing for them, and says so in the record', async () => {
      upstream.answers(says('the first'));
      await call('cached', 'bill');
      const hit = await call('cached', 'bill', { headers: { 'x-request-id': 'a-hit' } });
      expect(JSON.parse(hit.text)).toMatchObject({
        usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      });
      expect(await recordOf(gateway, 'a-hit')).toMatchObject({
        status: 'answered',
        cache: 'hit',
        degraded: null,
        tried: null,
        attempts: 0,
        provider_model: 'gpt-4o',
        usage: { input_tokens: 0, output_tokens: 0 },
      });
    });

    it('does as the caller says', async () => {
      const given = async (text: string, cache?: string) => {
        upstream.answers(says(text));
        const { said, headers } = await call('cached', 'wish', {
          headers: cache ? { 'x-gatehouse-cache': cache } : {},
        });
        return [said, headers['x-gatehouse-cache']];
      };
      expect(await given('1', 'no-store')).toEqual(['1', 'bypass']);
      expect(await given('2')).toEqual(['2', 'miss']);
      expect(await given('3', 'no-store')).toEqual(['3', 'bypass']);
      expect(await given('4')).toEqual(['2', 'hit']);
      expect(await given('5', 'refresh')).toEqual(['5', 'bypass']);
      expect(await given('6')).toEqual(['5', 'hit']);
      const wrong = await call('cached', 'wish', { headers: { 'x-gatehouse-cache': 'maybe' } });
      expect([wrong.status, wrong.message]).toEqual([
        400,
        'x-gatehouse-cache must be one of no-store, refresh, use, similar',
      ]);
      const door = DOORS[0]!;
      const body = { ...door.ask(MODEL, 'x', false), gatehouse: { cache: 'no-store' } };
      const own = await ask(gateway, door.path, body, { authorization: `Bearer ${keys.cached}` });
      expect(own.headers['x-gatehouse-cache']).toBe('bypass');
      expect(upstream.last.body).not.toHaveProperty('gatehouse');
    });
  });

  describe('when no model answers', () => {
    it.each(WAYS)('gives the last answer to the same request: $name', async ({ door, stream, name }) => {
      upstream.answers(says('the first'));
      const first = await call('stale', name, { door, stream: !stream });
      expect([first.said, ...gatehouse(first)]).toEqual(['the first', 'bypass', undefined, '1', 'openai', 'gpt-4o']);
      upstream.answers(off);
      const stale = await call('stale', name, { door, stream, headers: { 'x-request-id': name.replace(' ', '-') } });
      expect([stale.status, stale.said, stale.complete]).toEqual([200, 'the first', true]);
      expect(gatehouse(stale)).toEqual(['stale', 'stale', '1', 'openai', 'gpt-4o']);
      expect(stale.headers['age']).toMatch(/^\d+$/);
      expect(upstream.exchanges).toHaveLength(1);
      expect(await recordOf(gateway, name.replace(' ', '-'))).toMatchObject({
        status: 'answered',
        degraded: 'stale',
        cache: 'stale',
        attempts: 1,
        usage: { output_tokens: 0 },
      });
      // it is as old as before, and the model is asked as soon as it is back
      upstream.answers(says('the second'));
      const next = await call('stale', name, { door, stream });
      expect([next.said, ...gatehouse(next)]).toEqual(['the second', 'bypass', undefined, '1', 'openai', 'gpt-4o']);
      upstream.answers(off);
      await eventually(async () => expect((await call('stale', name, { door, stream })).said).toBe('the second'));
    });

    it('gives a stale vector too', async () => {
      const embed = () =>
        ask(
          gateway,
          '/v1/embeddings',
          { model: 'openai/text-embedding-3-small', input: 'x' },
          { authorization: `Bearer ${keys.stale}` },
        );
      upstream.answers(says(''));
      const { data } = JSON.parse((await embed()).text) as Record<string, unknown>;
      upstream.answers(off);
      const stale = await embed();
      expect(stale.headers['x-gatehouse-degraded']).toBe('stale');
      expect((JSON.parse(stale.text) as Record<string, unknown>)['data']).toEqual(data);
    });

    it('gives no tenant what was said to another', async () => {
      upstream.answers(says('a secret'));
      await call('neighbour', 'secret?');
      await call('neighbour', 'what is the secret?');
      upstream.answers(off);
      expect((await call('neighbour', 'secret?')).headers['x-gatehouse-cache']).toBe('hit');
      for (const tenant of ['cached', 'stale', 'similar', 'plain'] as const)
        for (const prompt of ['secret?', 'secret', 'what is the secret']) {
          const refused = await call(tenant, prompt, { headers: { 'x-gatehouse-cache': 'similar' } });
          expect([refused.status, refused.headers['x-gatehouse-degraded']]).toEqual([503, 'error']);
        }
    });

    it('gives neither a stale nor a similar answer to who wants none', async () => {
      upstream.answers(says('kept'));
      await Promise.all([call('stale', 'opt out'), call('similar', 'opt out')]);
      upstream.answers(off);
      for (const tenant of ['stale', 'similar'] as const)
        for (const cache of ['no-store', 'refresh']) {
          const refused = await call(tenant, 'opt out', { headers: { 'x-gatehouse-cache': cache } });
          expect([refused.status, refused.headers['x-gatehouse-degraded']]).toEqual([503, 'error']);
        }
      expect((await call('stale', 'opt out')).said).toBe('kept');
    });

    it('keeps nothing where nothing would be read', async () => {
      upstream.answers(says('kept?'));
      await call('plain', 'keep');
      await call('stale', 'keep', { headers: { 'x-gatehouse-cache': 'no-store' } });
      upstream.answers(off);
      expect((await call('plain', 'keep', { headers: { 'x-gatehouse-cache': 'similar' } })).status).toBe(503);
      expect((await call('stale', 'keep')).status).toBe(503);
    });

    it.each(WAYS)(
      'gives the answer to nearly the same question, never past the guard: $name',
      async ({ door, stream, name }) => {
        const question = (euros: number, end = '') =>
          `Can I pay ${euros} euros at the ${name.replace(' ', '')} desk by card${end}`;
        upstream.answers(says('Yes.'));
        await call('similar', question(100, '?'), { door, stream: !stream });
        upstream.answers(off);
        const near = await call('similar', `Hello, ${question(100)}`, { door, stream });
        expect([near.status, near.said, near.complete]).toEqual([200, 'Yes.', true]);
        expect(gatehouse(near)).toEqual(['similar', 'similar', '1', 'openai', 'gpt-4o']);
        expect(near.headers['age']).toMatch(/^\d+$/);
        for (const other of [question(900, '?'), question(100, ', or not?'), question(100).replace('Can', "Can't")])
          expect((await call('similar', other, { door, stream })).status).toBe(503);
      },
    );

    it('gives a similar answer to who asks for it, though the policy does not', async () => {
      const headers = { 'x-gatehouse-cache': 'similar' };
      upstream.answers(says('Yes.'));
      await call('plain', 'Is the reading room on the second floor quiet?', { headers });
      upstream.answers(off);
      const near = await call('plain', 'is the reading room on the second floor quiet', { headers });
      expect([near.said, ...gatehouse(near)]).toEqual(['Yes.', 'similar', undefined, '0', 'openai', 'gpt-4o']);
      expect((await call('plain', 'is the reading room on the second floor quiet')).status).toBe(503);
    });

    it('gives the text of a template to the official SDKs, whole and streamed', async () => {
      upstream.answers(off);
      const messages = [{ role: 'user' as const, content: 'WHEN do you open?' }];
      const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.template, maxRetries: 0 });
      const whole = await openai.chat.completions.create({ model: MODEL, messages }).withResponse();
      expect(whole.data.choices[0]).toMatchObject({ message: { content: HOURS }, finish_reason: 'stop' });
      expect(whole.data).toMatchObject({ model: 'template/opening-hours', usage: { total_tokens: 0 } });
      const headers = ['cache', 'degraded', 'provider', 'model'].map((name) =>
        whole.response.headers.get(`x-gatehouse-${name}`),
      );
      expect(headers).toEqual(['bypass', 'template', 'gatehouse', 'template/opening-hours']);
      let streamed = '';
      for await (const chunk of await openai.chat.completions.create({ model: MODEL, messages, stream: true }))
        streamed += chunk.choices[0]?.delta.content ?? '';
      expect(streamed).toBe(HOURS);
      expect((await openai.responses.create({ model: MODEL, input: 'Opening hours?', store: false })).output_text).toBe(
        HOURS,
      );

      const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: keys.template, maxRetries: 0 });
      const asked = { model: MODEL, max_tokens: 50, messages };
      const message = await anthropic.messages.create(asked);
      expect(message).toMatchObject({
        content: [{ type: 'text', text: HOURS }],
        stop_reason: 'end_turn',
        model: 'template/opening-hours',
      });
      const final = await anthropic.messages.stream(asked).finalMessage();
      expect(final).toMatchObject({ content: [{ type: 'text', text: HOURS }], stop_reason: 'end_turn' });
    });

    it('gives no template where another is asked, or JSON is needed, or the rung is off', async () => {
      upstream.answers(off);
      expect((await call('template', 'Where are you?')).status).toBe(503);
      expect((await call('plain', 'When do you open?')).status).toBe(503);
      const body = { ...DOORS[0]!.ask(MODEL, 'opening hours', false), response_format: { type: 'json_object' } };
      const refused = await ask(gateway, '/v1/chat/completions', body, { authorization: `Bearer ${keys.template}` });
      expect(refused.status).toBe(503);
    });

    it.each(WAYS)('says so in kind words, and when to come back: $name', async ({ door, stream, name }) => {
      upstream.answers(off);
      const headers = { 'x-request-id': `error-${name.replace(' ', '-')}` };
      const refused = await call('plain', name, { door, stream, headers });
      expect([refused.status, refused.message]).toEqual([503, `${SORRY} The provider is overloaded`]);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.headers['x-gatehouse-degraded']).toBe('error');
      expect(refused.headers['x-gatehouse-attempts']).toBe('1');
      expect((await call('terse', name, { door, stream })).message).toBe('The provider is overloaded');
      const record = await recordOf(gateway, headers['x-request-id']);
      expect(record).toMatchObject({ status: 'failed', error_code: 'overloaded', degraded: null });
    });

    it('leaves alone what the caller did: a bad request, or too little time', async () => {
      for (const tenant of ['stale', 'template'] as const) {
        upstream.answers(says('kept'));
        await call(tenant, 'opening hours');
        upstream.answers(json({ error: { message: 'temperature is odd', type: 'invalid_request_error' } }, 400));
        const wrong = await call(tenant, 'opening hours');
        expect([wrong.status, wrong.message]).toEqual([400, 'temperature is odd']);
        expect(wrong.headers['x-gatehouse-degraded']).toBeUndefined();
        upstream.answers(never);
        const late = await call(tenant, 'opening hours', { headers: { 'x-gatehouse-timeout-ms': '100' } });
        expect([late.status, late.message]).toEqual([504, 'The call did not finish within its deadline']);
        expect(late.headers['x-gatehouse-degraded']).toBeUndefined();
      }
    });

    it('goes on without Redis', async () => {
      upstream.answers(says('kept'));
      await call('stale', 'outage');
      upstream.answers(off);
      redis.pause();
      try {
        expect((await call('stale', 'outage')).said).toBe('kept');
        expect((await call('stale', 'another outage')).status).toBe(503);
      } finally {
        redis.resume();
      }
    });
  });

  it('leaves nothing of what was said behind where others may read it', async () => {
    expect(answers.length).toBeGreaterThan(50);
    upstream.answers(says(`${CANARY} said`));
    await call('stale', 'canary');
    await call('similar', 'canary');
    const client = new Redis(redis.url);
    try {
      const stored = await until(async () => {
        const names = await client.keys('gatehouse:answer:*');
        return names.length ? names : undefined;
      });
      for (const name of stored) {
        expect(name).toMatch(/^gatehouse:answer:[\w-]{43}$/);
        const bytes = (await client.getBuffer(name)) ?? Buffer.alloc(0);
        for (const word of [CANARY, 'the first', 'role', 'text']) expect(bytes.includes(word)).toBe(false);
        expect(await client.pttl(name)).toBeGreaterThan(0);
      }
      expect((await client.keys('*')).join()).not.toContain(CANARY);
    } finally {
      client.disconnect();
    }
    const text = await databaseText(gateway.databaseUrl);
    expect(text).toContain('audit.headers');
    for (const place of [text, gateway.logs()]) {
      expect(place).not.toContain(CANARY);
      expect(place).not.toContain('the first');
      expect(place).not.toContain(HOURS);
    }
  });
});
