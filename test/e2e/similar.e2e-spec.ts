import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { ask, recordOf, until } from '../support/ask';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS } from '../support/inference-doors';
import { startRedis, type TestRedis } from '../support/redis';
import { type Exchange, type Script, Upstream } from '../support/upstream';
import { json, says } from '../support/upstream-scripts';

const MODEL = 'openai/gpt-4o';
const CANARY = 'quokka';
const EMBEDDING = 'text-embedding-3-small';
const POLICIES = `
defaults:
  retry: { attempts: 1 }
  breaker: { enabled: false }
tenants:
  letters: { cache: { similar: { enabled: true } } }
  neighbour: { cache: { similar: { enabled: true } } }
  meaning: { cache: { similar: { enabled: true, embedding: openai/${EMBEDDING}, oneWordThreshold: 0.95 } } }
  closed: { cache: { similar: { onRequest: false } } }
models:
  openai/gpt-4.1: { cache: { similar: { enabled: true } } }
`;
const TENANTS = ['letters', 'neighbour', 'meaning', 'closed', 'plain'] as const;
type Tenant = (typeof TENANTS)[number];
const off: Script = json({ error: { message: 'busy', type: 'server_error' } }, 503);

/** A person's number that no person has: the digits are counted up, the check digits computed. */
function inventedCpf(): string {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  for (const length of [9, 10]) {
    const sum = digits.reduce((total, digit, i) => total + digit * (length + 1 - i), 0);
    digits.push(((sum * 10) % 11) % 10);
  }
  return digits.join('').replace(/(\d{3})(\d{3})(\d{3})(\d{2})/, '$1.$2.$3-$4');
}

/** Questions that have a word in common point the same way: a model that knows nothing else. */
const embeds =
  (topics: readonly string[]): Script =>
  (exchange: Exchange) => {
    const input = [exchange.body['input']].flat() as string[];
    const data = input.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: [0.01, ...topics.map((topic) => (text.includes(topic) ? 1 : 0))],
    }));
    json({ object: 'list', data, model: EMBEDDING, usage: { prompt_tokens: 7, total_tokens: 7 } })(exchange) as void;
  };

