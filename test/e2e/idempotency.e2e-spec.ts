import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { Client } from 'pg';
import { ask, begin, recordOf, until, type Reply } from '../support/ask';
import { Cable } from '../support/cable';
import { testDatabase, type TestDatabase } from '../support/database';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS } from '../support/inference-doors';
import { type Exchange, type Script, Upstream } from '../support/upstream';
import { json, never, says, stalls } from '../support/upstream-scripts';
import { framesFor } from '../support/vendor-replies';

const MODELS = ['openai/gpt-4o', 'anthropic/claude-haiku-4-5'] as const;
const LEASE_MS = 1_000;
const SETTINGS = `idempotency: { leaseMs: ${LEASE_MS}, answerBytes: 100000 }`;
const CANARY = 'canary-7f3a';
const CHAT = '/v1/chat/completions';
const chat = (content: string, more: object = {}) => ({
  model: MODELS[0],
  messages: [{ role: 'user', content }],
  ...more,
});
let keys = 0;
/** A key of its own for each test, and a secret that must not be found anywhere. */
const newKey = (): string => `${CANARY} key ${++keys}`;
const named = (key: string, more: Record<string, string> = {}) => ({ 'idempotency-key': key, ...more });

/** Answers when told to. */
function gate(script: Script): { script: Script; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, script: async (exchange: Exchange) => (await opened, script(exchange)) };
}

