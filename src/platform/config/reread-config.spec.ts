import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config';
import { pathsOf } from './config-files';
import { loadConfig } from './load-config';
import { ConfigError } from './problems';
import { rereadConfig } from './reread-config';

describe('the configuration of a running process', () => {
  let folder: string;
  let config: Config;
  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content);
  const reread = (present: readonly string[] = []) => rereadConfig(config, present);
  const mistakes = (present?: readonly string[]): readonly string[] => {
    try {
      reread(present);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
    write('gatehouse.yaml', 'limits: { keyRpm: 100 }');
    write('models.yaml', 'aliases: { fast: [openai/gpt-4o] }');
    config = await loadConfig(
      {
        DATABASE_URL: 'postgres://gatehouse@127.0.0.1/gatehouse',
        GATEHOUSE_DATA_DIR: join(folder, 'data'),
        GATEHOUSE_CONFIG: join(folder, 'gatehouse.yaml'),
        OPENAI_API_KEY: 'sk-1',
      },
      folder,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has not changed while its files say the same, however they are written', () => {
    write('models.yaml', '# the same\naliases:\n  fast:\n    - openai/gpt-4o\n');
    expect(reread()).toMatchObject({ changed: [], pending: [] });
  });

  it('changes in the parts that may, and only those become other objects', () => {
    const { models, policies, limits } = config;
    write('models.yaml', 'aliases: { fast: [openai/gpt-4o-mini] }');
    write('gatehouse.yaml', 'limits: { keyRpm: 200 }');
    const { parts, changed } = reread();
    expect(changed).toEqual(['limits', 'models']);
    expect(config.models).toBe(models);
    config.inForce.take(parts);
    expect(config.models.aliases).toEqual({ fast: ['openai/gpt-4o-mini'] });
    expect(config.limits).toEqual({ ...limits, keyRpm: 200 });
    expect(config.policies).toBe(policies);
    expect(config.inForce.revision).toBe(2);
    expect(() => Object.assign(config.models.aliases, { fast: [] })).toThrow(TypeError);
  });

  it('tells those who listen, each with all of the change before it', () => {
    const heard: unknown[] = [];
    config.inForce.onChange(({ models }) => heard.push([models.aliases, config.models.aliases, config.limits.keyRpm]));
    write('models.yaml', 'aliases: { best: [openai/gpt-4o] }');
    write('gatehouse.yaml', 'limits: { keyRpm: 7 }');
    config.inForce.take(reread().parts);
    const aliases = { best: ['openai/gpt-4o'] };
    expect(heard).toEqual([[aliases, aliases, 7]]);
  });

  it('names every setting that takes a start, and leaves those as they are', () => {
    write(
      'gatehouse.yaml',
      'server: { shutdownGraceMs: 1 }\nlimits: { keyRpm: 100, bodyBytes: 5 }\nproviders: { own: { type: local, baseUrl: "http://127.0.0.1:1" } }',
    );
    write('policies.yaml', 'defaults: { timeout: { totalMs: 3000000 }, bulkhead: { concurrency: 5000 } }');
    const { parts, changed, pending } = reread();
    expect(changed).toEqual(['policies']);
    expect(parts.limits).toBe(config.limits);
    expect(pending.toSorted()).toEqual([
      'limits.bodyBytes',
      'policies.yaml bulkhead.concurrency of provider openai',
      'policies.yaml timeout.totalMs of provider openai',
      'providers.own',
      'server.shutdownGraceMs',
    ]);
  });

  it('is refused as a whole, with every mistake in it', () => {
    write('models.yaml', 'aliases: { fast: [openai/gpt-4o-mini], slow: [elsewhere/model] }');
    write('guards.yaml', 'defaults: { injection: { action: shout } }');
    expect(mistakes()).toEqual([expect.stringContaining('guards.yaml defaults.injection.action')]);
    write('guards.yaml', '');
    expect(mistakes()).toEqual(['models.yaml aliases.slow: provider elsewhere is not configured']);
    expect(config.models.aliases).toEqual({ fast: ['openai/gpt-4o'] });
  });

  it('does not know a provider that the process was started without', () => {
    write('gatehouse.yaml', 'providers: { own: { type: local, baseUrl: "http://127.0.0.1:1" } }');
    write('models.yaml', 'aliases: { fast: [own/llama] }');
    expect(mistakes()).toEqual(['models.yaml aliases.fast: provider own is not configured']);
  });

  it('does not take a file that is gone for one that has nothing to say', () => {
    rmSync(join(folder, 'models.yaml'));
    const [, models] = pathsOf(config.configFile);
    expect(mistakes([models ?? ''])).toEqual([`${models}: was there before, and is gone`]);
    expect(mistakes()).toEqual([]);
  });

  it('is not taken where somebody who uses it cannot', () => {
    config.inForce.require(({ models }) => {
      if (models.aliases['fast']?.length !== 1) throw new ConfigError(['one, please']);
    });
    write('models.yaml', 'aliases: { fast: [openai/gpt-4o, openai/gpt-4.1] }');
    expect(mistakes()).toEqual(['one, please']);
  });

  it('remembers the longest that a call may take, as one of before may still be under way', () => {
    const { longestCallMs } = config.inForce;
    write(
      'policies.yaml',
      'defaults: { timeout: { totalMs: 1000, answerMs: 1000, firstTokenMs: 1000, idleMs: 1000 } }',
    );
    config.inForce.take(reread().parts);
    expect(config.inForce.longestCallMs).toBe(longestCallMs);
  });
});