describe('the similar cache', () => {
  let upstream: Upstream;
  let redis: TestRedis;
  let gateway: Gateway;
  const keys = {} as Record<Tenant, string>;

  beforeAll(async () => {
    [upstream, redis] = await Promise.all([Upstream.start(), startRedis()]);
    gateway = await startGateway({ env: { ...upstream.env, REDIS_URL: redis.url }, policies: POLICIES });
    const post = async (path: string, body: object) =>
      JSON.parse((await ask(gateway, path, body)).text) as Record<string, unknown>;
    for (const name of TENANTS) {
      const tenant = (await post('/v1/tenants', { name }))['id'];
      keys[name] = (await post('/v1/keys', { name, tenant }))['key'] as string;
    }
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([upstream?.close(), redis?.stop()]);
  });

  const [door] = DOORS as [(typeof DOORS)[number]];
  async function call(tenant: Tenant, prompt: string | object, headers: Record<string, string> = {}, model = MODEL) {
    const body = typeof prompt === 'string' ? door.ask(model, prompt, false) : prompt;
    const reply = await ask(gateway, door.path, body, { authorization: `Bearer ${keys[tenant]}`, ...headers });
    const said = reply.status === 200 ? door.text(JSON.parse(reply.text)) : '';
    return { ...reply, said, cache: reply.headers['x-gatehouse-cache'] };
  }
  /** Chat is answered with a text, embeddings by topic. */
  const answers = (text: string, topics: readonly string[] = []) =>
    upstream.answers((exchange) => (exchange.path.endsWith('/embeddings') ? embeds(topics) : says(text))(exchange));
  const asked = (path: string) => upstream.exchanges.filter((exchange) => exchange.path.endsWith(path));
  /** An answer is kept while it is already read. */
  const kept = async (tenant: Tenant, prompt: string, headers: Record<string, string> = {}) => {
    await call(tenant, prompt, headers);
    const cache: Record<string, string> =
      tenant === 'plain' || tenant === 'closed' ? { 'x-gatehouse-cache': 'similar' } : {};
    if (tenant !== 'closed')
      await until(async () => (await call(tenant, prompt, cache)).cache === 'similar' || undefined);
  };

  it('gives the answer to nearly the same question, and says where it comes from', async () => {
    answers('In the settings.');
    await kept('letters', 'How do I reset my password?', { 'x-request-id': 'a-first' });
    upstream.answers(off);
    const near = await call('letters', 'Hello, how can I reset the password please', { 'x-request-id': 'a-near' });
    expect([near.said, near.cache]).toEqual(['In the settings.', 'similar']);
    expect(near.headers).toMatchObject({
      'x-gatehouse-similarity-by': 'lexical',
      'x-gatehouse-source-request-id': 'a-first',
      'x-gatehouse-attempts': '0',
      'x-gatehouse-guards': expect.stringContaining('input.pii') as string,
      age: expect.stringMatching(/^\d+$/) as string,
    });
    const similarity = Number(near.headers['x-gatehouse-similarity']);
    expect(similarity).toBeGreaterThan(0.8);
    expect(near.headers['x-gatehouse-degraded']).toBeUndefined();
    expect(await recordOf(gateway, 'a-near')).toMatchObject({
      status: 'answered',
      cache: 'similar',
      degraded: null,
      similarity,
      similarity_by: 'lexical',
      source_request_id: 'a-first',
      attempts: 0,
      usage: { input_tokens: 0, output_tokens: 0 },
    });
  });

  it('gives it for no question that differs in what matters', async () => {
    answers('Yes.');
    await kept('letters', 'Can I pay 100 euros by card in Lisbon?');
    answers('Somebody was asked.');
    for (const other of [
      'Can I pay 900 euros by card in Lisbon?',
      "Can't I pay 100 euros by card in Lisbon?",
      'Can I pay 100 euros by card in Porto?',
      'Where can I pay 100 euros by card in Lisbon?',
      'Can I pay 100 euros by cheque in Lisbon?',
    ])
      expect([other, (await call('letters', other)).said]).toEqual([other, 'Somebody was asked.']);
  });

  it('gives it to no other tenant', async () => {
    answers('A secret.');
    await kept('letters', 'What is the secret of the house?');
    answers('Somebody was asked.');
    for (const tenant of ['neighbour', 'meaning', 'plain'] as const) {
      const reply = await call(tenant, 'what is the secret of the house', { 'x-gatehouse-cache': 'similar' });
      expect([tenant, reply.said]).toEqual([tenant, 'Somebody was asked.']);
    }
  });

  it('gives it to who asks for it, unless the policy forbids that, and to nobody else', async () => {
    const wish = { 'x-gatehouse-cache': 'similar' };
    for (const tenant of ['plain', 'closed'] as const) {
      answers('Twice a week.');
      await kept(tenant, 'How often is the hall cleaned?', wish);
      answers('Somebody was asked.');
      const near = await call(tenant, 'how often is a hall cleaned', wish);
      expect(near.said).toBe(tenant === 'plain' ? 'Twice a week.' : 'Somebody was asked.');
      expect((await call(tenant, 'how often is that hall cleaned')).said).toBe('Somebody was asked.');
    }
  });

  it('gives it to nobody who wants a new answer', async () => {
    answers('Old.');
    await kept('letters', 'What is the news of the day?');
    answers('New.');
    for (const cache of ['no-store', 'refresh'])
      expect((await call('letters', 'what is the news of a day', { 'x-gatehouse-cache': cache })).said).toBe('New.');
  });

  it('may be switched on for a model', async () => {
    answers('By bus.');
    const route = async (prompt: string) => call('plain', prompt, {}, 'openai/gpt-4.1');
    await route('How do I get to the harbour?');
    await until(async () => (await route('how do I get to the harbour')).cache === 'similar' || undefined);
    expect((await call('plain', 'how do I get to a harbour')).cache).toBe('bypass');
  });

  it('looks at the last turn of a conversation alone where all earlier ones are the same', async () => {
    const talk = (first: string, last: string) => ({
      model: MODEL,
      messages: [
        { role: 'user', content: first },
        { role: 'assistant', content: 'Noted.' },
        { role: 'user', content: last },
      ],
    });
    answers('Thirty days.');
    await call('letters', talk('I bought a bike', 'What is the return period?'));
    answers('Somebody was asked.');
    const near = talk('I bought a bike', 'what is the return period');
    await until(async () => (await call('letters', near)).cache === 'similar' || undefined);
    expect((await call('letters', near)).said).toBe('Thirty days.');
    const other = await call('letters', talk('I bought a car', 'what is the return period'));
    expect(other.said).toBe('Somebody was asked.');
  });

  describe('with an embedding model', () => {
    it('finds what is said in another word, and puts the question to the model on the record', async () => {
      answers('In the app.', ['card', 'block']);
      await kept('meaning', 'How do I block my stolen card?');
      upstream.exchanges.length = 0;
      const near = await call('meaning', 'how do I block my pilfered card', { 'x-request-id': 'b-near' });
      expect([near.said, near.cache, near.headers['x-gatehouse-similarity-by']]).toEqual([
        'In the app.',
        'similar',
        EMBEDDING,
      ]);
      expect(asked('/embeddings').map(({ body }) => body['input'])).toEqual([['how do I block my pilfered card']]);
      expect(asked('/chat/completions')).toEqual([]);
      expect(await recordOf(gateway, 'b-near.embedding')).toMatchObject({
        status: 'answered',
        operation: 'embeddings',
        provider_model: EMBEDDING,
        usage: { input_tokens: 7 },
      });
    });

    it('does not take the word of the model for what the second check sees', async () => {
      answers('In the app.', ['fridge', 'return']);
      await kept('meaning', 'How do I return a fridge within 30 days?');
      answers('Somebody was asked.', ['fridge', 'return']);
      for (const other of ['How do I return a fridge within 60 days?', 'How do I not return a fridge within 30 days?'])
        expect((await call('meaning', other)).said).toBe('Somebody was asked.');
    });

    it('compares letters while the model is away, and says so', async () => {
      answers('At nine.', ['gate']);
      await kept('meaning', 'When is the gate of the park opened?');
      upstream.answers(off);
      const near = await call('meaning', 'when is a gate of the park opened');
      expect([near.said, near.headers['x-gatehouse-similarity-by']]).toEqual(['At nine.', 'lexical']);
    });

    it.each([
      ['refuses the key', json({ error: { message: 'no' } }, 401), /^http:\S+\/v1\/embeddings answered 401\n$/],
      ['answers something else', json({}), /^http:\S+ answered with something else than embeddings\n$/],
    ])('is tuned by a command that says so in a line when the model %s', async (_, script, why) => {
      upstream.answers(script);
      const folder = mkdtempSync(join(tmpdir(), 'tune-'));
      const file = join(folder, 'questions.jsonl');
      writeFileSync(file, '{"question": "How are you?"}\n');
      const args = [join(__dirname, '../../tools/cache-tune.mjs'), '--file', file, '--embedding', `${upstream.url}/v1`];
      const ended = await new Promise((done) =>
        execFile(process.execPath, args, (error, _stdout, stderr) => done({ code: error?.code, stderr })),
      );
      rmSync(folder, { recursive: true });
      expect(ended).toEqual({ code: 1, stderr: expect.stringMatching(why) });
    });

    it('neither sends, keeps nor matches a question with personal data', async () => {
      const question = `What is the status of ${inventedCpf()}?`;
      answers('Somebody was asked.', ['status']);
      upstream.exchanges.length = 0;
      for (let i = 0; i < 3; i++) expect((await call('meaning', question)).cache).toBe('miss');
      expect(asked('/embeddings')).toEqual([]);
      expect(asked('/chat/completions')).toHaveLength(3);
    });
  });

  it('leaves nothing of what was asked where others may read it', async () => {
    answers('A small wallaby.');
    await kept('letters', `What is a ${CANARY} of the island?`);
    const client = new Redis(redis.url);
    try {
      const streams = await client.keys('gatehouse:similar:*');
      expect(streams.length).toBeGreaterThan(3);
      for (const name of streams) {
        expect(name).not.toContain(CANARY);
        if ((await client.type(name)) !== 'stream') continue;
        expect(await client.pttl(name)).toBeGreaterThan(0);
        for (const [, fields] of await client.xrangeBuffer(name, '-', '+'))
          expect(Buffer.concat(fields).includes(CANARY)).toBe(false);
      }
    } finally {
      client.disconnect();
    }
    for (const place of [await databaseText(gateway.databaseUrl), gateway.logs()]) expect(place).not.toContain(CANARY);
  });
});
