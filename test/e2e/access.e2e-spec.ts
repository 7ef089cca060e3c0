import { startGateway, type Gateway } from '../support/gateway';

const PUBLIC = /^\/(health|metrics|docs)(\/|$)/;

interface Description {
  readonly paths: Record<string, Record<string, { readonly security?: unknown }>>;
}

describe('who may do what', () => {
  let gateway: Gateway;
  let routes: { method: string; path: string }[];
  const call = (method: string, path: string, key?: string, body?: object, more: Record<string, string> = {}) =>
    fetch(gateway.url + path, {
      method,
      headers: { ...(key && { authorization: `Bearer ${key}` }), 'content-type': 'application/json', ...more },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: JSON.stringify(body ?? {}) }),
    });

  beforeAll(async () => {
    gateway = await startGateway();
    const { paths } = (await (await fetch(`${gateway.url}/docs/openapi.json`)).json()) as Description;
    routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/, 'x') })),
    );
  }, 60_000);
  afterAll(() => gateway?.close());

  it('is said by every route: none that is not public answers without a key', async () => {
    const guarded = routes.filter(({ path }) => !PUBLIC.test(path));
    expect(guarded.length).toBeGreaterThan(12);
    for (const { method, path } of guarded) {
      const answer = await call(method, path);
      expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} 401`);
      await answer.body?.cancel();
    }
  });

  it('keeps roles apart: a client administers nothing, an auditor asks no model', async () => {
    const made = async (role: string) =>
      (
        (await (await call('POST', '/v1/keys', gateway.rootKey, { name: role, roles: [role] })).json()) as {
          key: string;
        }
      ).key;
    const [client, auditor] = [await made('client'), await made('auditor')];
    for (const { method, path } of routes.filter(({ path }) => /^\/v1\/(keys|tenants|policies|status)/.test(path)))
      expect(`${method} ${path} ${(await call(method, path, client)).status}`).toBe(`${method} ${path} 403`);
    const asked = await call('POST', '/v1/chat/completions', auditor, {
      model: 'fast',
      messages: [{ role: 'user', content: 'x' }],
    });
    expect([asked.status, ((await asked.json()) as { error: { message: string } }).error.message]).toEqual([
      403,
      expect.stringContaining('role client'),
    ]);
  });

  it('shows a key only the models it may use, and refuses the others by name', async () => {
    const { key } = (await (
      await call('POST', '/v1/keys', gateway.rootKey, { name: 'few', models: ['fast'] })
    ).json()) as { key: string };
    const { data } = (await (await call('GET', '/v1/models', key)).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(['fast']);
    const asked = await call('POST', '/v1/messages', key, {
      model: 'best',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(asked.status).toBe(403);
    expect(await asked.json()).toMatchObject({
      type: 'error',
      error: { type: 'permission_error', message: expect.stringContaining('best') },
    });
  });

  it('shows a tenant its own calls only', async () => {
    const tenant = (await (await call('POST', '/v1/tenants', gateway.rootKey, { name: 'acme' })).json()) as {
      id: string;
    };
    const { key } = (await (
      await call('POST', '/v1/keys', gateway.rootKey, { name: 'k', tenant: tenant.id })
    ).json()) as { key: string };
    const body = { model: 'fast', messages: [{ role: 'user', content: 'x' }] };
    const theirs = (await call('POST', '/v1/chat/completions', key, body, { 'x-session-id': 'x' })).headers.get(
      'x-request-id',
    );
    const ours = (await call('POST', '/v1/chat/completions', gateway.rootKey, body)).headers.get('x-request-id');
    expect((await call('GET', `/v1/requests/${theirs}`, key)).status).toBe(200);
    expect((await call('GET', `/v1/requests/${ours}`, key)).status).toBe(404);
    expect((await call('GET', `/v1/requests/${theirs}`, gateway.rootKey)).status).toBe(200);
    expect((await call('GET', `/v1/sessions/x?tenant=${tenant.id}`, gateway.rootKey)).status).toBe(200);
    // nor does a key of the root tenant that only asks models
    const asker = (await (await call('POST', '/v1/keys', gateway.rootKey, { name: 'asker' })).json()) as {
      key: string;
    };
    expect((await call('GET', `/v1/requests/${ours}`, asker.key)).status).toBe(200);
    expect((await call('GET', `/v1/requests/${theirs}`, asker.key)).status).toBe(404);
    expect((await call('GET', `/v1/sessions/x?tenant=${tenant.id}`, asker.key)).status).toBe(404);
    const judged = await call('POST', `/v1/requests/${theirs}/feedback`, asker.key, { score: 1 });
    expect(judged.status).toBe(404);
  });
});
