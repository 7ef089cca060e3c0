import { type Gateway, startGateway } from '../support/gateway';

const POLICIES = `
defaults: { retry: { attempts: 2 } }
providers:
  openai: { breaker: { enabled: false }, bulkhead: { concurrency: 50 } }
models:
  openai/gpt-4o: { timeout: { totalMs: 9000 }, bulkhead: { concurrency: 7 } }
tenants:
  acme: { timeout: { totalMs: 5000 }, bulkhead: { concurrency: 3 } }
  "*": { retry: { attempts: 1 } }
`;
const LIMITS = `
limits:
  users: { rpm: 30, tpm: 9000 }
  models: { "openai/*": { tpm: 50000 } }
  tenants:
    acme: { concurrency: 40, users: { rpm: 20 } }
`;

interface Effective {
  readonly candidates: readonly {
    readonly provider: string;
    readonly model: string;
    readonly allowed: boolean;
    readonly policy: Record<string, Record<string, object>>;
    readonly bulkheads: readonly { scope: string; name: string; limits: Record<string, object> }[];
  }[];
  readonly not_running: readonly { control: string; candidate?: string }[];
}

describe('which controls really run', () => {
  let gateway: Gateway;
  let tenant: string;
  let admin: string;
  let client: { id: string; key: string };

  const call = async (path: string, key = gateway.rootKey, body?: object) => {
    const answer = await fetch(gateway.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const effective = async (query: string, key?: string) =>
    (await call(`/v1/policies/effective?${query}`, key)).body as unknown as Effective;
  const made = async (more: object) =>
    (await call('/v1/keys', gateway.rootKey, { name: 'k', tenant, ...more })).body as { id: string; key: string };

  beforeAll(async () => {
    gateway = await startGateway({
      env: { OPENAI_API_KEY: 'sk-1,sk-2', ANTHROPIC_API_KEY: 'sk-3', ...NOWHERE },
      models: 'aliases: { fast: [openai/gpt-4o, anthropic/claude-haiku-4-5] }',
      policies: POLICIES,
      settings: LIMITS,
    });
    tenant = (await call('/v1/tenants', gateway.rootKey, { name: 'Acme' })).body['id'] as string;
    admin = (await made({ roles: ['operator'] })).key;
    client = await made({ models: ['openai/*'], limits: { rpm: 60, concurrency: 5 } });
  }, 60_000);
  afterAll(() => gateway?.close());

  it('is told for a key and a model, with who says so', async () => {
    const answer = await effective(`key=${client.id}&model=fast`, admin);
    expect(answer).toMatchObject({
      model: 'fast',
      tenant: { id: tenant, name: 'Acme' },
      key: { id: client.id, state: 'active', models: ['openai/*'] },
      limits: {
        requests_per_minute: { value: 60, from: 'key' },
        address_requests_per_minute: { value: 1_200_000, from: 'settings' },
        concurrency: { value: 5, from: 'key' },
        tokens_per_minute: { value: null, from: 'none' },
        user: {
          requests_per_minute: { value: 20, from: 'limits.tenants.acme.users' },
          tokens_per_minute: { value: 9_000, from: 'limits.users' },
          concurrency: { value: null, from: 'none' },
        },
        tenant: { concurrency: { value: 40, from: 'limits.tenants.acme' } },
        model: { tokens_per_minute: { value: 50_000, from: 'limits.models.openai/*' } },
      },
      stages: [
        'audit',
        'admit',
        'idempotency',
        'flag',
        'sanitize',
        'instruct',
        'select',
        'route',
        'degrade',
        'cache',
        'conform',
        'shadow',
        'budget',
        'egress',
        'dispatch',
      ],
      interceptors: ['fallback', 'key_pool', 'bulkhead', 'breaker', 'retry', 'timeout'],
    });
    const [first, second] = answer.candidates;
    expect([first, second]).toMatchObject([
      { provider: 'openai', allowed: true },
      { provider: 'anthropic', allowed: false },
    ]);
    expect(first?.policy).toMatchObject({
      timeout: { total_ms: { value: 5_000, from: 'tenants.acme' }, idle_ms: { value: 60_000, from: 'defaults' } },
      retry: { attempts: { value: 2, from: 'defaults' } },
      breaker: { enabled: { value: false, from: 'providers.openai' } },
    });
    expect(first?.bulkheads).toMatchObject([
      { scope: 'tenant', name: 'Acme', limits: { concurrency: { value: 3, from: 'tenants.acme' } } },
      { scope: 'model', name: 'openai/gpt-4o', limits: { concurrency: { value: 7, from: 'models.openai/gpt-4o' } } },
      { scope: 'provider', name: 'openai', limits: { concurrency: { value: 50, from: 'providers.openai' } } },
    ]);
  });

  it('says what does not run, and why', async () => {
    const { not_running } = await effective(`key=${client.id}&model=fast`, admin);
    const of = (control: string) => not_running.filter((entry) => entry.control === control);
    expect(of('sanitization')).toMatchObject([{ state: 'degraded', why: expect.stringContaining('Names') }]);
    for (const counted of ['key_limit', 'concurrency', 'call_limits'])
      expect(of(counted)).toMatchObject([{ state: 'degraded', why: expect.stringContaining('REDIS_URL is not set') }]);
    expect(of('fallback')).toMatchObject([{ state: 'off', candidate: 'openai/gpt-4o' }]);
    expect(of('breaker')).toContainEqual(expect.objectContaining({ state: 'off', candidate: 'openai/gpt-4o' }));
    expect([of('key_pool'), of('retry')]).toEqual([[], []]);
  });

  it('shows for `auto` what it may come to', async () => {
    const names = async (model: string) => {
      const { candidates = [] } = (await effective(`model=${model}`)) as Partial<Effective>;
      return candidates.map(({ provider, model: name }) => `${provider}/${name}`);
    };
    const [first, ...others] = [await names('fast'), await names('balanced'), await names('best')];
    expect(first).not.toEqual([]);
    expect(await names('auto')).toEqual([...new Set([...(first ?? []), ...others.flat()])]);
    expect((await call('/v1/policies/effective?model=auto&operation=embeddings')).status).toBe(404);
  });

  it('is told of your own key, and of a tenant without a key', async () => {
    expect(await effective('model=openai/o3')).toMatchObject({
      key: { name: 'root.key' },
      candidates: [{ policy: { retry: { attempts: { value: 1, from: 'tenants.*' } } } }],
    });
    expect(await effective(`model=openai/o3&tenant=${tenant}`)).toMatchObject({
      key: null,
      limits: { requests_per_minute: { from: 'settings' }, concurrency: { value: null, from: 'none' } },
    });
  });

  it.each([
    ['a model that is not there', () => 'model=nonsense', 404, 'model_not_found'],
    ['a model that does something else', () => 'model=anthropic/x&operation=embeddings', 400, 'invalid_request'],
    ['a key that is not there', () => 'model=fast&key=00000000-0000-7000-8000-000000000000', 404, 'not_found'],
    ['a key that is no id', () => 'model=fast&key=gh_secret', 400, 'invalid_request'],
    ['no model', () => '', 400, 'invalid_request'],
    ['a key of another tenant', () => `model=fast&key=${client.id}&tenant=${ANOTHER}`, 400, 'invalid_request'],
    ['an option that is not there', () => 'model=fast&colour=red', 400, 'invalid_request'],
  ])('%s is refused in our own words', async (_what, query, status, code) => {
    const answer = await call(`/v1/policies/effective?${query()}`);
    expect([answer.status, answer.body['code'], answer.body['type']]).toEqual([
      status,
      code,
      `urn:gatehouse:error:${code}`,
    ]);
  });

  it('is told to the operators of a tenant about their own tenant only', async () => {
    const own = (await call('/v1/keys', gateway.rootKey, { name: 'ours' })).body as { id: string };
    expect((await call(`/v1/policies/effective?model=fast&key=${own.id}`, admin)).status).toBe(404);
    expect((await call(`/v1/policies/effective?model=fast`, client.key)).status).toBe(403);
    expect((await call('/v1/status', client.key)).status).toBe(403);
  });

  it('and whether all is well, control by control', async () => {
    const { status, body } = await call('/v1/status', admin);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dependencies: expect.arrayContaining([
        { name: 'postgresql', status: 'up' },
        { name: 'redis', status: 'not_configured' },
      ]),
      controls: expect.arrayContaining([
        expect.objectContaining({ control: 'audit', dependency: 'postgresql', behaviour: 'closed', now: false }),
        expect.objectContaining({ control: 'key_limit', dependency: 'redis', behaviour: 'degraded', now: false }),
      ]),
      concurrency: [{ scope: 'process', keys: 0, calls: 0 }],
      limits: [{ scope: 'process' }],
    });
    expect(Object.keys(body)).toEqual(expect.arrayContaining(['breakers', 'keys', 'bulkheads']));
  });
});

// nobody is to be asked
const NOWHERE = { OPENAI_BASE_URL: 'http://127.0.0.1:1', ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' };
const ANOTHER = '00000000-0000-7000-8000-000000000001';
