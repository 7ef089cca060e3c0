import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Cable } from '../support/cable';
import { testDatabase, type TestDatabase } from '../support/database';
import { type Gateway, startGateway } from '../support/gateway';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

const HELLO = [{ role: 'user', content: 'Hello' }];
const randomKey = (): string => `gh_${randomBytes(32).toString('base64url')}`;

async function call(gateway: Gateway, method: string, path: string, key?: string, body?: unknown): Promise<Answer> {
  const response = await fetch(gateway.url + path, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? (JSON.parse(text) as Answer['body']) : {} };
}

/** Of the second gateway alone. */
const LIMITS = `
limits:
  expectedOutputTokens: 400
  users: { rpm: 2 }
  models: { sandbox/best: { tpm: 300 } }
  tenants: { narrow: { rpm: 3, concurrency: 2 } }
`;

/** A call that the sandbox answers. */
const asks = (gateway: Gateway, key: string, over: object = {}): Promise<Answer> =>
  call(gateway, 'POST', '/v1/chat/completions', key, {
    model: 'sandbox/fast',
    messages: HELLO,
    ...over,
  });

/** A route of clients that costs nothing. */
const ping = (gateway: Gateway, key?: string): Promise<Answer> => call(gateway, 'GET', '/v1/models', key);
const error = (answer: Answer) => answer.body['error'] as { code: string; message: string; param: string | null };

async function made(gateway: Gateway, admin: string, path: string, body: object): Promise<Record<string, string>> {
  const answer = await call(gateway, 'POST', path, admin, body);
  expect(answer.status).toBe(201);
  return answer.body as Record<string, string>;
}
const madeKey = (gateway: Gateway, admin: string, body: object = {}) =>
  made(gateway, admin, '/v1/keys', { name: 'test', ...body }) as Promise<{ id: string; key: string }>;

