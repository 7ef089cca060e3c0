import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { keyWrappers } from '../secrets/key-wrappers';
import { loadConfig } from './load-config';
import { secretsOfCommand, SIDECAR_KEY } from './needed-secrets';
import { ConfigError } from './problems';

describe('loadConfig', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const DATABASE_URL = 'postgres://gatehouse@127.0.0.1/gatehouse';
  const write = (name: string, content: string, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  const load = (env: Record<string, string> = {}, yaml?: string) =>
    loadConfig(
      {
        DATABASE_URL,
        GATEHOUSE_DATA_DIR: join(folder, 'data'),
        ...(yaml === undefined ? {} : { GATEHOUSE_CONFIG: write('gatehouse.yaml', yaml) }),
        ...env,
      },
      folder,
    );
  const mistakes = async (...args: Parameters<typeof load>): Promise<readonly string[]> => {
    try {
      await load(...args);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  it('needs nothing but a database, and then offers the sandbox', async () => {
    const config = await load();
    expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, production: false });
    expect(config.providers).toEqual([expect.objectContaining({ name: 'sandbox', type: 'sandbox' })]);
  });

  it('keeps the keys of the audit log in the database, or in one of their own', async () => {
    expect((await load()).keysDatabaseUrl.reveal()).toBe(DATABASE_URL);
    const own = 'postgres://keys@127.0.0.1/keys';
    expect((await load({ GATEHOUSE_KEYS_DATABASE_URL: own })).keysDatabaseUrl.reveal()).toBe(own);
    const file = write('keys-url', `${own}\n`);
    expect((await load({ GATEHOUSE_KEYS_DATABASE_URL_FILE: file })).keysDatabaseUrl.reveal()).toBe(own);
    expect(await mistakes({ GATEHOUSE_KEYS_DATABASE_URL: 'mysql://x' })).toEqual([
      'GATEHOUSE_KEYS_DATABASE_URL: must be a URL of the form postgres://…',
    ]);
    expect(await mistakes({ DATABASE_URL: 'postgres://me:a%zz@h/x' })).toEqual([
      'DATABASE_URL: has a % that stands for itself: write it as %25',
    ]);
  });

  it('never offers the sandbox beside a real provider unless it is asked for', async () => {
    expect((await load({ OPENAI_API_KEY: 'k' })).providers.map(({ name }) => name)).toEqual(['openai']);
    expect(
      (await load({ OPENAI_API_KEY: 'k' }, 'providers: { sandbox: { type: sandbox } }')).providers.map(
        ({ name }) => name,
      ),
    ).toEqual(['sandbox', 'openai']);
  });

  it('takes providers from the environment: a pool of keys, and roots with or without /v1', async () => {
    const [anthropic, openai, local] = (
      await load({
        ANTHROPIC_API_KEY: 'a1, a2',
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:1/',
        OPENAI_API_KEY: 'o',
        OPENAI_BASE_URL: 'http://127.0.0.1:2/v1/',
        LOCAL_BASE_URL: 'http://127.0.0.1:3/sub',
      })
    ).providers;
    expect(anthropic).toMatchObject({ baseUrl: 'http://127.0.0.1:1', apiKeys: { size: 2 } });
    expect(openai).toMatchObject({ baseUrl: 'http://127.0.0.1:2' });
    expect(local).toMatchObject({ baseUrl: 'http://127.0.0.1:3/sub', apiKeys: { size: 0 } });
  });

  it('lists every mistake at once, each with its place', async () => {
    const found = await mistakes(
      {
        PORT: '70000',
        LOG_LEVEL: 'loud',
        OPENAI_BASE_URL: 'ftp://x',
        REDIS_URL: 'http://x',
        DATABASE_URL: 'mysql://x',
      },
      'limits: { keyRpm: many, speed: 1 }\nproviders: { Vllm: { type: local }, other: { type: local } }\n',
    );
    for (const place of ['PORT', 'LOG_LEVEL', 'REDIS_URL', 'DATABASE_URL', 'limits.keyRpm', 'limits', 'providers.Vllm'])
      expect(found).toContainEqual(expect.stringContaining(place));
  });

  it.each(['0x10', '1e3', '+80', '-1', '8.0', '8 0', '65536', '٣'])('takes no port %s', async (port) => {
    expect(await mistakes({ PORT: port, GATEHOUSE_OPS_PORT: port })).toEqual([
      'PORT: must be a port between 0 and 65535',
      'GATEHOUSE_OPS_PORT: must be a port between 0 and 65535',
    ]);
  });

  it('takes no other mode than those that Node.js programs know', async () => {
    for (const mode of ['prod', 'Production', 'staging'])
      expect(await mistakes({ NODE_ENV: mode })).toEqual(['NODE_ENV: must be one of production, development, test']);
    for (const mode of ['development', 'test', '']) expect((await load({ NODE_ENV: mode })).production).toBe(false);
  });

  it('takes limits of users, tenants and models', async () => {
    write('models.yaml', 'models: { openai/gpt-4o: {} }');
    const { limits } = await load(
      {},
      'limits: { users: { rpm: 5 }, models: { "*": { tpm: 9 }, openai/gpt-4o: { tpm: 8 }, openai/new-*: { rpm: 1 } }, tenants: { acme: { concurrency: 2, users: { tpm: 7 } } } }',
    );
    expect(limits).toMatchObject({
      expectedOutputTokens: 1_024,
      users: { rpm: 5 },
      models: { '*': { tpm: 9 }, 'openai/gpt-4o': { tpm: 8 }, 'openai/new-*': { rpm: 1 } },
      tenants: { acme: { concurrency: 2, users: { tpm: 7 }, models: {} } },
    });
  });

  it.each([
    ['users: {}', 'limits.users: limits nothing: rpm, tpm or concurrency is missing'],
    ['users: { rpm: 0 }', 'limits.users.rpm'],
    ['users: { tokens: 5 }', 'limits.users: Unrecognized key'],
    ['tenants: { acme: {} }', 'limits.tenants.acme: limits nothing'],
    ['tenants: { acme: { models: {} } }', 'limits.tenants.acme: limits nothing'],
    ['tenants: { "acme*": { rpm: 1 } }', 'limits.tenants.acme*: is no pattern'],
    ['tenants: { acme: { rpm: 1 }, ACME: { rpm: 2 } }', 'limits.tenants.ACME: the tenant has an entry already'],
    ['models: { fast: { rpm: 1 } }', 'must be provider/model, provider/prefix* or *'],
    ['models: { "openai/*-mini": { rpm: 1 } }', 'must be provider/model, provider/prefix* or *'],
    ['models: { "opnai/*": { rpm: 1 } }', 'limits.models.opnai/*: provider opnai is not configured'],
    ['models: { openai/gpt-4oo: { rpm: 1 } }', 'limits.models.openai/gpt-4oo: models.yaml does not list it'],
    [
      'tenants: { acme: { models: { "nobody/x*": { rpm: 1 } } } }',
      'limits.tenants.acme.models.nobody/x*: provider nobody is not configured',
    ],
  ])('stops at a limit that can never take effect: %s', async (yaml, problem) => {
    expect(await mistakes({}, `limits: { ${yaml} }`)).toContainEqual(expect.stringContaining(problem));
  });

  it('names a provider that cannot work', async () => {
    const yaml =
      'providers: { other: { type: openai }, vllm: { type: local }, third: { type: anthropic, apiKey: "env:THIRD" } }';
    expect(await mistakes({}, yaml)).toEqual([
      'providers.other: needs an apiKey (env:NAME, file:/path, vault:…)',
      'providers.vllm: needs a baseUrl',
      'providers.third.apiKey: refers to THIRD, which is not set',
    ]);
  });

  it.each(['registry', 'aliases', 'shadows', 'versions'])('refuses %s as the name of a provider', async (name) => {
    expect(await mistakes({}, `providers: { ${name}: { type: sandbox }, ${name}-2: { type: sandbox } }`)).toEqual([
      expect.stringMatching(new RegExp(`providers\\.${name}: no provider can have this name: .*/v1/models/registry`)),
    ]);
  });

  it('refuses a secret that stands in the file itself', async () => {
    expect((await mistakes({}, 'providers: { other: { type: openai, apiKey: sk-123 } }'))[0]).toMatch(
      /apiKey.*never the secret itself/,
    );
  });

  it('has no sidecar unless there is one, and then needs nothing but its URL', async () => {
    expect((await load()).sanitization).toEqual({});
    expect(
      (await load({}, 'sanitization: { sidecar: { url: "http://127.0.0.1:5002" } }')).sanitization.sidecar,
    ).toEqual({
      url: 'http://127.0.0.1:5002',
      languages: ['en'],
      timeoutMs: 500,
      threshold: 0.5,
      maxCharacters: 2_000,
    });
  });

  it.each([
    ['pt', ['pt']],
    ['[pt, en]', ['pt', 'en']],
  ])('takes one language of the sidecar or a list: %s', async (text, languages) => {
    const yaml = `sanitization: { sidecar: { url: "https://presidio.internal/path", languages: ${text} } }`;
    expect((await load({}, yaml)).sanitization.sidecar).toMatchObject({ languages });
  });

  it.each([
    ['{}', 'sidecar.url'],
    ['{ url: "ftp://a" }', 'sidecar.url'],
    ['{ url: "http://a?x=1" }', 'sidecar.url'],
    ['{ url: "http://user:pass@a" }', 'sidecar.url: must hold no user or password'],
    ['{ url: "http://a", languages: [] }', 'sidecar.languages'],
    ['{ url: "http://a", languages: [pt, pt] }', 'sidecar.languages'],
    ['{ url: "http://a", languages: Portuguese }', 'sidecar.languages'],
    ['{ url: "http://a", threshold: 50 }', 'sidecar.threshold'],
    ['{ url: "http://a", timeoutMs: 0 }', 'sidecar.timeoutMs'],
    ['{ url: "http://a", maxCharacters: 10 }', 'sidecar.maxCharacters'],
    ['{ url: "http://a", entities: [] }', 'sidecar.entities'],
    ['{ url: "http://a", entities: ["first name"] }', 'sidecar.entities[0]'],
    ['{ url: "http://a", entities: [PERSON, PERSON] }', 'sidecar.entities: must name each entity once'],
    ['{ url: "http://a", apiKey: plain }', 'never the secret itself'],
    ['{ url: "http://a", apiKey: "env:NOBODY" }', 'sidecar.apiKey: refers to NOBODY, which is not set'],
    ['{ url: "http://a", apiKey: "env:BROKEN" }', 'sidecar.apiKey: holds characters that no header can carry'],
    ['{ url: "http://a", language: pt }', 'Unrecognized key: "language"'],
  ])('refuses a sidecar that cannot work, and says where: %s', async (sidecar, problem) => {
    const found = await mistakes({ BROKEN: 'two\nlines' }, `sanitization: { sidecar: ${sidecar} }`);
    expect(found).toEqual([expect.stringContaining(problem)]);
  });

  it('keeps the key of the sidecar with the other secrets', async () => {
    const yaml = 'sanitization: { sidecar: { url: "http://a", apiKey: "env:SIDECAR" } }';
    const { secrets } = await load({ SIDECAR: 'synthetic' }, yaml);
    expect(secrets.get(SIDECAR_KEY).current.reveal()).toBe('synthetic');
  });

  it('reads secrets from files, but not from two places at once, nor from files that everybody can read', async () => {
    const path = write('key', 'secret-value\n');
    const [provider] = (await load({ OPENAI_API_KEY_FILE: path })).providers;
    expect(provider?.type === 'openai' && provider.apiKeys.at(0)?.reveal()).toBe('secret-value');
    expect((await mistakes({ OPENAI_API_KEY_FILE: path, OPENAI_API_KEY: 'x' }))[0]).toMatch(
      /OPENAI_API_KEY: is set together/,
    );
    expect((await mistakes({ OPENAI_API_KEY_FILE: write('open', 'x', 0o644) }))[0]).toMatch(/chmod 600/);
    expect((await mistakes({ OPENAI_API_KEY_FILE: join(folder, 'none') }))[0]).toMatch(
      /OPENAI_API_KEY_FILE: cannot read.*ENOENT/,
    );
  });

  it('never shows a secret when the configuration is printed', async () => {
    const config = await load({ OPENAI_API_KEY: 'planted-key', REDIS_URL: 'redis://:planted-password@127.0.0.1' });
    expect(JSON.stringify(config) + inspect(config, { depth: null })).not.toContain('planted');
  });

  it('is frozen', async () => {
    const config = await load();
    expect(() => Object.assign(config.limits, { keyRpm: 1 })).toThrow(TypeError);
  });

  it.each([
    ['server: { trustProxy: proxy.internal }', 'server.trustProxy: must be addresses'],
    ['server: { corsOrigins: [app.example.com] }', 'server.corsOrigins[0]: must be an origin'],
    ['server: { corsOrigins: ["https://app.example.com/"] }', 'server.corsOrigins[0]: must be an origin'],
    ['server: { corsOrigins: ["*"] }', 'server.corsOrigins[0]: must be an origin'],
    ['providers: { v: { type: local, baseUrl: "http://me:canary@h" } }', 'providers.v.baseUrl: must hold no user'],
    ['jobs: { ttlSeconds: 60, maxTtlSeconds: 30 }', 'jobs.maxTtlSeconds: is less than jobs.ttlSeconds'],
    ['jobs: { backoffMs: 60000, maxBackoffMs: 30000 }', 'jobs.maxBackoffMs: is less than jobs.backoffMs'],
  ])('takes nothing that would never be met: %s', async (yaml, problem) => {
    expect(await mistakes({}, yaml)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['analyses: { model: quick }', 'analyses.model: quick is neither'],
    ['documents: { mergeModel: nobody/x }', 'documents.mergeModel: nobody/x is neither'],
    ['codeReview: { security: bset }', 'codeReview.security: bset is neither'],
  ])('takes no model that no call could reach: %s', async (yaml, problem) => {
    expect(await mistakes({}, yaml)).toEqual([expect.stringContaining(`gatehouse.yaml ${problem}`)]);
  });

  it.each(['auto', 'quick', 'openai/gpt-5.2', 'gpt-5.2', 'meta/llama', 'fast'])('takes the model %s', async (model) => {
    write('models.yaml', 'aliases: { quick: [openai/gpt-5-mini] }');
    const provider = 'providers: { v: { type: local, baseUrl: "http://h", models: ["meta/*"] } }';
    expect(await mistakes({}, `documents: { model: ${model} }\n${provider}`)).toEqual([]);
  });

  it('says of a file that is there and cannot be read that it cannot', async () => {
    symlinkSync(join(folder, 'nowhere'), join(folder, 'prices.yaml'));
    write('evals', 'no folder');
    expect(await mistakes({}, '')).toEqual([
      expect.stringMatching(/prices\.yaml: (ENOENT|unreadable)/),
      expect.stringMatching(/evals: ENOTDIR/),
    ]);
  });

  it.each(['https://h/v1?key=canary', 'https://me:canary@h'])(
    'takes no root of a provider that paths cannot be put behind: %s',
    async (url) => {
      const found = await mistakes({ OPENAI_BASE_URL: url, OPENAI_API_KEY: 'k' });
      expect(found).toEqual([expect.stringMatching(/^OPENAI_BASE_URL: must (have|hold) no /)]);
    },
  );

  it.each(['https://docs.example.com', 'docs.example.com:443', '*', 'docs.example.com/guide'])(
    'takes no host that no link has: %s',
    async (host) => {
      write('guards.yaml', `defaults: { output: { allowedHosts: ["${host}"] } }`);
      expect(await mistakes({}, '')).toEqual([
        expect.stringContaining('defaults.output.allowedHosts[0]: must be a host'),
      ]);
    },
  );

  it('takes origins, proxies and hosts as they are written', async () => {
    write(
      'guards.yaml',
      'defaults: { output: { allowedHosts: [docs.example.com, "*.example.org", 10.0.0.1, "[::1]"] } }',
    );
    const origins = '["https://a.example", "http://127.0.0.1:5173", "capacitor://localhost", "null"]';
    const { server } = await load({}, `server: { trustProxy: "loopback, 10.0.0.0/8", corsOrigins: ${origins} }`);
    expect(server.corsOrigins).toHaveLength(4);
  });

  it('makes a master key once, for this user alone', async () => {
    const first = (await load()).masterKey;
    expect(first).toHaveLength(32);
    expect((await load()).masterKey).toEqual(first);
    const file = join(folder, 'data', 'master.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(first.toString('base64'));
  });

  it.each(['', 'garbage', Buffer.alloc(31, 7).toString('base64'), Buffer.alloc(32).toString('base64')])(
    'encrypts nothing with what is left of a master key (%j)',
    async (left) => {
      await load();
      const file = write(join('data', 'master.key'), left);
      expect(await mistakes()).toEqual([expect.stringContaining(`GATEHOUSE_MASTER_KEY: ${file} `)]);
      await expect(load({ GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64') })).resolves.toBeDefined();
    },
  );

  it('wants a real master key in production with an external database', async () => {
    expect((await mistakes({ NODE_ENV: 'production' }))[0]).toMatch(/GATEHOUSE_MASTER_KEY: must be set in production/);
    expect(await mistakes({ NODE_ENV: 'production', GATEHOUSE_EMBEDDED_PG: '1' })).toEqual([]);
    expect((await mistakes({ GATEHOUSE_MASTER_KEY: 'short' }))[0]).toMatch(/32 bytes in base64/);
    expect((await mistakes({ GATEHOUSE_ROOT_KEY: 'short' }))[0]).toMatch(/^GATEHOUSE_ROOT_KEY: must have at least 24/);
    expect((await mistakes({ OPENAI_API_KEY: 'sk-1\nsk-2' }))[0]).toMatch(
      /^OPENAI_API_KEY: holds a key with a character/,
    );
    expect((await mistakes({ GATEHOUSE_MASTER_KEY: Buffer.alloc(32).toString('base64') }))[0]).toMatch(/placeholder/);
  });

  it('does not let replicas count limits each for itself', async () => {
    expect((await mistakes({}, 'server: { replicas: 2 }'))[0]).toMatch(/server.replicas.*REDIS_URL is not set/);
    expect((await load({ REDIS_URL: 'redis://127.0.0.1' }, 'server: { replicas: 2 }')).server.replicas).toBe(2);
  });

  it('refuses an alias whose provider does not exist', async () => {
    write('models.yaml', 'aliases: { fast: [anthropc/claude] }');
    expect((await mistakes({}, ''))[0]).toBe('models.yaml aliases.fast: provider anthropc is not configured');
  });

  it('refuses a template whose pattern is not one', async () => {
    write(
      'policies.yaml',
      "templates: [{ name: hours, pattern: 'hours', answer: a }, { name: bad, pattern: '(a', answer: a }]",
    );
    expect(await mistakes({}, '')).toEqual([
      expect.stringMatching(
        /policies\.yaml.*templates.*1.*pattern.*\(bad\) is no regular expression.*missing closing \)/,
      ),
    ]);
  });

  it('says when the chosen file is not there, or is not YAML', async () => {
    expect((await mistakes({ GATEHOUSE_CONFIG: join(folder, 'no.yaml') }))[0]).toMatch(
      /GATEHOUSE_CONFIG: .*no.yaml does not exist/,
    );
    expect((await mistakes({}, 'limits: ['))[0]).toMatch(/gatehouse.yaml: /);
  });

  describe('secrets', () => {
    const kek = randomBytes(32).toString('base64');

    it('may be references wherever a secret is wanted', async () => {
      const url = 'postgres://keys@127.0.0.1/keys';
      const root = write('root', 'gh_tkZ81nQw0vXb47LmPz93Rd\n');
      const config = await load(
        {
          DATABASE_URL: 'env:REAL_DATABASE',
          REAL_DATABASE: `file:${write('database', DATABASE_URL)}`,
          GATEHOUSE_KEYS_DATABASE_URL: 'env:KEYS',
          KEYS_FILE: write('keys', `${url}\n`),
          GATEHOUSE_ROOT_KEY: `file:${root}`,
          GATEHOUSE_MASTER_KEY: `literal:${kek}`,
          REDIS_URL: 'literal:redis://127.0.0.1',
          OPENAI_API_KEY: `file:${write('openai', 'o1,o2')}`,
          OTHER: 'x1',
        },
        `providers: { other: { type: openai, apiKey: "env:OTHER" } }\naudit: { kek: { use: "file:${write('kek', kek)}" } }`,
      );
      expect([
        config.databaseUrl.reveal(),
        config.keysDatabaseUrl.reveal(),
        config.rootKey?.reveal(),
        config.redisUrl?.reveal(),
        config.masterKey.toString('base64'),
      ]).toEqual([DATABASE_URL, url, 'gh_tkZ81nQw0vXb47LmPz93Rd', 'redis://127.0.0.1', kek]);
      expect(config.providers.map((one) => one.type === 'openai' && [one.name, one.apiKeys.size])).toEqual([
        ['other', 1],
        ['openai', 2],
      ]);
      expect(config.secrets.all().map(({ name, source, version }) => [name, source, version !== ''])).toEqual([
        ['DATABASE_URL', `file:${join(folder, 'database')}`, true],
        ['GATEHOUSE_KEYS_DATABASE_URL', `file:${join(folder, 'keys')}`, true],
        ['REDIS_URL', 'literal', false],
        ['GATEHOUSE_ROOT_KEY', `file:${root}`, true],
        ['GATEHOUSE_MASTER_KEY', 'literal', false],
        ['providers.other.apiKey', 'env:OTHER', false],
        ['OPENAI_API_KEY', `file:${join(folder, 'openai')}`, true],
        ['audit.kek.use', `file:${join(folder, 'kek')}`, true],
      ]);
      expect(config.secrets.current().map((secret) => secret.reveal())).toEqual(
        expect.arrayContaining([DATABASE_URL, url, 'o1,o2', 'x1', kek]),
      );
      expect(keyWrappers(config).use.id).toMatch(/^local:/);
      expect(JSON.stringify(config) + inspect(config, { depth: null, showHidden: true })).not.toContain(kek);
    });

    it('that are missing or refused are all listed, by name, and no value with them', async () => {
      const found = await mistakes(
        {
          NODE_ENV: 'production',
          DATABASE_URL: 'env:NOWHERE',
          REDIS_URL: 'redis://:changeme@r',
          GATEHOUSE_MASTER_KEY: Buffer.from('canary-too-short').toString('base64'),
          GATEHOUSE_ROOT_KEY: 'literal:canary-root-key',
          OPENAI_API_KEY: 'vault:canary-secret-in-the-wrong-place',
          ANTHROPIC_API_KEY: 'vault:secret/data/anthropic#key',
          A: 'env:B',
          B: 'env:A',
        },
        [
          'providers:',
          '  a: { type: openai, apiKey: "env:A" }',
          '  b: { type: openai, apiKey: "file:/nowhere/key" }',
          '  c: { type: openai, apiKey: "aws-sm:app/openai" }',
          'audit: { kek: { use: "env:KEK", previous: ["vault-transit:no", master-key] } }',
        ].join('\n'),
      );
      expect(found).toEqual([
        'DATABASE_URL: refers to NOWHERE, which is not set',
        'GATEHOUSE_ROOT_KEY: is a literal, which production does not take',
        'providers.a.apiKey: refers to variables that refer to each other',
        'OPENAI_API_KEY: is not of the form vault:<mount>/data/<path>#field',
        'audit.kek.use: refers to KEK, which is not set',
        expect.stringMatching(/^audit\.kek\.previous\[0\]: must be master-key, vault-transit:/),
        'REDIS_URL: is a placeholder; put the real value in its place',
        expect.stringMatching(/^GATEHOUSE_MASTER_KEY: must be 32 bytes in base64/),
        'providers.b.apiKey: cannot read /nowhere/key: ENOENT',
        expect.stringMatching(/^providers\.c\.apiKey: aws-sm:app\/openai cannot be read: the AWS region is not known/),
        expect.stringMatching(/^ANTHROPIC_API_KEY: vault:secret\/data\/anthropic#key cannot be read: VAULT_ADDR/),
      ]);
      expect(found.join()).not.toContain('canary');
    });

    it('of a command are read alone, and listed when they are missing', async () => {
      const admin = write('admin', 'postgres://admin@127.0.0.1/gatehouse\n');
      const names = ['GATEHOUSE_ADMIN_DATABASE_URL', 'DATABASE_URL'] as const;
      const env = { DATABASE_URL, GATEHOUSE_ADMIN_DATABASE_URL: `file:${admin}` };
      const found = await secretsOfCommand(env, ...names);
      expect(found.GATEHOUSE_ADMIN_DATABASE_URL.reveal()).toBe('postgres://admin@127.0.0.1/gatehouse');
      await expect(secretsOfCommand({ DATABASE_URL: 'mysql://x' }, ...names)).rejects.toMatchObject({
        problems: ['GATEHOUSE_ADMIN_DATABASE_URL: is not set', 'DATABASE_URL: must be a URL of the form postgres://…'],
      });
    });

    it('are read fast when none is kept elsewhere', async () => {
      await load();
      const began = performance.now();
      await load({ OPENAI_API_KEY_FILE: write('key', 'sk-1') });
      expect(performance.now() - began).toBeLessThan(250);
    });
  });
});
