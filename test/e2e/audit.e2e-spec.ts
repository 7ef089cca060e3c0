import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { Client } from 'pg';
import type { Header } from '../../src/features/audit/format/header';
import { ask, recordOf, until, type Reply } from '../support/ask';
import { asSuperuser, headersOf } from '../support/audit';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { DOORS, type InferenceDoor, readStream } from '../support/inference-doors';
import { answers, FORMAT, inTurn } from '../support/structured';
import { Upstream } from '../support/upstream';
import { json, rests, says } from '../support/upstream-scripts';
import { framesFor } from '../support/vendor-replies';

const MODEL = 'openai/gpt-4o';
const CANARY = 'canary-7731';
const WORDS = 'one two three four five six';
const SETTINGS = `
audit:
  appendMs: 1000
  tenants:
    Sealed: { mode: sealed }
    Standard: { mode: standard }
    Relaxed: { mode: relaxed }
    Silent: { payload: none }
`;
const [CHAT] = DOORS as readonly [InferenceDoor];

let upstream: Upstream;
let gateway: Gateway;
let numbered = 0;
const keys = new Map<string, string>();

async function post(path: string, body: object): Promise<{ status: number; body: Record<string, string> }> {
  const headers = { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json' };
  const answer = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

/** A call of a tenant, and what the log has of it. */
async function call(
  tenant: string,
  {
    door = CHAT,
    stream = false,
    model = MODEL,
    headers = {} as Record<string, string>,
    prompt = 'Hello',
    more = {},
  } = {},
): Promise<{ reply: Reply; entries: () => Promise<Header[]>; id: string }> {
  const id = `audit-${++numbered}`;
  const key = keys.get(tenant) ?? gateway.rootKey;
  const reply = await ask(
    gateway,
    door.path,
    { ...door.ask(model, prompt, stream), ...more },
    {
      authorization: `Bearer ${key}`,
      'x-request-id': id,
      ...headers,
    },
  );
  const entries = async () => (await headersOf(gateway.databaseUrl)).filter(({ request_id }) => request_id === id);
  return { reply, entries, id };
}
const events = (entries: readonly Header[]) => entries.map(({ event }) => event);

/** Nothing can be appended while `work` runs. */
async function withoutLog<T>(work: () => Promise<T>): Promise<T> {
  const client = new Client(asSuperuser(gateway.databaseUrl));
  await client.connect();
  await client.query('begin; lock table audit.batches in exclusive mode');
  try {
    return await work();
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

describe('the audit log', () => {
  beforeAll(async () => {
    upstream = await Upstream.start();
    gateway = await startGateway({ env: upstream.env, settings: SETTINGS });
    for (const name of ['Sealed', 'Standard', 'Relaxed', 'Silent']) {
      const tenant = (await post('/v1/tenants', { name })).body['id'];
      keys.set(name, (await post('/v1/keys', { name, tenant, roles: ['client'] })).body['key']!);
    }
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });
  beforeEach(() => upstream.answers(says(WORDS)));

  let turns = 0;

  it.each(DOORS.flatMap((door) => [false, true].map((stream) => [door.name, stream, door] as const)))(
    'has two entries for a call by %s (streamed: %s): before it leaves, and how it ended',
    async (_name, stream, door) => {
      const { reply, entries } = await call('', { door, stream, headers: { 'x-session-id': 's', 'x-user-id': 'u' } });
      expect(reply.status).toBe(200);
      const [request, response, ...rest] = await entries();
      expect(rest).toEqual([]);
      expect(request).toMatchObject({
        event: 'llm.request',
        v: 1,
        user_id: expect.stringMatching(/^s_[\w-]{22}$/),
        session: expect.stringMatching(/^[\w-]{22}$/),
        turn: ++turns,
        prompt_hash: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/),
        key_id: expect.stringMatching(/^dk_/),
        ct_hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        metadata: { dialect: expect.any(String), stream, operation: 'chat' },
        policy: { policies: expect.stringMatching(/^[0-9a-f]{32}$/) },
      });
      expect(response).toMatchObject({
        event: 'llm.response',
        parent: request!.entry_id,
        outcome: 'answered',
        model: MODEL,
        provider: 'openai',
        model_resolved: MODEL,
        response_hash: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/),
        metadata: { attempts: 1, finish_reason: 'stop', usage: { output_tokens: expect.any(Number) } },
      });
      // the newest that is known when the head of an answer leaves
      expect(reply.headers['x-gatehouse-audit']).toBe(stream ? request!.entry_id : response!.entry_id);
    },
  );

  it('has an entry for what was turned away, and says how', async () => {
    const refused = await call('', { model: 'no-such-model' });
    expect(refused.reply.status).toBe(404);
    const [entry, ...rest] = await refused.entries();
    expect([events([entry!]), rest]).toEqual([['llm.refused'], []]);
    expect(entry).toMatchObject({ outcome: 'refused', metadata: { error_code: 'model_not_found', attempts: 0 } });
    expect(entry).not.toHaveProperty('model');
  });

  it('has an entry for a provider that failed', async () => {
    upstream.answers(json({ error: { message: 'no' } }, 500));
    const failed = await call('');
    expect(failed.reply.status).toBe(502);
    const entries = await failed.entries();
    expect(events(entries)).toEqual(['llm.request', 'llm.response']);
    expect(entries[1]).toMatchObject({ outcome: 'failed', metadata: { error_code: 'provider_failed' } });
  });

  it('names a person by a random reference, the same in each call, another for each tenant', async () => {
    const person = { 'x-user-id': '529.982.247-25' };
    const [one, two, other] = [
      await (await call('', { headers: person })).entries(),
      await (await call('', { headers: person })).entries(),
      await (await call('Silent', { headers: person })).entries(),
    ];
    expect(one[0]!.user_id).toBe(two[0]!.user_id);
    expect(other[0]!.user_id).not.toBe(one[0]!.user_id);
    expect(JSON.stringify(one)).not.toMatch(/529\.?982/);
  });

  it('keeps no text where none is to be kept, but commits to it', async () => {
    const entries = await (await call('Silent')).entries();
    for (const entry of entries) expect(entry).not.toHaveProperty('ct_hash');
    expect(entries[0]).toMatchObject({ prompt_hash: expect.any(String), key_commit: expect.any(String) });
  });

  describe('when nothing can be appended', () => {
    it('no provider is asked, and it is 503 audit_unavailable with retry-after; afterwards the log says so', async () => {
      const before = upstream.exchanges.length;
      const refused = await withoutLog(() => call(''));
      expect(refused.reply.status).toBe(503);
      expect(JSON.parse(refused.reply.text)).toMatchObject({ error: { code: 'audit_unavailable' } });
      expect(refused.reply.headers['retry-after']).toBe('2');
      expect(upstream.exchanges.length).toBe(before);
      const entries = await until(async () => {
        const found = await refused.entries();
        return found.some(({ outcome }) => outcome !== undefined) ? found : undefined;
      });
      expect(entries.at(-1)).toMatchObject({ outcome: 'refused', metadata: { error_code: 'audit_unavailable' } });
    }, 60_000);

    it('an answer that is ready is withheld', async () => {
      const go = new EventEmitter();
      upstream.answers(async (exchange) => {
        await once(go, 'go');
        return says(WORDS)(exchange);
      });
      const before = upstream.exchanges.length;
      const asking = call('');
      await until(() => upstream.exchanges.length > before || undefined);
      const withheld = await withoutLog(() => {
        go.emit('go');
        return asking;
      });
      expect([withheld.reply.status, withheld.reply.text.includes('three')]).toEqual([503, false]);
      await until(async () => (await withheld.entries()).at(-1)?.outcome === 'withheld' || undefined);
    }, 60_000);

    it('a stream does not say that it is complete', async () => {
      const go = new EventEmitter();
      upstream.answers((exchange) => rests(framesFor(exchange, WORDS), 6, once(go, 'go'))(exchange));
      const before = upstream.exchanges.length;
      const asking = call('', { stream: true });
      await until(() => upstream.exchanges.length > before || undefined);
      const { reply } = await withoutLog(() => {
        go.emit('go');
        return asking;
      });
      expect(readStream(CHAT, reply.text)).toMatchObject({
        complete: false,
        failure: { code: 'audit_unavailable' },
      });
    }, 60_000);

    it('a relaxed tenant is served all the same, and its entries follow', async () => {
      const served = await withoutLog(() => call('Relaxed'));
      expect(served.reply.status).toBe(200);
      await until(async () => (await served.entries()).length === 2 || undefined);
      expect(events(await served.entries())).toEqual(['llm.request', 'llm.response']);
    }, 60_000);

    it('nothing is administered', async () => {
      const made = await withoutLog(() => post('/v1/keys', { name: 'x', roles: ['client'] }));
      expect([made.status, made.body['code']]).toEqual([503, 'audit_unavailable']);
    }, 60_000);
  });

  it('of a sealed tenant is complete before the first word of a stream leaves', async () => {
    const go = new EventEmitter();
    upstream.answers((exchange) => rests(framesFor(exchange, WORDS), 6, once(go, 'go'))(exchange));
    let heard = false;
    const before = upstream.exchanges.length;
    const asking = call('Sealed', { stream: true }).then((result) => {
      heard = true;
      return result;
    });
    await until(() => upstream.exchanges.length > before || undefined);
    await new Promise((passed) => setTimeout(passed, 200));
    expect(heard).toBe(false);
    go.emit('go');
    const { reply, entries } = await asking;
    expect(readStream(CHAT, reply.text)).toMatchObject({ text: WORDS, complete: true });
    expect(events(await entries())).toEqual(['llm.request', 'llm.response']);
  });

  it('of a relaxed tenant is one call, whose entries belong to each other', async () => {
    const { entries, id } = await call('Relaxed');
    await until(async () => (await entries()).length === 2 || undefined);
    const [request, response] = await entries();
    expect(response).toMatchObject({ event: 'llm.response', parent: request!.entry_id });
    expect(await recordOf(gateway, id)).toMatchObject({
      status: 'answered',
      audit: { request: request!.entry_id, response: response!.entry_id, repair: null },
    });
  });

  it.each<[tenant: string, ...entries: string[]]>([
    ['', 'llm.request', 'llm.request', 'llm.response'],
    ['Sealed', 'llm.request', 'llm.request', 'llm.response'],
    ['Standard', 'llm.response'],
    ['Relaxed', 'llm.request', 'llm.request', 'llm.response'],
  ])('tells of a repair as the mode has it: %s', async (tenant, ...expected) => {
    upstream.answers(inTurn(answers(false, 'no JSON'), answers(false, '{"name": "Ada", "age": 36}')));
    const { reply, entries, id } = await call(tenant, {
      more: FORMAT.chat,
      headers: { 'x-gatehouse-validate': 'repair' },
    });
    expect([reply.status, reply.headers['x-gatehouse-validated']]).toEqual([200, 'repaired']);
    await until(async () => (await entries()).length === expected.length || undefined);
    const found = await entries();
    expect(events(found)).toEqual(expected);
    const [first, ...later] = found;
    for (const { parent } of later) expect(parent).toBe(first!.entry_id);
    const repair = found.length > 1 ? found[1]!.entry_id : null;
    expect(await recordOf(gateway, id)).toMatchObject({
      status: 'answered',
      validated: 'repaired',
      attempts: 2,
      usage: { input_tokens: 10, output_tokens: 14 },
      audit: { repair, response: found.at(-1)!.entry_id },
    });
  });

  it('of a standard tenant has one entry, before the last word', async () => {
    const { reply, entries } = await call('Standard');
    const [entry, ...rest] = await entries();
    expect([events([entry!]), rest]).toEqual([['llm.response'], []]);
    expect(entry).toMatchObject({ prompt_hash: expect.any(String), response_hash: expect.any(String) });
    expect(reply.headers['x-gatehouse-audit']).toBe(entry!.entry_id);
  });

  it('has what administrators do, before it happens, and what came of it', async () => {
    const made = await post('/v1/keys', { name: `${CANARY} of Ann`, roles: ['client'] });
    await fetch(`${gateway.url}/v1/keys/${made.body['id']}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${gateway.rootKey}` },
    });
    await post('/v1/tenants', { name: 'Sealed' });
    const all = await headersOf(gateway.databaseUrl);
    const of = (target: string | undefined) => all.filter(({ metadata }) => metadata?.['target'] === target);
    expect(of(made.body['id']).map(({ event, outcome }) => [event, outcome])).toEqual([
      ['key.create', 'intended'],
      ['key.revoke', 'intended'],
    ]);
    expect(all.at(-1)).toMatchObject({
      event: 'tenant.create',
      outcome: 'failed',
      metadata: { error_code: 'conflict' },
    });
  });

  it('has who came to govern, what was configured, and that writers opened', async () => {
    const all = await headersOf(gateway.databaseUrl);
    expect(events(all)).toEqual(expect.arrayContaining(['access.login', 'config.loaded', 'secret.loaded']));
    expect(all[0]?.event).toBe('writer.open');
  });

  it('explains a call from its entries', async () => {
    const { id, entries } = await call('');
    const headers = { authorization: `Bearer ${gateway.rootKey}` };
    const view = await (await fetch(`${gateway.url}/v1/requests/${id}`, { headers })).json();
    const [request, response] = await entries();
    expect(view).toMatchObject({
      request_id: id,
      status: 'answered',
      provider: 'openai',
      provider_model: 'gpt-4o',
      audit: { request: request!.entry_id, response: response!.entry_id },
    });
  });

  it('holds no word of prompt, answer or person that somebody who steals the database could read', async () => {
    upstream.answers(says(`${CANARY} said`));
    await call('', {
      prompt: `${CANARY} asked`,
      headers: { 'x-user-id': `${CANARY}@example.org`, 'x-session-id': `${CANARY}-session` },
    });
    const text = await databaseText(gateway.databaseUrl);
    expect(text).toContain('llm.response');
    for (const form of [CANARY, Buffer.from(CANARY).toString('hex'), Buffer.from(CANARY).toString('base64')])
      // names of keys and tenants stand in tables of their own, for those who administer them
      expect(text.split('\n').filter((row) => !/^public\.(api_keys|tenants) /.test(row) && row.includes(form))).toEqual(
        [],
      );
    expect(gateway.logs()).not.toContain(CANARY);
  });
});
