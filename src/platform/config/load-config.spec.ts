import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadConfig } from './load-config';
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
  const mistakes = (...args: Parameters<typeof load>): readonly string[] => {
    try {
      load(...args);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  it('needs nothing but a database, and then offers the sandbox', () => {
    const config = load();
    expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, production: false });
    expect(config.providers).toEqual([expect.objectContaining({ name: 'sandbox', type: 'sandbox' })]);
  });

  it('never offers the sandbox beside a real provider unless it is asked for', () => {
    expect(load({ OPENAI_API_KEY: 'k' }).providers.map(({ name }) => name)).toEqual(['openai']);
    expect(
      load({ OPENAI_API_KEY: 'k' }, 'providers: { sandbox: { type: sandbox } }').providers.map(({ name }) => name),
    ).toEqual(['sandbox', 'openai']);
  });

  it('takes providers from the environment: a pool of keys, and roots with or without /v1', () => {
    const [anthropic, openai, local] = load({
      ANTHROPIC_API_KEY: 'a1, a2',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1/',
      OPENAI_API_KEY: 'o',
      OPENAI_BASE_URL: 'http://127.0.0.1:2/v1/',
      LOCAL_BASE_URL: 'http://127.0.0.1:3/sub',
    }).providers;
    expect(anthropic).toMatchObject({ baseUrl: 'http://127.0.0.1:1', apiKeys: [expect.anything(), expect.anything()] });
    expect(openai).toMatchObject({ baseUrl: 'http://127.0.0.1:2' });
    expect(local).toMatchObject({ baseUrl: 'http://127.0.0.1:3/sub', apiKeys: [] });
  });

  it('lists every mistake at once, each with its place', () => {
    const found = mistakes(
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

  it('names a provider that cannot work', () => {
    const yaml =
      'providers: { other: { type: openai }, vllm: { type: local }, third: { type: anthropic, apiKey: "env:THIRD" } }';
    expect(mistakes({}, yaml)).toEqual([
      'providers.other: needs an apiKey (env:NAME or file:/path)',
      'providers.vllm: needs a baseUrl',
      'providers.third.apiKey: refers to THIRD, which is not set',
    ]);
  });

  it('refuses a secret that stands in the file itself', () => {
    expect(mistakes({}, 'providers: { other: { type: openai, apiKey: sk-123 } }')[0]).toMatch(
      /apiKey.*never the secret itself/,
    );
  });

  it('reads secrets from files, but not from two places at once, nor from files that everybody can read', () => {
    const path = write('key', 'secret-value\n');
    const [provider] = load({ OPENAI_API_KEY_FILE: path }).providers;
    expect(provider?.type === 'openai' && provider.apiKeys[0]?.reveal()).toBe('secret-value');
    expect(mistakes({ OPENAI_API_KEY_FILE: path, OPENAI_API_KEY: 'x' })[0]).toMatch(/OPENAI_API_KEY: is set together/);
    expect(mistakes({ OPENAI_API_KEY_FILE: write('open', 'x', 0o644) })[0]).toMatch(/chmod 600/);
    expect(mistakes({ OPENAI_API_KEY_FILE: join(folder, 'none') })[0]).toMatch(
      /OPENAI_API_KEY_FILE: cannot read.*ENOENT/,
    );
  });

  it('never shows a secret when the configuration is printed', () => {
    const config = load({ OPENAI_API_KEY: 'canary-key', REDIS_URL: 'redis://:canary-password@127.0.0.1' });
    expect(JSON.stringify(config) + inspect(config, { depth: null })).not.toContain('canary');
  });

  it('is frozen', () => {
    const config = load();
    expect(() => Object.assign(config.limits, { keyRpm: 1 })).toThrow(TypeError);
  });

  it('makes a master key once, for this user alone', () => {
    const first = load().masterKey;
    expect(first).toHaveLength(32);
    expect(load().masterKey).toEqual(first);
    const file = join(folder, 'data', 'master.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(first.toString('base64'));
  });

  it('wants a real master key in production with an external database', () => {
    expect(mistakes({ NODE_ENV: 'production' })[0]).toMatch(/GATEHOUSE_MASTER_KEY: must be set in production/);
    expect(mistakes({ NODE_ENV: 'production', GATEHOUSE_EMBEDDED_PG: '1' })).toEqual([]);
    expect(mistakes({ GATEHOUSE_MASTER_KEY: 'short' })[0]).toMatch(/32 bytes in base64/);
    expect(mistakes({ GATEHOUSE_MASTER_KEY: Buffer.alloc(32).toString('base64') })[0]).toMatch(/placeholder/);
  });

  it('does not let replicas count limits each for itself', () => {
    expect(mistakes({}, 'server: { replicas: 2 }')[0]).toMatch(/server.replicas.*REDIS_URL is not set/);
    expect(load({ REDIS_URL: 'redis://127.0.0.1' }, 'server: { replicas: 2 }').server.replicas).toBe(2);
  });

  it('refuses an alias whose provider does not exist', () => {
    write('models.yaml', 'aliases: { fast: [anthropc/claude] }');
    expect(mistakes({}, '')[0]).toBe('models.yaml aliases.fast: provider anthropc is not configured');
  });

  it('refuses a template whose pattern is not one', () => {
    write(
      'policies.yaml',
      "templates: [{ name: hours, pattern: 'hours', answer: a }, { name: bad, pattern: '(a', answer: a }]",
    );
    expect(mistakes({}, '')).toEqual([
      expect.stringMatching(
        /policies\.yaml.*templates.*1.*pattern.*\(bad\) is no regular expression.*missing closing \)/,
      ),
    ]);
  });

  it('says when the chosen file is not there, or is not YAML', () => {
    expect(mistakes({ GATEHOUSE_CONFIG: join(folder, 'no.yaml') })[0]).toMatch(
      /GATEHOUSE_CONFIG: .*no.yaml does not exist/,
    );
    expect(mistakes({}, 'limits: [')[0]).toMatch(/gatehouse.yaml: /);
  });
});