describe('callers', () => {
  const env: Record<string, string> = {};
  let database: TestDatabase;
  let gateway: Gateway;
  let second: Gateway;
  let root: string;

  beforeAll(async () => {
    database = await testDatabase();
    root = randomKey();
    const masterKey = randomBytes(32).toString('base64');
    Object.assign(env, { DATABASE_URL: database.url, GATEHOUSE_ROOT_KEY: root, GATEHOUSE_MASTER_KEY: masterKey });
    // at the same time: replicas that start on an empty database together must agree
    [gateway, second] = await Promise.all([startGateway({ env }), startGateway({ env, settings: LIMITS })]);
  });
  afterAll(async () => {
    await Promise.all([gateway?.close(), second?.close()]);
    await database?.drop();
  });

  describe('who is calling', () => {
    it('refuses nobody, strangers and broken keys alike, and says how to do better', async () => {
      const nobody = await ping(gateway);
      expect(nobody.status).toBe(401);
      expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
      expect(error(nobody).message).toContain('Authorization: Bearer');
      for (const key of ['x', 'gh_short', 'y'.repeat(5_000), randomKey()]) {
        const stranger = await ping(gateway, key);
        expect(stranger.status).toBe(401);
        expect(error(stranger)).toMatchObject({ code: 'unauthenticated', message: 'The API key is not valid' });
      }
    });

    it('takes the key from either header, and refuses two that differ', async () => {
      const get = (headers: Record<string, string>) => fetch(`${gateway.url}/v1/models`, { headers });
      expect((await get({ 'x-api-key': root })).status).toBe(200);
      expect((await get({ 'x-api-key': root, authorization: `Bearer ${root}` })).status).toBe(200);
      const both = await get({ 'x-api-key': randomKey(), authorization: `Bearer ${root}` });
      expect(both.status).toBe(401);
      expect(await both.text()).toContain('x-api-key');
    });

    it('names the role that is missing', async () => {
      const client = await madeKey(gateway, root);
      const refused = await call(gateway, 'GET', '/v1/keys', client.key);
      expect(refused.status).toBe(403);
      expect(refused.body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('admin') });
      const admin = await madeKey(gateway, root, { roles: ['admin'] });
      const notClient = await ping(gateway, admin.key);
      expect(notClient.status).toBe(403);
      expect(error(notClient).message).toContain('client');
    });

    it('refuses a revoked key at once here and within a second elsewhere, in the words used for strangers', async () => {
      const { id, key } = await madeKey(gateway, root);
      expect((await ping(gateway, key)).status).toBe(200);
      expect((await ping(second, key)).status).toBe(200);
      expect((await call(gateway, 'DELETE', `/v1/keys/${id}`, root)).status).toBe(204);
      const refused = await ping(gateway, key);
      expect(refused.status).toBe(401);
      expect(error(refused).message).toBe('The API key is not valid');
      await sleep(900);
      expect((await ping(second, key)).status).toBe(401);
      expect((await call(gateway, 'DELETE', `/v1/keys/${id}`, root)).status).toBe(204);
    });

    it('refuses a key from the moment it expires', async () => {
      const { key } = await madeKey(gateway, root, { expires_at: new Date(Date.now() + 1_000).toISOString() });
      expect((await ping(gateway, key)).status).toBe(200);
      await sleep(1_050);
      const refused = await ping(gateway, key);
      expect(refused.status).toBe(401);
      expect(error(refused).message).toContain('expired');
    });

    it('refuses the keys of a disabled tenant, and takes them again when it is enabled', async () => {
      const tenant = await made(gateway, root, '/v1/tenants', { name: 'sleeping' });
      const { key } = await madeKey(gateway, root, { tenant: tenant['id'] });
      expect((await ping(second, key)).status).toBe(200);
      await call(gateway, 'PATCH', `/v1/tenants/${tenant['id']}`, root, { disabled: true });
      expect((await ping(gateway, key)).status).toBe(401);
      await sleep(900);
      expect((await ping(second, key)).status).toBe(401);
      await call(gateway, 'PATCH', `/v1/tenants/${tenant['id']}`, root, { disabled: false });
      expect((await ping(gateway, key)).status).toBe(200);
    });
  });

  describe('limits', () => {
    /** A minute that ends in the middle of a test would admit more. */
    const freshMinute = async (): Promise<void> => {
      const left = 60_000 - (Date.now() % 60_000);
      if (left < 5_000) await sleep(left);
    };

    it('lets exactly as many calls of a key pass as its limit says, however they race', async () => {
      const { key } = await madeKey(gateway, root, { limits: { rpm: 50 } });
      await freshMinute();
      const answers = await Promise.all(Array.from({ length: 200 }, () => ping(gateway, key)));
      const passed = answers.filter(({ status }) => status === 200);
      const refused = answers.filter(({ status }) => status === 429);
      expect([passed.length, refused.length]).toEqual([50, 150]);
      expect(error(refused[0] as Answer)).toMatchObject({
        code: 'rate_limited',
        message: 'Rate limit of 50 requests per minute for this key reached',
      });
      for (const { headers } of refused) {
        expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        expect(headers.get('ratelimit-remaining')).toBe('0');
      }
      const remaining = passed.map(({ headers }) => Number(headers.get('ratelimit-remaining')));
      expect(remaining.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    }, 20_000);

    it('counts remaining down over all routes together', async () => {
      const { key } = await madeKey(gateway, root, { roles: ['client', 'admin'], limits: { rpm: 10 } });
      await freshMinute();
      const answers = [await ping(gateway, key), await call(gateway, 'GET', '/v1/keys', key), await ping(gateway, key)];
      expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['9', '8', '7']);
      expect(answers[0]?.headers.get('ratelimit-limit')).toBe('10');
      expect(Number(answers[0]?.headers.get('ratelimit-reset'))).toBeLessThanOrEqual(60);
    }, 20_000);

    it('holds a key to its tokens: as many as may be needed while it is answered, then as many as were', async () => {
      const { key } = await madeKey(gateway, root, { limits: { tpm: 1_000 } });
      await freshMinute();
      const racing = await Promise.all(Array.from({ length: 4 }, () => asks(gateway, key, { max_tokens: 990 })));
      const passed = racing.filter(({ status }) => status === 200);
      expect(passed.length).toBeGreaterThanOrEqual(1);
      const usage = (answer: Answer) => (answer.body['usage'] as { total_tokens: number }).total_tokens;
      const spent = passed.reduce((sum, answer) => sum + usage(answer), 0);
      const next = await asks(gateway, key, { max_tokens: 900 - spent });
      expect(next.status).toBe(200);
      expect(next.headers.get('x-ratelimit-limit-tokens')).toBe('1000');
      expect(Number(next.headers.get('x-ratelimit-remaining-tokens'))).toBe(1_000 - spent - usage(next));
      expect(next.headers.get('x-ratelimit-reset-tokens')).toBe('60s');
      const refused = await asks(gateway, key, { max_tokens: 990 });
      expect([refused.status, error(refused).code, error(refused).message]).toEqual([
        429,
        'rate_limited',
        'Rate limit of 1000 tokens per minute for this key reached',
      ]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
      expect(refused.headers.get('x-ratelimit-remaining-tokens')).toBe('0');
      const huge = await asks(gateway, key, { messages: [{ role: 'user', content: 'x'.repeat(5_000) }] });
      expect([huge.status, error(huge).code]).toEqual([413, 'prompt_too_large']);
      expect(error(huge).message).toContain('limit of 1000 tokens per minute for this key');
    }, 20_000);

    it('corrects the tokens of a streamed answer before its end is handed out', async () => {
      const { key } = await madeKey(gateway, root, { limits: { tpm: 1_000 } });
      await freshMinute();
      for (let i = 0; i < 3; i++) {
        const response = await fetch(`${gateway.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'sandbox/fast', stream: true, max_tokens: 800, messages: HELLO }),
        });
        expect([i, response.status]).toEqual([i, 200]);
        expect(response.headers.get('x-ratelimit-limit-tokens')).toBe('1000');
        expect(await response.text()).toContain('[DONE]');
      }
    }, 20_000);

    it('holds users, tenants and models to what the configuration says, each by itself', async () => {
      const narrow = await made(gateway, root, '/v1/tenants', { name: 'Narrow' });
      const [wide, inside] = [await madeKey(gateway, root), await madeKey(gateway, root, { tenant: narrow['id'] })];
      await freshMinute();
      const statuses = async (key: string, ...over: object[]) => {
        const answers = [];
        for (const more of over) answers.push(await asks(second, key, more));
        return answers;
      };
      const [ann, bob] = [{ user: 'ann' }, { user: 'bob' }];
      const users = await statuses(wide.key, ann, ann, ann, bob, {}, {}, {});
      expect(users.map(({ status }) => status)).toEqual([200, 200, 429, 200, 200, 200, 200]);
      expect(error(users[2]!).message).toBe('Rate limit of 2 requests per minute for this user reached');
      expect([0, 1, 3].map((i) => users[i]!.headers.get('ratelimit-remaining'))).toEqual(['1', '0', '1']);
      expect(users[2]!.headers.get('ratelimit-limit')).toBe('2');

      const tenants = await statuses(inside.key, {}, {}, {}, {});
      expect(tenants.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
      expect(error(tenants[3]!).message).toBe('Rate limit of 3 requests per minute for this tenant reached');

      const best = { model: 'sandbox/best', max_tokens: 280 };
      const models = await statuses(wide.key, best, best, { ...best, max_tokens: 10 });
      expect(models.map(({ status }) => status)).toEqual([200, 429, 200]);
      expect(error(models[1]!).message).toBe('Rate limit of 300 tokens per minute for this model reached');
    }, 30_000);

    it('turns a flood from one address away before it looks at keys, and leaves probes alone', async () => {
      const small = await startGateway({ env, settings: 'limits: { addressRpm: 5 }' });
      try {
        await freshMinute();
        const answers = [];
        for (let i = 0; i < 7; i++) answers.push(await ping(small, 'nonsense'));
        expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
        expect(error(answers[5] as Answer).message).toBe(
          'Rate limit of 5 requests per minute for this address reached',
        );
        expect((await fetch(`${small.url}/health/live`)).status).toBe(200);
      } finally {
        await small.close();
      }
    }, 30_000);
  });

  describe('while the database is away', () => {
    it('keeps serving keys it knows and never calls an unknown key wrong', async () => {
      const target = new URL(database.url);
      const cable = await Cable.to(target);
      const far = await startGateway({ env: { ...env, DATABASE_URL: cable.through(target) } });
      try {
        const known = await madeKey(far, root, { roles: ['client'] });
        const unseen = await madeKey(gateway, root);
        expect((await ping(far, known.key)).status).toBe(200);
        cable.cut();
        await sleep(2_500); // longer than an answer is believed without word of changes
        expect((await ping(far, known.key)).status).toBe(200);
        const undecided = await ping(far, unseen.key);
        expect(undecided.status).toBe(503);
        expect(error(undecided).code).toBe('storage_unavailable');
        expect(Number(undecided.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        expect((await call(far, 'GET', '/v1/keys', root)).status).toBe(503);
        cable.mend();
        await sleep(1_000);
        expect((await ping(far, unseen.key)).status).toBe(200);
        expect((await ping(far, randomKey())).status).toBe(401);
        await sleep(2_500); // by now it hears of changes again
        expect((await ping(far, known.key)).status).toBe(200);
        await call(gateway, 'DELETE', `/v1/keys/${known.id}`, root);
        await sleep(900);
        expect((await ping(far, known.key)).status).toBe(401);
      } finally {
        await far.close();
        cable.close();
      }
    }, 60_000);
  });

  describe('the root key', () => {
    it('is replaced by another one from the environment, and comes back with it', async () => {
      const own = await testDatabase();
      const [first, next] = [randomKey(), randomKey()];
      const start = (key: string) => startGateway({ env: { ...env, DATABASE_URL: own.url, GATEHOUSE_ROOT_KEY: key } });
      try {
        for (const [given, other] of [
          [first, next],
          [next, first],
          [first, next],
        ] as const) {
          const running = await start(given);
          try {
            expect((await ping(running, given)).status).toBe(200);
            expect((await ping(running, other)).status).toBe(401);
          } finally {
            await running.close();
          }
        }
      } finally {
        await own.drop();
      }
    }, 60_000);

    it('stays revoked over a restart when somebody revoked it', async () => {
      const own = await testDatabase();
      const key = randomKey();
      const start = () => startGateway({ env: { ...env, DATABASE_URL: own.url, GATEHOUSE_ROOT_KEY: key } });
      try {
        const before = await start();
        const { data } = (await call(before, 'GET', '/v1/keys', key)).body as { data: { id: string }[] };
        await call(before, 'DELETE', `/v1/keys/${data[0]?.id}`, key);
        await before.close();
        const after = await start();
        expect((await ping(after, key)).status).toBe(401);
        await after.close();
      } finally {
        await own.drop();
      }
    }, 60_000);

    it('must not be a placeholder', async () => {
      const weak = startGateway({ env: { ...env, GATEHOUSE_ROOT_KEY: 'changeme-changeme-changeme' } });
      await expect(weak).rejects.toThrow('GATEHOUSE_ROOT_KEY: is a placeholder');
    }, 30_000);
  });

  describe('tenants', () => {
    it('are made, found, listed and renamed by the root tenant', async () => {
      const tenant = await made(gateway, root, '/v1/tenants', { name: '  Acme  ' });
      expect(tenant).toMatchObject({ name: 'Acme', root: false, disabled_at: null });
      expect(Date.parse(tenant['created_at'] as string)).not.toBeNaN();
      const path = `/v1/tenants/${tenant['id']}`;
      expect((await call(gateway, 'PATCH', path, root, { name: 'Acme Ltd' })).body).toMatchObject({ name: 'Acme Ltd' });
      expect((await call(gateway, 'GET', path, root)).body).toMatchObject({ id: tenant['id'], name: 'Acme Ltd' });
    });

    it('have names that differ by more than case', async () => {
      await made(gateway, root, '/v1/tenants', { name: 'Twice' });
      const again = await call(gateway, 'POST', '/v1/tenants', root, { name: 'tWICE' });
      expect(again.status).toBe(409);
      expect(again.body).toMatchObject({ code: 'conflict', param: 'name' });
    });

    it('are strangers to each other', async () => {
      const [ours, theirs] = [
        await made(gateway, root, '/v1/tenants', { name: 'ours' }),
        await made(gateway, root, '/v1/tenants', { name: 'theirs' }),
      ];
      const admin = (await madeKey(gateway, root, { tenant: ours['id'], roles: ['admin', 'client'] })).key;
      const foreign = await madeKey(gateway, root, { tenant: theirs['id'] });

      const own = await madeKey(gateway, admin);
      expect(own).toMatchObject({ tenant: ours['id'], roles: ['client'] });
      const listed = (await call(gateway, 'GET', '/v1/keys?limit=100', admin)).body['data'] as { tenant: string }[];
      expect(new Set(listed.map(({ tenant }) => tenant))).toEqual(new Set([ours['id']]));
      expect((await call(gateway, 'GET', '/v1/tenants', admin)).body).toMatchObject({
        data: [{ id: ours['id'] }],
        next_cursor: null,
      });

      const refusals: [string, string, object | undefined, number][] = [
        ['GET', `/v1/tenants/${theirs['id']}`, undefined, 404],
        ['PATCH', `/v1/tenants/${theirs['id']}`, { name: 'mine' }, 404],
        ['PATCH', `/v1/tenants/${ours['id']}`, { name: 'better' }, 403],
        ['POST', '/v1/tenants', { name: 'third' }, 403],
        ['GET', `/v1/keys/${foreign.id}`, undefined, 404],
        ['DELETE', `/v1/keys/${foreign.id}`, undefined, 404],
        ['GET', `/v1/keys?tenant=${theirs['id']}`, undefined, 404],
        ['POST', '/v1/keys', { name: 'spy', tenant: theirs['id'] }, 404],
        ['POST', '/v1/keys', { name: 'more', roles: ['auditor'] }, 403],
      ];
      for (const [method, path, body, status] of refusals)
        expect([method, path, (await call(gateway, method, path, admin, body)).status]).toEqual([method, path, status]);
      expect((await ping(gateway, foreign.key)).status).toBe(200);
    });
  });

  describe('keys', () => {
    it('are shown once and kept nowhere', async () => {
      const answer = await call(gateway, 'POST', '/v1/keys', root, {
        name: 'ci',
        models: ['openai/*'],
        limits: { rpm: 5, tpm: 5_000, concurrency: 2 },
        expires_at: '2999-01-01T00:00:00+02:00',
      });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const { id, key } = answer.body as { id: string; key: string };
      expect(key).toMatch(/^gh_[A-Za-z0-9_-]{43}$/);
      const shown = await call(gateway, 'GET', `/v1/keys/${id}`, root);
      expect(shown.body).toMatchObject({
        name: 'ci',
        prefix: key.slice(0, 11),
        roles: ['client'],
        models: ['openai/*'],
        limits: { rpm: 5, tpm: 5_000, concurrency: 2 },
        expires_at: '2998-12-31T22:00:00.000Z',
        revoked_at: null,
      });
      const client = new Client(database.url);
      await client.connect();
      const { rows } = await client.query('select api_keys::text as row from api_keys');
      await client.end();
      const secret = key.slice(11);
      for (const text of [JSON.stringify(shown.body), ...rows.map(({ row }: { row: string }) => row)])
        expect(text).not.toContain(secret);
      await call(gateway, 'DELETE', `/v1/keys/${id}`, root);
      expect((await call(gateway, 'GET', `/v1/keys/${id}`, root)).body['revoked_at']).not.toBeNull();
    });

    it('are listed newest first, page by page, each once', async () => {
      const tenant = await made(gateway, root, '/v1/tenants', { name: 'pages' });
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.unshift((await madeKey(gateway, root, { tenant: tenant['id'] })).id);
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let page = 0; cursor !== null && page < 5; page++) {
        const path: string = `/v1/keys?tenant=${tenant['id']}&limit=2${cursor && `&cursor=${cursor}`}`;
        const { data, next_cursor } = (await call(gateway, 'GET', path, root)).body as {
          data: { id: string }[];
          next_cursor: string | null;
        };
        seen.push(...data.map(({ id }) => id));
        cursor = next_cursor;
      }
      expect(seen).toEqual(ids);
      expect(cursor).toBeNull();
    });

    it('note the day they were last seen', async () => {
      const { id, key } = await madeKey(gateway, root);
      expect((await call(gateway, 'GET', `/v1/keys/${id}`, root)).body['last_used_on']).toBeNull();
      await ping(gateway, key);
      await sleep(300);
      expect((await call(gateway, 'GET', `/v1/keys/${id}`, root)).body['last_used_on']).toMatch(/^\d{4}-\d\d-\d\d$/);
    });

    it.each([
      [{}, 'name'],
      [{ name: ' ' }, 'name'],
      [{ name: 'n'.repeat(201) }, 'name'],
      [{ name: 'a\u0000b' }, 'name'],
      [{ name: 7 }, 'name'],
      [{ name: 'x', colour: 'red' }, 'colour'],
      [{ name: 'x', roles: [] }, 'roles'],
      [{ name: 'x', roles: ['client', 'king'] }, 'roles[1]'],
      [{ name: 'x', models: ['a*b'] }, 'models[0]'],
      [{ name: 'x', limits: { rpm: 0 } }, 'limits.rpm'],
      [{ name: 'x', limits: { rpm: 1.5 } }, 'limits.rpm'],
      [{ name: 'x', limits: { rpm: 1e15 } }, 'limits.rpm'],
      [{ name: 'x', limits: { tpm: 0 } }, 'limits.tpm'],
      [{ name: 'x', expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
      [{ name: 'x', expires_at: 'tomorrow' }, 'expires_at'],
      [{ name: 'x', tenant: 'acme' }, 'tenant'],
    ])('are not made from %j', async (body, param) => {
      const refused = await call(gateway, 'POST', '/v1/keys', root, body);
      expect(refused.status).toBe(400);
      expect(refused.body).toMatchObject({ code: 'invalid_request', param, detail: expect.stringContaining(param) });
    });

    it.each([
      ['POST', '/v1/keys', [], 400],
      ['POST', '/v1/keys', undefined, 400],
      ['GET', '/v1/keys/nonsense', undefined, 404],
      ['DELETE', '/v1/keys/00000000-0000-7000-8000-000000000000', undefined, 404],
      ['GET', '/v1/tenants/%00', undefined, 404],
      ['GET', '/v1/keys?limit=0', undefined, 400],
      ['GET', '/v1/keys?limit=1001', undefined, 400],
      ['GET', '/v1/keys?cursor=x', undefined, 400],
      ['GET', '/v1/keys?limit=1&limit=2', undefined, 400],
      ['GET', '/v1/keys?colour=red', undefined, 400],
      ['GET', '/v1/keys?tenant=00000000-0000-7000-8000-000000000000', undefined, 404],
    ])('answer %s %s with a refusal, not a fault', async (method, path, body, status) => {
      expect((await call(gateway, method, path, root, body)).status).toBe(status);
    });
  });
});
