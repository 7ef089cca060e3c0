import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, until } from '../support/ask';
import { testDatabase, type TestDatabase } from '../support/database';
import { FakeVault } from '../support/fake-vault';
import { type Gateway, startGateway } from '../support/gateway';
import { type Exchange, Upstream } from '../support/upstream';
import { json, says } from '../support/upstream-scripts';

const PATH = 'secret/data/team/openai';
const body = (model: string) => ({ model, messages: [{ role: 'user', content: 'Hello' }] });
const keyOf = ({ headers }: Exchange): string =>
  String(headers.authorization ?? headers['x-api-key']).replace('Bearer ', '');
const refuse = json({ error: { message: 'Incorrect API key provided' } }, 401);

describe('a gateway whose secrets are kept elsewhere', () => {
  let upstream: Upstream;
  let vault: FakeVault;
  let folder: string;
  let database: TestDatabase;
  let gateway: Gateway;
  /** Keys that the provider takes. */
  const good = new Set<string>();

  beforeAll(async () => {
    [upstream, vault, database] = await Promise.all([Upstream.start(), new FakeVault().start(), testDatabase()]);
    folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    vault.put(PATH, { key: 'canary-openai-1' });
    write('anthropic', 'canary-anthropic-1\n');
    write('database', `${database.url}\n`);
    upstream.answers((exchange) => (good.has(keyOf(exchange)) ? says('hi') : refuse)(exchange));
    gateway = await startGateway({
      env: {
        ...upstream.env,
        ...vault.appRole,
        OPENAI_API_KEY: `vault:${PATH}#key`,
        ANTHROPIC_API_KEY: `file:${join(folder, 'anthropic')}`,
        DATABASE_URL: `file:${join(folder, 'database')}`,
      },
      settings: 'secrets: { refreshSeconds: 3600 }',
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await Promise.all([upstream.close(), vault.close(), database.drop()]);
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content, { mode: 0o600 });
  const chat = (model: string) => ask(gateway, '/v1/chat/completions', body(model));
  const used = (): string[] => upstream.exchanges.map(keyOf);
  const logged = (message: string) =>
    gateway
      .logs()
      .split('\n')
      .filter((line) => line.includes(`"${message}`))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('serves, and says what it has loaded', async () => {
    for (const key of ['canary-openai-1', 'canary-anthropic-1']) good.add(key);
    expect((await chat('openai/gpt-4o')).status).toBe(200);
    expect((await chat('anthropic/claude-x')).status).toBe(200);
    expect(used()).toEqual(['canary-openai-1', 'canary-anthropic-1']);
    expect(logged('secret loaded')).toEqual([
      expect.objectContaining({ name: 'DATABASE_URL', source: `file:${join(folder, 'database')}` }),
      expect.objectContaining({ name: 'ANTHROPIC_API_KEY', version: expect.stringMatching(/^20/) }),
      expect.objectContaining({ name: 'OPENAI_API_KEY', source: `vault:${PATH}#key`, version: '1' }),
    ]);
  });

  it('takes a key that was rotated in Vault when the provider refuses the old one, within the same call', async () => {
    upstream.exchanges.length = 0;
    vault.put(PATH, { key: 'canary-openai-2' });
    good.delete('canary-openai-1');
    good.add('canary-openai-2');
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await chat('openai/gpt-4o')).status));
    expect(statuses).toEqual(statuses.map(() => 200));
    expect(used().filter((key) => key === 'canary-openai-2')).toHaveLength(8);
    upstream.exchanges.length = 0;
    expect([(await chat('openai/gpt-4o')).status, used()]).toEqual([200, ['canary-openai-2']]);
    await until(() => logged('secret rotated').length || undefined);
    expect(logged('secret rotated')).toEqual([expect.objectContaining({ name: 'OPENAI_API_KEY', version: '2' })]);
  });

  it('takes a key that was written to its file before anybody is refused', async () => {
    write('anthropic', 'canary-anthropic-2\n');
    good.add('canary-anthropic-2');
    await until(() => logged('secret rotated').length === 2 || undefined);
    good.delete('canary-anthropic-1');
    upstream.exchanges.length = 0;
    expect([(await chat('anthropic/claude-x')).status, used()]).toEqual([200, ['canary-anthropic-2']]);
  });

  it('goes on with the former key while the provider does not know the new one yet', async () => {
    write('anthropic', 'canary-anthropic-3\n');
    await until(() => logged('secret rotated').length === 3 || undefined);
    upstream.exchanges.length = 0;
    expect([(await chat('anthropic/claude-x')).status, used()]).toEqual([
      200,
      ['canary-anthropic-3', 'canary-anthropic-2'],
    ]);
  });

  it('keeps what it has while Vault is away, and says so', async () => {
    await sleep(1_100); // whoever keeps a key is not asked more often
    vault.always('breaks');
    good.delete('canary-openai-2');
    expect((await chat('openai/gpt-4o')).status).toBe(502);
    good.add('canary-openai-2');
    const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text();
    expect(await metrics()).toContain('secret_stale{name="OPENAI_API_KEY"} 1');
    expect(await metrics()).toContain('secret_rotations_total{name="ANTHROPIC_API_KEY"} 2');
    vault.always();
  });

  it('says when a rotation waits for the next start', async () => {
    write('database', `${database.url}?application_name=rotated\n`);
    await until(() => logged('secret rotated; ').length || undefined);
    expect(logged('secret rotated; ')).toEqual([expect.objectContaining({ name: 'DATABASE_URL', level: 'warn' })]);
    expect((await chat('anthropic/claude-x')).status).toBe(200);
  });

  it('shows none of it', () => {
    expect(gateway.logs()).not.toContain('canary');
  });

  it('does not start without them, and names all that is missing', async () => {
    vault.always(403);
    const started = startGateway({
      env: {
        ...vault.env,
        DATABASE_URL: 'env:NO_SUCH_DATABASE',
        OPENAI_API_KEY: `vault:${PATH}#key`,
        ANTHROPIC_API_KEY: `file:${join(folder, 'none')}`,
        GATEHOUSE_MASTER_KEY: 'canary-master',
      },
    });
    const { message } = (await started.catch((error: unknown) => error)) as Error;
    vault.always();
    expect(message).toContain('exited with 1');
    for (const name of ['DATABASE_URL', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GATEHOUSE_MASTER_KEY'])
      expect(message).toContain(`  - ${name}: `);
    expect(message).toContain('The configuration has 4 mistakes');
    expect(message).not.toContain('canary');
  });
});
