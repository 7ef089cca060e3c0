import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { testDatabase } from './database';

const ROOT = resolve(__dirname, '../..');
const START_MS = 30_000;

export interface GatewayOptions {
  /** Added to the environment; `DATABASE_URL` here takes the place of a private database. */
  readonly env?: Readonly<Record<string, string>>;
  /** Content of gatehouse.yaml; the files beside it are the shipped ones unless given. */
  readonly settings?: string;
  readonly models?: string;
  /** Where absent, the shipped ones with the cache off: equal calls of a test are meant to reach the upstream. */
  readonly policies?: string;
  readonly guards?: string;
  readonly prices?: string;
  readonly analyses?: string;
  readonly flags?: string;
  /** Suites, by the names of their files; none when absent. */
  readonly evals?: Readonly<Record<string, string>>;
  /** Where absent, no rules: what breaks in a test is meant to. */
  readonly incidents?: string;
}

const FILES = ['gatehouse', 'models', 'policies', 'prices', 'guards', 'analyses', 'flags', 'incidents'] as const;
type ConfigFile = (typeof FILES)[number];

export interface Gateway {
  readonly url: string;
  readonly rootKey: string;
  readonly databaseUrl: string;
  /** Everything the process printed so far. */
  logs(): string;
  /** Another content of `<name>.yaml`; undefined: the file is gone. */
  configure(name: ConfigFile, content: string | undefined): void;
  signal(signal: NodeJS.Signals): void;
  /** The process is gone at once; its database stays. */
  kill(): Promise<void>;
  /** A second process on the same database, data folder and settings. */
  another(env?: Readonly<Record<string, string>>): Promise<Gateway>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Stops what runs and removes what was made. */
  close(): Promise<void>;
}

/** The built gateway as a process of its own, on a private database and a port of its own. */
export async function startGateway({
  env = {},
  settings,
  evals = {},
  ...beside
}: GatewayOptions = {}): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const database = env['DATABASE_URL'] ? undefined : await testDatabase();
  const all: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'gatehouse'), // a process starts in fewer seconds
    PORT: '0',
    DATABASE_URL: database?.url ?? '',
    GATEHOUSE_DATA_DIR: join(folder, 'data'),
    ...env,
  };
  const isShipped = settings === undefined && !Object.keys(beside).length;
  const files = {
    gatehouse: isShipped ? shipped('gatehouse') : (settings ?? ''),
    policies: uncached(),
    incidents: 'rules: []',
    ...beside,
  };
  for (const name of FILES) writeFileSync(join(folder, `${name}.yaml`), files[name] ?? shipped(name));
  mkdirSync(join(folder, 'evals'));
  for (const [name, suite] of Object.entries(evals)) writeFileSync(join(folder, 'evals', name), suite);
  all['GATEHOUSE_CONFIG'] = join(folder, 'gatehouse.yaml');
  const started: ChildProcess[] = [];
  const cleanUp = async (): Promise<void> => {
    await Promise.all(started.map((child) => end(child, 'SIGKILL')));
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return await launch(all, started, cleanUp);
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

function shipped(name: string): string {
  return readFileSync(join(ROOT, 'config', `${name}.yaml`), 'utf8');
}

function uncached(): string {
  const policies = shipped('policies');
  if (!policies.includes('exact: true')) throw new Error('the shipped policies do not say that answers are kept');
  return policies.replace('exact: true', 'exact: false');
}

async function launch(
  env: Record<string, string>,
  started: ChildProcess[],
  cleanUp: () => Promise<void>,
): Promise<Gateway> {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  const url = await new Promise<string>((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`the gateway did not start in time\n${output}`)), START_MS);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const found = /^ {4}URL +(\S+)[\s\S]*Try it/m.exec(output)?.[1];
        if (!found) return;
        clearTimeout(timer);
        ready(found);
      });
    child.once('exit', (code) => {
      clearTimeout(timer);
      failed(new Error(`the gateway exited with ${code}\n${output}`));
    });
  });
  return {
    url,
    rootKey:
      env['GATEHOUSE_ROOT_KEY'] ?? readFileSync(join(env['GATEHOUSE_DATA_DIR'] ?? '', 'root.key'), 'utf8').trim(),
    databaseUrl: env['DATABASE_URL'] ?? '',
    logs: () => output,
    configure: (name, content) => {
      const file = join(dirname(env['GATEHOUSE_CONFIG'] ?? ''), `${name}.yaml`);
      if (content === undefined) rmSync(file);
      else writeFileSync(file, content);
    },
    signal: (signal) => void child.kill(signal),
    kill: async () => void (await end(child, 'SIGKILL')),
    another: (more = {}) => launch({ ...env, ...more }, started, cleanUp),
    stop: () => end(child, 'SIGTERM'),
    close: cleanUp,
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}
