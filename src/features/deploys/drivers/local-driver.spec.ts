import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeploySettings } from '../../../platform/config/deploy-settings';
import { LocalDriver } from './local-driver';

/** A release that writes down how it was started, and ends in its own time. */
const MAIN = `
const { PORT, NODE_ENV, GREETING, GATEHOUSE_DEPLOY_KEY } = process.env;
process.on('SIGTERM', () => setTimeout(() => { console.log('ended'); process.exit(); }, 50));
setInterval(() => undefined, 1000);
console.log(JSON.stringify({ PORT, NODE_ENV, GREETING, GATEHOUSE_DEPLOY_KEY, cwd: process.cwd() }));
`;

describe('processes of this machine', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-'));
    mkdirSync(join(folder, 'release/dist'), { recursive: true });
    writeFileSync(join(folder, 'release/package.json'), '{"version": "1.2.3"}');
    writeFileSync(join(folder, 'release/dist/main.js'), MAIN);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const driver = () => {
    const colours = { green: { url: 'http://127.0.0.1:4567', environment: { GREETING: 'hello' } } };
    return new LocalDriver(DeploySettings.parse({ folder: join(folder, 'state'), colours }), {
      PATH: process.env['PATH'],
      GATEHOUSE_DEPLOY_KEY: 'gh_of-an-operator',
    });
  };
  const output = async (pattern: RegExp) => {
    for (;;) {
      const text = readFileSync(driver().logs('green'), 'utf8');
      if (pattern.test(text)) return text;
      await sleep(20);
    }
  };

  it('run a release with the variables of its colour, and are known to a later command until they ended', async () => {
    const release = await driver().release(join(folder, 'release'));
    expect(release).toEqual({ place: join(folder, 'release'), label: '1.2.3' });
    expect(await driver().isRunning('green')).toBe(false);
    await driver().start('green', release);
    expect(await driver().isRunning('green')).toBe(true);
    const [line = ''] = (await output(/\n/)).split('\n');
    const { cwd, ...variables } = JSON.parse(line) as Record<string, string>;
    expect(cwd).toMatch(/release$/);
    expect(variables).toEqual({ PORT: '4567', NODE_ENV: 'production', GREETING: 'hello' });
    await driver().stop('green');
    expect(await driver().isRunning('green')).toBe(false);
    expect(await output(/ended/)).toContain('ended');
  });

  it('are not started from a folder without a build', async () => {
    await expect(driver().release(folder)).rejects.toThrow(/There is no build in/);
  });
});