describe('an idempotency key', () => {
  let upstream: Upstream;
  let database: TestDatabase;
  let line: Cable;
  let client: Client;
  let gateway: Gateway;
  let replica: Gateway;

  beforeAll(async () => {
    [upstream, database] = await Promise.all([Upstream.start(), testDatabase()]);
    const server = new URL(database.url);
    line = await Cable.to(server);
    client = new Client(database.url);
    await client.connect();
    gateway = await startGateway({ env: { ...upstream.env, DATABASE_URL: line.through(server) }, settings: SETTINGS });
    replica = await gateway.another();
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await client?.end();
    line?.close();
    await upstream?.close();
    await database?.drop();
  });

  const asked = () => upstream.exchanges.length;
  const isAsked = (times = 1) => until(() => asked() === times || undefined);
  const code = ({ text }: Reply) => (JSON.parse(text) as { error: { code: string } }).error.code;

  it('costs nothing where there is none', async () => {
    upstream.answers(says('Hello'));
    await ask(gateway, CHAT, chat('Hi'));
    await ask(replica, CHAT, chat('Hi'));
    const { rows } = await client.query(
      `select from pg_stat_activity where application_name = 'gatehouse-idempotency' and datname = current_database()`,
    );
    expect(rows).toEqual([]);
    expect(asked()).toBe(2);
  });

  it.each(['', 'x'.repeat(256), 'größe'])('that is none is refused by name: %j', async (key) => {
    const answer = await ask(gateway, CHAT, chat('Hi'), named(key));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('idempotency-key');
  });

  it('gives the same bytes again at every door, whichever model and replica, streamed or not', async () => {
    upstream.answers(says(`one two ${CANARY}`));
    const calls = DOORS.flatMap((door) =>
      MODELS.flatMap((model) =>
        [false, true].map((stream) => ({ path: door.path, body: door.ask(model, CANARY, stream), key: newKey() })),
      ),
    );
    calls.push({
      path: '/v1/embeddings',
      body: { model: 'openai/text-embedding-3-small', input: CANARY },
      key: newKey(),
    });
    const first = await Promise.all(calls.map(({ path, body, key }) => ask(gateway, path, body, named(key))));
    expect(asked()).toBe(calls.length);
    // a time of their own would be another one
    await sleep(1_050);
    const again = await Promise.all(calls.map(({ path, body, key }) => ask(replica, path, body, named(key))));
    expect(asked()).toBe(calls.length);
    for (const [i, answer] of again.entries()) {
      expect([first[i]?.status, answer.status]).toEqual([200, 200]);
      expect(answer.text).toBe(first[i]?.text);
      expect(answer.headers['content-type']).toBe(first[i]?.headers['content-type']);
      expect(answer.headers).toMatchObject({ 'idempotent-replayed': 'true', 'x-gatehouse-attempts': '0' });
      expect(first[i]?.headers['idempotent-replayed']).toBeUndefined();
      expect(answer.headers['x-request-id']).not.toBe(first[i]?.headers['x-request-id']);
    }
  });

  it('may stand in the body, where it means the same', async () => {
    upstream.answers(says('Hello'));
    const key = newKey();
    const first = await ask(gateway, CHAT, chat('Hi'), named(key));
    const body = { ...chat('Hi'), gatehouse: { idempotency_key: key, timeout_ms: 9_000 } };
    const again = await ask(replica, CHAT, body);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    expect(asked()).toBe(1);
  });

  it('makes the repeat a call of its own, that cost nothing', async () => {
    upstream.answers(says('Hello'));
    const key = newKey();
    await ask(gateway, CHAT, chat('Hi'), named(key, { 'x-request-id': 'first' }));
    await ask(gateway, CHAT, chat('Hi'), named(key, { 'x-request-id': 'again' }));
    const [first, again] = await Promise.all([recordOf(gateway, 'first'), recordOf(gateway, 'again')]);
    expect(first).toMatchObject({ status: 'answered', repeated: false, attempts: 1, usage: { output_tokens: 7 } });
    expect(again).toMatchObject({ status: 'answered', repeated: true, attempts: 0, usage: null, model: MODELS[0] });
    expect(again['id']).not.toBe(first['id']);
  });

  it('works with the official SDKs', async () => {
    upstream.answers(says('one two three'));
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.rootKey, maxRetries: 0 });
    const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: gateway.rootKey, maxRetries: 0 });
    const [chatKey, streamKey, messageKey] = [newKey(), newKey(), newKey()];
    const ways = [
      () => openai.chat.completions.create(chat('Hi') as never, { headers: named(chatKey) }),
      async () => {
        const stream = openai.chat.completions.stream(chat('Hi') as never, { headers: named(streamKey) });
        return stream.finalChatCompletion();
      },
      async () => {
        const body = { model: MODELS[0], max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hi' }] };
        return anthropic.messages.stream(body, { headers: named(messageKey) }).finalMessage();
      },
    ];
    for (const way of ways) {
      const first: unknown = await way();
      expect(JSON.stringify(first)).toContain('one two three');
      expect(await way()).toEqual(first);
    }
    expect(asked()).toBe(ways.length);
  });

  it('asks a provider once for 200 calls at a time, over two replicas', async () => {
    const { script, open } = gate(says('Hello'));
    upstream.answers(script);
    const key = newKey();
    const calls = Array.from({ length: 200 }, (_, i) => ask(i % 2 ? gateway : replica, CHAT, chat('Hi'), named(key)));
    await isAsked();
    await sleep(300);
    // whoever has no key is not held up by those who wait
    expect((await ask(gateway, '/v1/messages/count_tokens', DOORS[2]?.ask(MODELS[0], 'x', false) ?? {})).status).toBe(
      200,
    );
    open();
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'])).toHaveLength(199);
    expect(upstream.exchanges.filter(({ path }) => path === CHAT)).toHaveLength(1);
  });

  it('names one body: another one is a conflict, while the first is answered and after', async () => {
    const { script, open } = gate(says('Hello'));
    upstream.answers(script);
    const key = newKey();
    const first = ask(gateway, CHAT, chat('Hi'), named(key));
    await isAsked();
    const others = () =>
      Promise.all([
        ask(gateway, CHAT, chat('Ho'), named(key)),
        ask(replica, CHAT, chat('Hi', { stream: true }), named(key)),
        ask(replica, '/v1/messages', { ...chat('Hi'), max_tokens: 5 }, named(key)),
      ]);
    const conflicts = await others();
    open();
    expect((await first).status).toBe(200);
    for (const conflict of [...conflicts, ...(await others())]) {
      expect(conflict.status).toBe(409);
      expect(conflict.headers['retry-after']).toBeUndefined();
      expect(conflict.headers['x-should-retry']).toBe('false');
    }
    expect(code(conflicts[0] as Reply)).toBe('idempotency_conflict');
    // the order of members is no difference
    const { messages, model } = chat('Hi');
    expect((await ask(gateway, CHAT, { messages, model }, named(key))).headers['idempotent-replayed']).toBe('true');
    expect(asked()).toBe(1);
  });

  it('lets a call wait no longer than its own deadline', async () => {
    const { script, open } = gate(says('Hello'));
    upstream.answers(script);
    const key = newKey();
    const first = ask(gateway, CHAT, chat('Hi'), named(key));
    await isAsked();
    const hurried = named(key, { 'x-gatehouse-timeout-ms': '200' });
    for (const late of await Promise.all([gateway, replica].map((one) => ask(one, CHAT, chat('Hi'), hurried)))) {
      expect([late.status, code(late)]).toEqual([409, 'idempotency_conflict']);
      expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
      expect(late.headers['x-should-retry']).toBeUndefined();
    }
    open();
    expect((await first).status).toBe(200);
  });

  it('keeps no failure: whoever waited takes over, and whoever comes later asks', async () => {
    const { script, open } = gate(json({ error: { message: 'no', type: 'invalid_request_error' } }, 400));
    upstream.answers((exchange) => (asked() === 1 ? script(exchange) : says('Hello')(exchange)));
    const key = newKey();
    const first = ask(gateway, CHAT, chat('Hi'), named(key));
    await isAsked();
    const waiting = [gateway, gateway, replica].map((one) => ask(one, CHAT, chat('Hi'), named(key)));
    await sleep(100);
    open();
    expect((await first).status).toBe(400);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked()).toBe(2);
  });

  it('keeps no stream that nobody read to its end', async () => {
    upstream.answers((exchange) => stalls(framesFor(exchange, 'one two').slice(0, 3).join(''))(exchange));
    const key = newKey();
    const body = chat('Hi', { stream: true });
    const asking = begin(gateway, CHAT, body, named(key));
    const response = await asking.response;
    await new Promise((seen) => response.once('data', seen));
    const waiting = ask(replica, CHAT, body, named(key));
    upstream.answers(says('three four'));
    asking.request.destroy();
    expect((await waiting).text).toContain('four');
    expect((await ask(gateway, CHAT, body, named(key))).headers['idempotent-replayed']).toBe('true');
    expect(asked()).toBe(1);
  });

  it('keeps no answer that is too large', async () => {
    upstream.answers(says('x'.repeat(100_001)));
    const key = newKey();
    for (const stream of [false, true]) {
      const answers = [1, 2].map(() => ask(gateway, CHAT, chat('Hi', { stream }), named(`${key} ${stream}`)));
      for (const { status, headers } of await Promise.all(answers)) {
        expect(status).toBe(200);
        expect(headers['idempotent-replayed']).toBeUndefined();
      }
    }
    expect(asked()).toBe(4);
  });

  it('outlives the process: an answer is still there, and a call that died with it is taken over', async () => {
    const doomed = await gateway.another();
    upstream.answers(says('Hello'));
    const [kept, lost] = [newKey(), newKey()];
    await ask(doomed, CHAT, chat('Hi'), named(kept));
    upstream.answers(never);
    const first = ask(doomed, CHAT, chat('Hi'), named(lost)).catch(() => 'gone');
    await isAsked();
    // longer than a lease: it is renewed
    const waiting = ask(replica, CHAT, chat('Hi'), named(lost));
    await sleep(2 * LEASE_MS);
    expect(asked()).toBe(1);
    upstream.answers(says('Hello again'));
    await doomed.kill();
    await first;
    expect((await waiting).text).toContain('Hello again');
    expect((await ask(replica, CHAT, chat('Hi'), named(kept))).headers['idempotent-replayed']).toBe('true');
    expect(asked()).toBe(1);
  });

  it('asks nobody when the answers cannot be looked up, and gives what it has when they cannot be kept', async () => {
    const { script, open } = gate(says(CANARY));
    upstream.answers(script);
    const [before, after] = [newKey(), newKey()];
    const answered = ask(gateway, CHAT, chat('Hi'), named(before));
    await isAsked();
    await client.query('begin');
    await client.query('lock table idempotent_answers in access exclusive mode');
    open();
    const refused = await ask(gateway, CHAT, chat('Hi'), named(after));
    const given = await answered;
    await client.query('rollback');
    expect([refused.status, code(refused)]).toEqual([503, 'storage_unavailable']);
    expect(given.status).toBe(200);
    expect(given.text).toContain(CANARY);
    expect(asked()).toBe(1);
    await until(() => gateway.logs().includes('an answer could not be kept') || undefined);
  }, 60_000);

  it('asks nobody while the database is away', async () => {
    upstream.answers(says('Hello'));
    const key = newKey();
    line.cut();
    const refused = await ask(gateway, CHAT, chat('Hi'), named(key));
    line.mend();
    expect([refused.status, code(refused)]).toEqual([503, 'audit_unavailable']);
    expect(asked()).toBe(0);
    await until(async () => (await ask(gateway, CHAT, chat('Hi'), named(key))).status === 200 || undefined);
    expect(asked()).toBe(1);
  }, 60_000);

  it('leaves nothing to read in the database and the logs', async () => {
    const stored = await databaseText(database.url);
    expect(stored).toContain('public.idempotent_answers');
    for (const text of [stored, gateway.logs(), replica.logs()]) {
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(Buffer.from(CANARY).toString('hex'));
      expect(text).not.toContain(Buffer.from(CANARY).toString('base64').slice(0, 12));
    }
  });
});
