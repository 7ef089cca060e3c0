// `npm run bench:audit:live [entries]`: how long a gateway's event loop stands still while `POST /v1/audit/verify` runs over its log.
// `--dist folder` takes another build of the gateway, to compare two in one run.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ensureDatabase, provisionAudit, startPg } from '../../tools/pg.mjs';
import { openProcess } from './process.mjs';
import { scratch } from './scratch.mjs';

const root = resolve(import.meta.dirname, '../..');
const { values: options, positionals } = parseArgs({
  options: {
    dist: { type: 'string', multiple: true, default: [join(root, 'dist')] },
    rounds: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const ENTRIES = Number(positionals[0] ?? 200_000);
const CALLERS = 512;
const PROBE_MS = 5;
const say = (line) => process.stdout.write(`${line}\n`);

async function fill(log) {
  const text = 'A sentence of a question. '.repeat(20);
  let made = 0;
  const one = async () => {
    while (made++ < ENTRIES)
      await log.writer.append({
        facts: {
          event: 'llm.request',
          request_id: `bench-${made}`,
          tenant: '01890000-0000-7000-8000-000000000001',
          model: 'openai/gpt-4o',
          metadata: { dialect: 'openai-chat', operation: 'chat', messages: 3, characters: 2_048 },
        },
        payload: { request: { body: { messages: [{ role: 'user', content: text }] } } },
      });
  };
  await Promise.all(Array.from({ length: CALLERS }, one));
  await sleep(5_000);
}

async function startGateway(dist, env) {
  const child = spawn(process.execPath, [join(dist, 'main.js')], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const url = await new Promise((ready, failed) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-20_000);
        const found = /^ {4}URL +(\S+)[\s\S]*Try it/m.exec(output)?.[1];
        if (found) ready(found);
      });
    child.once('exit', (code) => failed(new Error(`the gateway exited with ${code}\n${output}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { url, stop };
}

/** The longest delay of the event loop since it was asked for last, by `perf_hooks.monitorEventLoopDelay` in the gateway. */
async function longestDelayMs(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return 1_000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1]);
}

/** What somebody else waits meanwhile, who only asks whether the gateway lives. */
async function probe(url, done) {
  const took = [];
  while (!done.aborted) {
    const started = performance.now();
    await (await fetch(`${url}/health/live`)).arrayBuffer();
    took.push(performance.now() - started);
    await sleep(PROBE_MS);
  }
  took.sort((a, b) => a - b);
  return { p99: took[Math.floor(took.length * 0.99)], worst: took.at(-1) };
}

async function measure(dist, env, key) {
  const { url, stop } = await startGateway(dist, env);
  try {
    await sleep(3_000);
    await longestDelayMs(url);
    await sleep(3_000);
    const idle = await longestDelayMs(url);
    const ask = async (method, path) =>
      (await fetch(`${url}/v1/audit/${path}`, { method, headers: { authorization: `Bearer ${key}` } })).json();
    const over = new AbortController();
    const probing = probe(url, over.signal);
    const started = performance.now();
    let run = await ask('POST', 'verify');
    while (run.status === 'running') {
      await sleep(500);
      run = await ask('GET', `verifications/${run.id}`);
    }
    const seconds = (performance.now() - started) / 1_000;
    over.abort();
    const { p99, worst } = await probing;
    const longest = await longestDelayMs(url);
    say(
      `${dist}: ${run.status}, ${run.checked} entries in ${seconds.toFixed(1)} s; the event loop stood still for ${longest.toFixed(1)} ms at most (idle: ${idle.toFixed(1)} ms); /health/live p99 ${p99.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`,
    );
  } finally {
    await stop();
  }
}

const dir = scratch('bench-live-');
const server = await startPg({ dir: join(dir, 'pg') });
try {
  const url = await ensureDatabase(server, 'bench');
  await provisionAudit(server, 'bench');
  const [masterKey, key] = [randomBytes(32), `gh_${randomBytes(24).toString('base64url')}`];
  const log = await openProcess({ url, dataDir: join(dir, 'data'), masterKey });
  await fill(log);
  await log.close();
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    DATABASE_URL: url,
    GATEHOUSE_DATA_DIR: join(dir, 'data'),
    GATEHOUSE_MASTER_KEY: masterKey.toString('base64'),
    GATEHOUSE_ROOT_KEY: key,
  };
  for (let round = 0; round < Number(options.rounds); round++)
    for (const dist of options.dist) await measure(dist, env, key);
} finally {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}
