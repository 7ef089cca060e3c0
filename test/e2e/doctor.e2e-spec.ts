import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { testDatabase, type TestDatabase } from '../support/database';
import { startRedis } from '../support/redis';
import { Upstream } from '../support/upstream';

const ROOT = resolve(__dirname, '../..');
const CANARY = 'sk-canary-0123456789';

interface Finding {
  readonly what: string;
  readonly state: string;
  readonly says: string;
}

/** Runs one of the commands that `npm run` gives operators. */
async function command(name: string, env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'dist', `${name}.js`), ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

describe('before a start', () => {
  let folder: string;
  let database: TestDatabase;
  let upstream: Upstream;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-doctor-'));
    [database, upstream] = await Promise.all([testDatabase(), Upstream.start()]);
  });
  afterAll(async () => {
    await Promise.all([database?.drop(), upstream?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const doctor = async (env: Record<string, string>) => {
    const { code, text } = await command('doctor', { GATEHOUSE_DATA_DIR: folder, PORT: '0', ...env }, '--json');
    expect(text).not.toContain('canary');
    const findings = JSON.parse(text) as Finding[];
    return { code, of: (what: string) => findings.filter((one) => one.what === what) };
  };

  it('the doctor finds nothing wrong where nothing is', async () => {
    const redis = await startRedis();
    const { code, of } = await doctor({
      ...upstream.env,
      OPENAI_API_KEY: CANARY,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
    });
    await redis.stop();
    const looked = 'node configuration postgresql migrations data-folder audit-log redis provider-openai'.split(' ');
    for (const what of looked.map((name) => name.replace('-', ' ')))
      expect(of(what)).toEqual([expect.objectContaining({ state: 'ok' })]);
    expect(code).toBe(0);
    // nobody was asked anything that costs money
    expect(upstream.exchanges).toEqual([]);
  });

  it('the doctor names everything that is away, and no secret', async () => {
    const { code, of } = await doctor({
      OPENAI_API_KEY: CANARY,
      OPENAI_BASE_URL: 'http://127.0.0.1:9',
      DATABASE_URL: `postgres://gatehouse:${CANARY}@127.0.0.1:9/gatehouse`,
      REDIS_URL: `redis://:${CANARY}@127.0.0.1:9`,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    expect(code).toBe(1);
    for (const what of ['postgresql', 'redis', 'provider openai', 'traces'])
      expect(of(what)).toEqual([{ what, state: 'fail', says: expect.stringContaining('ECONNREFUSED') as string }]);
  });

  it('a configuration is checked without making anything', async () => {
    const data = join(folder, 'untouched');
    const right = await command('check-config', { GATEHOUSE_DATA_DIR: data, OPENAI_API_KEY: CANARY });
    expect(right).toMatchObject({ code: 0, text: expect.stringContaining('openai (external)') as string });
    expect(right.text).not.toContain('canary');
    expect(existsSync(data)).toBe(false);

    const file = join(folder, 'gatehouse.yaml');
    writeFileSync(file, 'server: { replicas: 3 }\nlimits: { nonsense: 1 }\n');
    const wrong = await command(
      'check-config',
      { GATEHOUSE_CONFIG: file, PORT: 'many', GATEHOUSE_DATA_DIR: data },
      '--json',
    );
    expect(wrong.code).toBe(1);
    const { ok, problems } = JSON.parse(wrong.text) as { ok: boolean; problems: string[] };
    expect(ok).toBe(false);
    expect(problems.join('\n')).toMatch(/PORT: must be a port[^]*nonsense|nonsense[^]*PORT: must be a port/);
  });

  it('a data folder that nothing can be kept in is a mistake of the configuration', async () => {
    for (const data of ['/proc/gatehouse', join(process.execPath, 'data')]) {
      const { code, text } = await command('check-config', { GATEHOUSE_DATA_DIR: data });
      expect([code, text]).toEqual([1, expect.stringContaining(`GATEHOUSE_DATA_DIR: ${data} cannot be used (`)]);
    }
  });

  it.each(['doctor', 'check-config'])('%s says how it is called', async (name) => {
    const { code, text } = await command(name, {}, '--yes');
    expect(code).toBe(2);
    expect(text).toContain('Exit code');
  });
});
