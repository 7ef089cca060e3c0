import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import OpenAI, { toFile } from 'openai';
import { ask, until } from '../support/ask';
import { databaseText } from '../support/database-text';
import { type Gateway, startGateway } from '../support/gateway';
import { query } from '../support/query';
import { type Script, Upstream } from '../support/upstream';
import { json, never, says } from '../support/upstream-scripts';

const GPT = 'openai/gpt-4o';
const CHAT = '/v1/chat/completions';
const PRICES = `prices:
  ${GPT}: { input: 2.5, output: 10 }
`;
const LARGEST = 2_000_000;
const SETTINGS = `
files: { bytes: ${LARGEST} }
jobs: { leaseMs: 1500, backoffMs: 50 }
idempotency: { leaseMs: 1000 }
batches: { parallel: 4 }
limits: { historyCharacters: 1000 }
`;
const CANARY = 'canary-5b1e';

interface Key {
  readonly id: string;
  readonly key: string;
  readonly tenant: string;
}
interface Answer {
  readonly status: number;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

/** An upload that does not say how long it is. */
async function unannounced(gateway: Gateway, key: string, bytes: number): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(gateway.url);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=b' };
  const outgoing = request({ hostname, port, path: '/v1/files', method: 'POST', agent: false, headers });
  outgoing.write('--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n');
  for (let left = bytes; left > 0; left -= 65_536) outgoing.write('x'.repeat(65_536));
  outgoing.end('\r\n--b--\r\n');
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

describe('work that nobody waits for', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  const keys: Record<string, Key> = {};

  const call = async (key: string, method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  };
  const keyOf = (who: string) => keys[who]?.key ?? gateway.rootKey;

  beforeAll(async () => {
    upstream = await Upstream.start();
    upstream.answers(says('Hello there'));
    gateway = await startGateway({ env: upstream.env, prices: PRICES, settings: SETTINGS });
    for (const tenant of ['acme', 'rival']) {
      const made = await call(gateway.rootKey, 'POST', '/v1/tenants', { name: tenant });
      for (const role of ['client', 'operator']) {
        const body = { name: `${tenant} ${role}`, tenant: made.body['id'], roles: [role] };
        const key = (await call(gateway.rootKey, 'POST', '/v1/keys', body)).body as Key;
        keys[`${tenant} ${role}`] = { ...key, tenant: made.body['id'] as string };
      }
    }
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  describe('a session', () => {
    const SESSION = `${CANARY} ana@mail.example`;
    const path = (who: string, more = '') =>
      call(keyOf(who), 'GET', `/v1/sessions/${encodeURIComponent(SESSION)}${more}`);
    const turn = (on: Gateway, who: string, prompt: string, requestId: string, more: object = {}) =>
      ask(
        on,
        CHAT,
        { model: GPT, messages: [{ role: 'user', content: prompt }], ...more },
        { authorization: `Bearer ${keyOf(who)}`, 'x-session-id': SESSION, 'x-request-id': requestId },
      );

    it('lists its turns with what they used, cost and came to', async () => {
      upstream.answers(says('Hello there'));
      await turn(gateway, 'acme client', 'one', 'turn-1');
      await turn(gateway, 'acme client', 'two', 'turn-2', { stream: true });
      await turn(gateway, 'acme client', 'three', 'turn-3', { model: 'nobody/knows-it' });
      await turn(gateway, 'acme client', 'four', 'turn-4');
      const history = [
        { role: 'user', content: 'x'.repeat(1_001) },
        { role: 'user', content: 'five' },
      ];
      await turn(gateway, 'acme client', 'five', 'turn-5', { messages: history });
      await turn(gateway, 'rival client', 'one', 'turn-of-rival');
      const { status, body } = await path('acme client');
      expect(status).toBe(200);
      expect(body['data']).toMatchObject([
        { turn: 1, request_id: 'turn-1', status: 'answered', model: GPT, usage: { input_tokens: 5, output_tokens: 7 } },
        { turn: 2, request_id: 'turn-2', status: 'answered', cost_usd: '0.0000825' },
        { turn: 3, request_id: 'turn-3', status: 'refused', error_code: 'model_not_found', usage: null },
        { turn: 4, request_id: 'turn-4', status: 'answered', provider: 'openai', provider_model: 'gpt-4o' },
        { turn: 5, request_id: 'turn-5', status: 'refused', error_code: 'prompt_too_large' },
      ]);
      const [, , refused] = body['data'] as { audit: string }[];
      const shown = await call(gateway.rootKey, 'GET', `/v1/audit/entries/${refused?.audit}`);
      expect(shown.body).toMatchObject({ header: { session: body['session_ref'], turn: 3 } });
      const line = `"session":"${body['session_ref']}:1"`;
      await until(() => gateway.logs().includes(line) || undefined);
      const usage = await call(keyOf('acme operator'), 'GET', '/v1/usage?group_by=session');
      expect(usage.body['data']).toMatchObject([{ session: body['session_ref'], requests: 3 }]);
    });

    it('is told page by page', async () => {
      const pages: unknown[][] = [];
      for (let cursor = ''; pages.length < 5;) {
        const { body } = await path('acme client', `?limit=3${cursor && `&cursor=${cursor}`}`);
        pages.push((body['data'] as { turn: number }[]).map(({ turn }) => turn));
        if (body['next_cursor'] === null) break;
        cursor = body['next_cursor'] as string;
      }
      expect(pages).toEqual([
        [1, 2, 3],
        [4, 5],
      ]);
    });

    it('belongs to its tenant', async () => {
      expect((await path('rival client')).body['data']).toMatchObject([{ turn: 1, request_id: 'turn-of-rival' }]);
      expect((await path('rival client', `?tenant=${keys['acme client']?.tenant}`)).status).toBe(404);
      expect((await path('root')).status).toBe(404);
      expect((await path('root', `?tenant=${keys['acme client']?.tenant}`)).body['data']).toHaveLength(5);
      expect((await call(keyOf('acme client'), 'GET', '/v1/sessions/unheard-of')).status).toBe(404);
    });

    it('numbers calls that come at once, each once', async () => {
      const asked = Array.from({ length: 30 }, (_, i) => turn(gateway, 'acme client', 'at once', `burst-${i}`));
      await Promise.all(asked);
      const { body } = await path('acme client', '?limit=100');
      const turns = (body['data'] as { turn: number }[]).map(({ turn }) => turn).sort((a, b) => a - b);
      expect(turns).toEqual(Array.from({ length: 35 }, (_, i) => i + 1));
    });

    it('leaves its name nowhere', async () => {
      expect((await query(gateway.databaseUrl, 'select from session_turns')).length).toBe(2);
      expect(await databaseText(gateway.databaseUrl)).not.toContain(CANARY);
      expect(gateway.logs()).not.toContain(CANARY);
    });
  });

  describe('a file', () => {
    const sdk = (who: string) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keyOf(who), maxRetries: 0 });
    const upload = async (who: string, text: string) =>
      sdk(who).files.create({ file: await toFile(Buffer.from(text), `${CANARY}.jsonl`), purpose: 'batch' });

    it('is taken, listed, read and removed by the official SDK, its fields in any order', async () => {
      const text = `{"a": "${CANARY}"}\n`.repeat(40_000);
      const file = await upload('acme client', text);
      expect(file).toMatchObject({ object: 'file', bytes: text.length, purpose: 'batch', filename: `${CANARY}.jsonl` });
      const client = sdk('acme client');
      expect(await client.files.retrieve(file.id)).toEqual(file);
      expect(await (await client.files.content(file.id)).text()).toBe(text);
      const second = await client.files.create({
        purpose: 'user_data',
        file: await toFile(Buffer.from('x'), 'x.txt'),
        expires_after: { anchor: 'created_at', seconds: 3_600 },
      });
      const ids: string[] = [];
      for await (const one of client.files.list({ limit: 1, order: 'asc' })) ids.push(one.id);
      expect(ids).toEqual([file.id, second.id]);
      expect((await client.files.list({ purpose: 'user_data' })).data.map(({ id }) => id)).toEqual([second.id]);
      expect(await databaseText(gateway.databaseUrl)).not.toContain(CANARY);
      expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
      await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
      expect((await query(gateway.databaseUrl, 'select from file_pieces')).length).toBe(1);
    });

    it('belongs to its tenant', async () => {
      const file = await upload('acme client', 'mine');
      for (const attempt of [
        () => sdk('rival client').files.retrieve(file.id),
        () => sdk('rival client').files.content(file.id),
        () => sdk('rival client').files.delete(file.id),
      ])
        await expect(attempt()).rejects.toMatchObject({ status: 404 });
      expect((await sdk('rival client').files.list()).data).toEqual([]);
    });

    it('is refused by name when something is wrong with it, and leaves nothing', async () => {
      const before = await query(gateway.databaseUrl, 'select id from files');
      const wrong = { purpose: 'vision', file: await toFile(Buffer.from('x'), 'x') } as const;
      await expect(sdk('acme client').files.create(wrong)).rejects.toMatchObject({ status: 400, param: 'purpose' });
      const post = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
        fetch(`${gateway.url}/v1/files`, {
          method: 'POST',
          headers: { authorization: `Bearer ${keyOf('acme client')}`, ...headers },
          body,
        });
      const form = new FormData();
      form.set('purpose', 'batch');
      expect((await post(form)).status).toBe(400);
      expect((await post('{}', { 'content-type': 'application/json' })).status).toBe(415);
      const cut = '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nhalf of';
      expect((await post(cut, { 'content-type': 'multipart/form-data; boundary=b' })).status).toBe(400);
      for (const [param, ...more] of [
        ['purpose', ['purpose', 'user_data']],
        ['file', ['file', new Blob(['y'])]],
        ['file', ['file', 'y']],
        ['filename', ['filename', 'y']],
        ['attachment', ['attachment', new Blob(['y'])]],
      ] as [string, [string, string | Blob]][]) {
        for (const order of ['before', 'after']) {
          const doubled = new FormData();
          const parts: [string, string | Blob][] = [
            ['purpose', 'batch'],
            ['file', new Blob(['x'])],
          ];
          for (const [name, value] of order === 'before' ? [...more, ...parts] : [...parts, ...more])
            doubled.append(name, value);
          const refused = await post(doubled);
          expect([order, refused.status, await refused.json()]).toEqual([
            order,
            400,
            { error: expect.objectContaining({ param }) },
          ]);
        }
      }
      const large = new FormData();
      large.set('file', new Blob(['x'.repeat(LARGEST + 1)]), 'large');
      expect((await post(large)).status).toBe(413);
      const { text, status } = await unannounced(gateway, keyOf('acme client'), LARGEST + 1);
      expect([status, text]).toEqual([413, expect.stringContaining(`larger than ${LARGEST} bytes`)]);
      expect(await query(gateway.databaseUrl, 'select id from files')).toEqual(before);
    });
  });

  describe('a batch', () => {
    const sdk = (who: string) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keyOf(who), maxRetries: 0 });
    const line = (n: number, body: object = {}, more: object = {}) => ({
      custom_id: `${CANARY} ${n}`,
      method: 'POST',
      url: CHAT,
      body: { model: GPT, max_tokens: 10, messages: [{ role: 'user', content: `${CANARY} ${n}` }], ...body },
      ...more,
    });
    const upload = async (lines: readonly (object | string)[], who = 'acme client') => {
      const text = lines.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('');
      return sdk(who).files.create({ file: await toFile(Buffer.from(text), `${CANARY}.jsonl`), purpose: 'batch' });
    };
    const create = async (lines: readonly (object | string)[], who = 'acme client', more: object = {}) =>
      sdk(who).batches.create({
        input_file_id: (await upload(lines, who)).id,
        endpoint: CHAT,
        completion_window: '24h',
        ...more,
      });
    const reaches = (id: string, status: string, who = 'acme client') =>
      until(async () => {
        const batch = await sdk(who).batches.retrieve(id);
        return batch.status === status ? batch : undefined;
      }, 40_000);
    const linesOf = async (file: string | null | undefined, who = 'acme client') => {
      const text = await (await sdk(who).files.content(file ?? '')).text();
      return text
        .trimEnd()
        .split('\n')
        .map((one) => JSON.parse(one) as Record<string, any>); // oxlint-disable-line typescript/no-explicit-any
    };
    const namesOf = (lines: readonly Record<string, unknown>[]) => lines.map((one) => one['custom_id']);
    const name = (n: number) => `${CANARY} ${n}`;
    /** Answers the first ones; the others wait until they are cut off. */
    const answersFirst = (count: number): Script => {
      let left = count;
      return (exchange) => (left-- > 0 ? says('Hello there')(exchange) : never(exchange));
    };

    it('is worked off line by line: answers in one file, errors in another, each paid for once', async () => {
      upstream.answers((exchange) =>
        JSON.stringify(exchange.body).includes(name(3))
          ? json({ error: { message: 'No.', type: 'invalid_request_error', code: 'no', param: null } }, 400)(exchange)
          : says('Hello there')(exchange),
      );
      const metadata = { purpose: `${CANARY} nightly` };
      const lines = [line(1), '', line(2, { stream: true }), line(3), line(4, { model: 'nobody/knows-it' }), line(5)];
      const made = await create(lines, 'acme client', { metadata });
      expect(made).toMatchObject({ object: 'batch', status: 'validating', endpoint: CHAT, metadata, errors: null });
      const done = await reaches(made.id, 'completed');
      expect(done).toMatchObject({ request_counts: { total: 5, completed: 3, failed: 2 }, errors: null, metadata });
      // whole seconds of two clocks: the gateway's when it came, the database's when it was stored
      expect([86_399, 86_400]).toContain(Number(done.expires_at) - done.created_at);
      for (const at of [done.in_progress_at, done.finalizing_at, done.completed_at])
        expect(at).toBeGreaterThanOrEqual(done.created_at);
      const answers = await linesOf(done.output_file_id);
      expect(namesOf(answers)).toEqual([1, 2, 5].map(name));
      expect(answers[0]).toMatchObject({
        id: expect.stringMatching(/^batch_req_/),
        error: null,
        response: { status_code: 200, body: { object: 'chat.completion', choices: [{ index: 0 }] } },
      });
      const errors = await linesOf(done.error_file_id);
      expect(namesOf(errors)).toEqual([3, 4].map(name));
      expect(errors.map(({ response }) => [response.status_code, response.body.error.code])).toEqual([
        [400, 'no'],
        [404, 'model_not_found'],
      ]);
      expect(done).toMatchObject({ gatehouse: { cost_usd: '0.0002475' } });
      const file = await sdk('acme client').files.retrieve(done.output_file_id ?? '');
      expect(file).toMatchObject({ purpose: 'batch_output', filename: `${done.id}_output.jsonl` });
      const [first] = answers as [Record<string, any>]; // oxlint-disable-line typescript/no-explicit-any
      const record = await call(keyOf('acme client'), 'GET', `/v1/requests/${first['response'].request_id}`);
      expect(record.body).toMatchObject({ status: 'answered' });
    });

    it.each([
      ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: `${CANARY} text` }, { object: 'list' }],
      ['/v1/responses', { model: GPT, input: `${CANARY} text` }, { object: 'response', status: 'completed' }],
    ] as const)('may ask for %s', async (endpoint, body, expected) => {
      upstream.answers(says('Hello there'));
      const made = await create([{ custom_id: 'one', method: 'POST', url: endpoint, body }], 'acme client', {
        endpoint,
      });
      const done = await reaches(made.id, 'completed');
      expect(done.error_file_id ? await linesOf(done.error_file_id) : []).toEqual([]);
      const [answer] = await linesOf(done.output_file_id);
      expect(answer).toMatchObject({ custom_id: 'one', response: { status_code: 200, body: expected } });
    });

    it('fails as a whole when its input makes no sense, and says why line by line', async () => {
      upstream.answers(says('Hello there'));
      const lines = [
        line(1),
        '{"custom_id": ',
        line(1),
        line(2, {}, { url: '/v1/embeddings' }),
        line(3, {}, { method: 'GET' }),
        line(4, { messages: 'none' }),
        line(5, {}, { custom_id: '' }),
      ];
      const failed = await reaches((await create(lines)).id, 'failed');
      expect(failed.errors?.data?.map(({ code, line: at, param }) => [at, code, param])).toEqual([
        [2, 'invalid_json_line', null],
        [3, 'duplicate_custom_id', 'custom_id'],
        [4, 'mismatched_endpoint', 'url'],
        [5, 'invalid_method', 'method'],
        [6, 'invalid_body', 'body.messages'],
        [7, 'invalid_custom_id', 'custom_id'],
      ]);
      expect(failed).toMatchObject({ output_file_id: null, error_file_id: null });
      expect(upstream.exchanges).toHaveLength(0);
    });

    it('is refused at once when it can never be', async () => {
      const client = sdk('acme client');
      const file = await upload([line(1)]);
      const batch = { input_file_id: file.id, endpoint: CHAT, completion_window: '24h' } as const;
      const other = await client.files.create({ file: await toFile(Buffer.from('x'), 'x'), purpose: 'user_data' });
      for (const [wrong, status, param] of [
        [{ input_file_id: `file-${'0'.repeat(32)}` }, 404, 'input_file_id'],
        [{ input_file_id: other.id }, 400, 'input_file_id'],
        [{ input_file_id: 'nothing' }, 400, 'input_file_id'],
        [{ endpoint: '/v1/messages' }, 400, 'endpoint'],
        [{ completion_window: 'soon' }, 400, 'completion_window'],
      ] as const)
        await expect(client.batches.create({ ...batch, ...(wrong as object) })).rejects.toMatchObject({
          status,
          param,
        });
      await expect(sdk('rival client').batches.create(batch)).rejects.toMatchObject({ status: 404 });
      const scope = { tenant: keys['rival client']?.tenant };
      const budget = { scope, limit_usd: '0.0001', period: 'total', action: 'block' };
      expect((await call(gateway.rootKey, 'POST', '/v1/budgets', budget)).status).toBe(201);
      await expect(create([line(1), line(2)], 'rival client')).rejects.toMatchObject({ status: 402 });
    });

    it('leaves what was done when it is cancelled or its time is over', async () => {
      const ends = {
        cancelled: async (id: string) =>
          expect((await sdk('acme client').batches.cancel(id)).status).toBe('cancelling'),
        expired: async () => {
          await query(gateway.databaseUrl, `update jobs set expires_at = now() where status = 'running'`);
        },
      };
      for (const [status, end] of Object.entries(ends)) {
        upstream.answers(answersFirst(2));
        const { id } = await create([1, 2, 3, 4, 5, 6].map((n) => line(n)));
        await until(() => upstream.exchanges.length >= 6 || undefined, 10_000);
        const moving = await until(async () => {
          const batch = await sdk('acme client').batches.retrieve(id);
          return batch.request_counts?.completed ? batch : undefined;
        }, 5_000);
        expect(moving).toMatchObject({ status: 'in_progress', request_counts: { total: 6, failed: 0 } });
        await end(id);
        const ended = await reaches(id, status);
        expect(ended).toMatchObject({ request_counts: { total: 6, completed: 2, failed: 0 } });
        const answers = await linesOf(ended.output_file_id);
        const errors = await linesOf(ended.error_file_id);
        expect([...namesOf(answers), ...namesOf(errors)].sort()).toEqual([1, 2, 3, 4, 5, 6].map(name));
        expect(new Set(errors.map(({ response, error }) => `${response} ${error.code}`))).toEqual(
          new Set([`null batch_${status}`]),
        );
        await until(() => upstream.aborted >= 4 || undefined);
      }
    }, 60_000);

    it('is listed page by page, and belongs to its tenant', async () => {
      const ids: string[] = [];
      for await (const batch of sdk('acme client').batches.list({ limit: 2 })) ids.push(batch.id);
      expect(ids).toHaveLength(6);
      expect([...ids].sort().reverse()).toEqual(ids);
      expect((await sdk('rival client').batches.list()).data).toEqual([]);
      for (const attempt of [
        () => sdk('rival client').batches.retrieve(ids[0] ?? ''),
        () => sdk('rival client').batches.cancel(ids[0] ?? ''),
      ])
        await expect(attempt()).rejects.toMatchObject({ status: 404 });
    });

    it('goes on where it was when its process dies, no line charged twice, nor is the session’s number lost', async () => {
      upstream.answers(answersFirst(9));
      const count = 24;
      const { id } = await create(Array.from({ length: count }, (_, i) => line(i + 1)));
      await until(() => upstream.exchanges.length >= 13 || undefined, 10_000);
      const answered = new Set(upstream.exchanges.slice(0, 9).map(({ body }) => JSON.stringify(body['messages'])));
      await gateway.kill();
      upstream.answers(says('Hello there'));
      gateway = await gateway.another();
      const done = await reaches(id, 'completed');
      expect(done).toMatchObject({ request_counts: { total: count, completed: count, failed: 0 } });
      expect(namesOf(await linesOf(done.output_file_id))).toEqual(Array.from({ length: count }, (_, i) => name(i + 1)));
      const again = upstream.exchanges.map(({ body }) => JSON.stringify(body['messages']));
      expect(again.filter((asked) => answered.has(asked))).toEqual([]);
      expect(again).toHaveLength(count - 9);
      expect(done).toMatchObject({ gatehouse: { cost_usd: '0.001980' } });
      const messages = [{ role: 'user', content: 'again' }];
      const more = { authorization: `Bearer ${keyOf('acme client')}`, 'x-session-id': `${CANARY} ana@mail.example` };
      await ask(gateway, CHAT, { model: GPT, messages }, { ...more, 'x-request-id': 'turn-36' });
      const turns = await call(
        keyOf('acme client'),
        'GET',
        `/v1/sessions/${encodeURIComponent(more['x-session-id'])}?limit=100`,
      );
      expect(turns.body['data'].at(-1)).toMatchObject({ turn: 36, request_id: 'turn-36' });
    }, 90_000);

    it('leaves no word of it where it can be read', async () => {
      expect(await databaseText(gateway.databaseUrl)).not.toContain(CANARY);
      expect(gateway.logs()).not.toContain(CANARY);
    });
  });
});
