// The gateway as `npm start` runs it: supervisor, embedded PostgreSQL, application; its data in .work/data.
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine, GATEWAY_CORE, OTHER_CORE, pin, withDescendants } from './machine.mjs';
import { WORK } from './prepare.mjs';
import { freePort, launch } from './server.mjs';

export const ROOT = resolve(import.meta.dirname, '..');
const DATA = join(WORK, 'data');

/** Empty counts as not set: neither this shell nor a .env decides what is measured. */
export const NOT_SET = Object.fromEntries(
  `ANTHROPIC_API_KEY ANTHROPIC_BASE_URL LOCAL_BASE_URL DATABASE_URL DATABASE_URL_FILE REDIS_URL LOG_LEVEL
  GATEHOUSE_CONFIG GATEHOUSE_OPS_PORT GATEHOUSE_ROOT_KEY GATEHOUSE_MASTER_KEY`
    .split(/\s+/)
    .map((name) => [name, '']),
);

export const forgetData = () => rmSync(DATA, { recursive: true, force: true });

export async function isReady(port) {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.ok ?? false;
}

/** Starts it on both cores, as anybody would, and gives the application its own core once it is ready. */
export async function launchGatehouse({ upstream, env = {} }) {
  const port = await freePort();
  const settings = {
    ...NOT_SET,
    HOST: '127.0.0.1',
    PORT: String(port),
    GATEHOUSE_DATA_DIR: DATA,
    OPENAI_API_KEY: 'sk-upstream',
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream}`,
    ...env,
  };
  const server = await launch({
    name: 'gatehouse',
    command: ['taskset', '-c', `${GATEWAY_CORE},${OTHER_CORE}`, process.execPath, join(ROOT, 'tools', 'start.mjs')],
    env: settings,
    cwd: ROOT,
    ready: () => isReady(port),
  });
  const gateway = withDescendants([server.pid]).filter((pid) => commandLine(pid).includes('dist/main.js'));
  const postmaster = Number(readFileSync(join(DATA, 'pg', 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  const storage = withDescendants([postmaster]);
  pin(gateway, GATEWAY_CORE);
  pin([server.pid, ...storage], OTHER_CORE);
  const key = readFileSync(join(DATA, 'root.key'), 'utf8').trim();
  const headers = [`authorization: Bearer ${key}`];
  const cache = { whenNew: ['x-gatehouse-cache: no-store'], whenSame: ['x-gatehouse-cache: use'] };
  return { ...server, port, gateway, storage: [postmaster], headers, ...cache };
}
