import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(__dirname, '../..');

/** Says what it sees; takes DRAIN_MS to stop, and needs the database to do so. */
const APP = `
const { Client } = require('pg');
const client = new Client(process.env.DATABASE_URL);
client.on('error', () => console.log('app: the database went first'));
client.connect().then(async () => {
  const { rows } = await client.query('select current_user, current_database()');
  console.log('app: up', process.pid, process.env.GATEHOUSE_EMBEDDED_PG, JSON.stringify(rows[0]));
});
process.once('SIGTERM', async () => {
  console.log('app: draining');
  await new Promise((resolve) => setTimeout(resolve, process.env.DRAIN_MS));
  await client.query('select 1');
  console.log('app: drained');
  process.exit(0);
});
`;

interface Run {
  readonly supervisor: ChildProcess;
  output(): string;
  says(text: string): Promise<void>;
  ends(): Promise<number | null>;
}

describe('npm start', () => {
  let folder: string;
  const runs: Run[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
    cpSync(join(ROOT, 'tools'), join(folder, 'tools'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/main.js'), APP);
    symlinkSync(join(ROOT, 'dist/features'), join(folder, 'dist/features')); // what provisions the database
  });
  afterAll(async () => {
    for (const { supervisor, ends } of runs) {
      supervisor.kill('SIGTERM');
      await ends();
    }
    rmSync(folder, { recursive: true });
  });

  function start(drainMs = 100): Run {
    const supervisor = spawn(process.execPath, ['tools/start.mjs'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], DRAIN_MS: String(drainMs) },
    });
    let output = '';
    for (const stream of [supervisor.stdout, supervisor.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    const end = once(supervisor, 'close').then(([code]) => code as number | null);
    const run: Run = {
      supervisor,
      output: () => output,
      ends: () => end,
      says: async (text) => {
        for (const until = Date.now() + 15_000; !output.includes(text); await sleep(20))
          if (Date.now() > until) throw new Error(`never said "${text}":\n${output}`);
      },
    };
    runs.push(run);
    return run;
  }

  const serverPid = (): number =>
    Number.parseInt(readFileSync(join(folder, '.gatehouse/pg/data/postmaster.pid'), 'utf8'));
  const appPid = (run: Run): number => Number(/app: up (\d+)/.exec(run.output())?.[1]);
  const serverIsGone = (): boolean => {
    try {
      return !serverPid();
    } catch {
      return true;
    }
  };

  it('brings a database, and stops the application before it', async () => {
    const run = start();
    await run.says('app: up');
    expect(run.output()).toContain('1 {"current_user":"gatehouse","current_database":"gatehouse"}');
    run.supervisor.kill('SIGINT');
    expect(await run.ends()).toBe(0);
    expect(run.output()).toContain('app: draining\napp: drained\n');
    expect(run.output()).not.toContain('the database went first');
    expect(serverIsGone()).toBe(true);
  });

  it('stops at once when asked twice', async () => {
    const run = start(60_000);
    await run.says('app: up');
    run.supervisor.kill('SIGINT');
    run.supervisor.kill('SIGTERM'); // the same Ctrl-C, delivered by npm as well
    await sleep(700);
    expect(run.supervisor.exitCode).toBeNull();
    await run.says('ask again to stop at once');
    run.supervisor.kill('SIGINT');
    expect(await run.ends()).toBe(0);
    expect(serverIsGone()).toBe(true);
  });

  it('ends with the application, and takes the database along', async () => {
    const run = start();
    await run.says('app: up');
    process.kill(appPid(run), 'SIGKILL');
    expect(await run.ends()).toBe(137);
    expect(serverIsGone()).toBe(true);
  });

  it('refuses a second one on the same data and leaves the first alone', async () => {
    const first = start();
    await first.says('app: up');
    const second = start();
    expect(await second.ends()).toBe(1);
    expect(second.output()).toContain('already running');
    first.supervisor.kill('SIGTERM');
    expect(await first.ends()).toBe(0);
    expect(first.output()).toContain('app: drained');
  });

  it('when it is killed the application drains, and the next start takes over the database', async () => {
    const killed = start();
    await killed.says('app: up');
    killed.supervisor.kill('SIGKILL');
    await killed.says('app: drained');
    const server = serverPid();
    const next = start();
    await next.says('app: up');
    expect(serverPid()).toBe(server);
    next.supervisor.kill('SIGTERM');
    expect(await next.ends()).toBe(0);
    expect(serverIsGone()).toBe(true);
  });
});
