import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../support/gateway';

const ROOT = join(__dirname, '../..');
const LIST = {
  'gpt-5.2': {
    litellm_provider: 'openai',
    mode: 'chat',
    input_cost_per_token: 2e-6,
    output_cost_per_token: 1.4e-5,
    cache_read_input_token_cost: 1.75e-7,
  },
};
const UNPRICED = 'aliases: { fast: [openai/gpt-5.2, openai/unheard-of, elsewhere/model] }\n';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('prices', () => {
  let folder: string;
  let server: Server;
  let list: string;
  const file = (name: string) => join(folder, name);
  /** A command as the image has it: with no database, no secret and no network but the list. */
  const command = (name: string, ...args: string[]) =>
    new Promise<Ended>((ended) =>
      execFile(
        process.execPath,
        [join(ROOT, 'dist', name), ...args],
        { env: { GATEHOUSE_CONFIG: file('gatehouse.yaml') } },
        (error, stdout, stderr) => ended({ code: error ? Number(error.code) : 0, stdout, stderr }),
      ),
    );

  beforeAll(async () => {
    server = createServer((_, response) => response.end(JSON.stringify(LIST))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    list = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.json`;
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prices-'));
    writeFileSync(file('gatehouse.yaml'), '');
    for (const name of ['models.yaml', 'prices.yaml']) copyFileSync(join(ROOT, 'config', name), file(name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are there for every model that comes with Gatehouse', async () => {
    expect(await command('check-prices.js', '--strict')).toEqual({
      code: 0,
      stdout: 'Every model has a price.\n',
      stderr: '',
    });
  });

  it('that are missing are named, and fail a strict check', async () => {
    writeFileSync(file('models.yaml'), UNPRICED);
    const lax = await command('check-prices.js');
    expect(lax).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('openai/unheard-of, for which fast may stand'),
    });
    expect(await command('check-prices.js', '--strict')).toEqual({ ...lax, code: 1 });
    expect(await command('check-prices.js', '--stricter')).toMatchObject({ code: 2, stdout: '' });
  });

  it('with a mistake are named with their place', async () => {
    writeFileSync(file('prices.yaml'), 'prices: { openai/a: [{ input: 1 }, { from: 2026-01-01, input: -1 }] }\n');
    const refused = { code: 2, stderr: expect.stringContaining('prices.yaml prices.openai/a[1].input: ') };
    expect(await command('check-prices.js')).toMatchObject(refused);
  });

  it('that moved are shown, and written when asked to', async () => {
    const before = readFileSync(file('prices.yaml'), 'utf8');
    const shown = await command('update-prices.js', '--url', list);
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/openai\/gpt-5\.2 +input 1\.75 → 2\n/) });
    expect(readFileSync(file('prices.yaml'), 'utf8')).toBe(before);
    expect(await command('update-prices.js', '--url', list, '--write')).toMatchObject({ code: 0 });
    expect(readFileSync(file('prices.yaml'), 'utf8')).toMatch(
      / {4}- \{ from: \d{4}-\d\d-\d\d, input: 2, output: 14, cacheRead: 0\.175 \}\n/,
    );
    expect(await command('check-prices.js', '--strict')).toMatchObject({ code: 0 });
  });

  it('are left alone when the list cannot be had', async () => {
    const before = readFileSync(file('prices.yaml'), 'utf8');
    for (const args of [
      ['--from', file('none.json')],
      ['--from', file('gatehouse.yaml')],
      ['--url', 'file:///etc/hosts'],
    ])
      expect(await command('update-prices.js', '--write', ...args)).toMatchObject({ code: 1, stdout: '' });
    expect(await command('update-prices.js', '--rewrite')).toMatchObject({ code: 2 });
    expect(readFileSync(file('prices.yaml'), 'utf8')).toBe(before);
  });

  it('that are missing are said once at start, of what can be called', async () => {
    const gateway = await startGateway({
      env: { OPENAI_API_KEY: 'sk-none', OPENAI_BASE_URL: 'http://127.0.0.1:9' },
      settings: 'providers: { elsewhere: { type: local, baseUrl: "http://127.0.0.1:9" } }\n',
      models: `${UNPRICED}models: {}\n`,
    });
    // what is logged is written out when the process ends, if not before
    await gateway.stop();
    const warned = gateway.logs().match(/no price is known of [^:"]*/g);
    await gateway.close();
    expect(warned).toEqual(['no price is known of openai/unheard-of, elsewhere/model']);
  });
});
