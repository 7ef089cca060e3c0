// Everything that jobs need, each in a process of its own: PostgreSQL, Redis, a gateway that takes jobs in, workers that do them.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scratch } from '../audit/scratch.mjs';
import { startPostgres } from '../drill/dependencies.mjs';
import { isReady, NOT_SET } from '../gatehouse.mjs';
import { WORK } from '../prepare.mjs';
import { freePort, launch } from '../server.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const POLICIES = `
defaults:
  retry: { attempts: 2, baseMs: 50 }
  fallback: { enabled: false }
`;

/** Redis without memory: what it is told is gone when it is started again. */
async function startRedis(port) {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const ready = () =>
    spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout?.includes('PONG');
  return launch({ name: 'jobs/redis', command: ['redis-server', ...args], ready: async () => ready() });
}

/**
 * @param {{provider: {url: string}, redis: boolean, concurrency: number, leaseMs?: number, tenants?: number, parallel?: number}} options
 */
export async function buildSite({ provider, redis, concurrency, leaseMs = 3_000, tenants = 2, parallel = 4 }) {
  mkdirSync(join(WORK, 'jobs'), { recursive: true });
  const folder = scratch('jobs-');
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `jobs: { run: false, concurrency: ${concurrency}, leaseMs: ${leaseMs}, takeovers: 50, attempts: 50, tenantQueued: 100000, parallel: ${parallel} }\n` +
      `idempotency: { leaseMs: ${leaseMs} }\n`,
  );
  writeFileSync(join(folder, 'policies.yaml'), POLICIES);
  for (const name of ['models', 'prices', 'guards'])
    writeFileSync(join(folder, `${name}.yaml`), readFileSync(join(ROOT, 'config', `${name}.yaml`)));
  const postgres = await startPostgres(join(folder, 'pg'));
  const redisPort = redis ? await freePort() : undefined;
  let redisServer = redis ? await startRedis(redisPort) : undefined;
  const rootKey = `gh_${randomBytes(24).toString('hex')}`;
  const env = {
    ...NOT_SET,
    HOST: '127.0.0.1',
    DATABASE_URL: postgres.url,
    GATEHOUSE_CONFIG: join(folder, 'gatehouse.yaml'),
    GATEHOUSE_DATA_DIR: join(folder, 'data'),
    GATEHOUSE_ROOT_KEY: rootKey,
    GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64'),
    OPENAI_API_KEY: 'sk-jobs',
    OPENAI_BASE_URL: provider.url,
    LOG_LEVEL: 'warn',
    ...(redis && { REDIS_URL: `redis://127.0.0.1:${redisPort}` }),
  };
  const port = await freePort();
  const gateway = await launch({
    name: 'jobs/gateway',
    command: [process.execPath, join(ROOT, 'dist/main.js')],
    env: { ...env, PORT: String(port) },
    ready: () => isReady(port),
    keepOutput: true,
  });
  let started = 0;
  const startWorker = async (more = {}) => {
    const opsPort = await freePort();
    const number = ++started;
    return launch({
      name: `jobs/worker-${number}`,
      command: [process.execPath, join(ROOT, 'dist/worker.js')],
      env: { ...env, GATEHOUSE_OPS_PORT: String(opsPort), GATEHOUSE_DATA_DIR: join(folder, `data-${number}`), ...more },
      ready: () =>
        fetch(`http://127.0.0.1:${opsPort}/health/live`).then(
          ({ ok }) => ok,
          () => false,
        ),
      keepOutput: true,
    });
  };
  const ask = async (method, path, body, key = rootKey, more = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...more },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    return { status: response.status, body: await response.json() };
  };
  const keys = [];
  for (let i = 0; i < tenants; i++) {
    const tenant = (await ask('POST', '/v1/tenants', { name: `tenant ${i}` })).body.id;
    keys.push((await ask('POST', '/v1/keys', { name: 'jobs', tenant, roles: ['client'] })).body.key);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    keys,
    gateway,
    ask,
    /** Its events, as they come. */
    events: (id, key) =>
      fetch(`http://127.0.0.1:${port}/v1/jobs/${id}/events`, { headers: { authorization: `Bearer ${key}` } }),
    startWorker,
    /** All that it knew is gone. */
    async restartRedis(awayMs) {
      await redisServer?.stop();
      await sleep(awayMs);
      redisServer = await startRedis(redisPort);
    },
    /** Everything that it knows now. */
    redisText() {
      if (!redis) return '';
      const dump = join(folder, 'redis.rdb');
      spawnSync('redis-cli', ['-p', String(redisPort), 'config', 'set', 'rdbcompression', 'no']);
      spawnSync('redis-cli', ['-p', String(redisPort), '--rdb', dump]);
      return readFileSync(dump, 'latin1');
    },
    async restartPostgres(awayMs) {
      await postgres.shutDown();
      await sleep(awayMs);
      await postgres.startAgain();
    },
    async stop() {
      await gateway.stop();
      await redisServer?.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
