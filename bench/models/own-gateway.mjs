// A gateway as `npm start` runs it, on a free port and a data folder that is thrown away; providers are those of this shell.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 120_000;
const root = resolve(import.meta.dirname, '../..');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** @returns where it is, the key of its administrator, and how to stop it */
export async function startOwnGateway() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-models-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    GATEHOUSE_DATA_DIR: folder,
    DATABASE_URL: '',
    REDIS_URL: '',
  };
  const child = spawn(process.execPath, ['tools/start.mjs'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exit = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await exit;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const until = Date.now() + START_MS; ; await sleep(200)) {
      if (child.exitCode !== null) throw new Error(`the gateway ended while it started\n${output}`);
      const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
      if (ready?.ok) break;
      if (Date.now() > until) throw new Error(`the gateway was not ready within ${START_MS / 1_000} s\n${output}`);
    }
    return { url, key: readFileSync(join(folder, 'root.key'), 'utf8').trim(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
