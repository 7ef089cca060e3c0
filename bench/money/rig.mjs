// Three gateways on one PostgreSQL and one Redis, two doubles that keep their own books, and what can be done to all of them.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { startPostgres, startRedis } from '../drill/dependencies.mjs';
import { isReady, NOT_SET } from '../gatehouse.mjs';
import { WORK } from '../prepare.mjs';
import { freePort, launch } from '../server.mjs';
import { MODELS } from './tokens.mjs';

export const FOLDER = join(WORK, 'money');
const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const PRICES = resolve(import.meta.dirname, '../../config/prices.yaml');
const REPLICAS = 3;
const STARTS = 10;
const TEMPORARY = ['pg', 'data'];

/** How long what a killed gateway held still counts, and until the log says of its calls that nobody knows. */
export const LEASE_MS = 5_000;
const HEARTBEAT_SECONDS = 5;
export const TOTAL_MS = 10_000;

function writeConfiguration(modes) {
  const folder = join(FOLDER, 'config');
  mkdirSync(folder, { recursive: true });
  const targets = Object.entries(MODELS).map(([provider, model]) => `${provider}/${model}`);
  const files = {
    'gatehouse.yaml': {
      server: { replicas: REPLICAS },
      budgets: { leaseMs: LEASE_MS },
      audit: {
        heartbeatSeconds: HEARTBEAT_SECONDS,
        tenants: Object.fromEntries(Object.entries(modes).map(([tenant, mode]) => [tenant, { mode }])),
      },
    },
    'models.yaml': {
      aliases: { fast: targets, best: targets.toReversed() },
      models: Object.fromEntries(
        targets.map((target) => [target, { maxOutputTokens: 8_192, contextTokens: 128_000, thinking: false }]),
      ),
    },
    'policies.yaml': {
      defaults: {
        timeout: { connectMs: 1_000, firstTokenMs: 1_500, answerMs: 5_000, idleMs: 2_000, totalMs: TOTAL_MS },
        retry: { attempts: 3, baseMs: 50, maxMs: 1_000 },
        breaker: { windowMs: 10_000, openMs: 1_000, minimumCalls: 50 },
        keys: { restMs: 50, maxRestMs: 100 },
      },
    },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), stringify(content));
  writeFileSync(join(folder, 'prices.yaml'), readFileSync(PRICES));
  return join(folder, 'gatehouse.yaml');
}

async function startDoubles(seed, journal) {
  const child = fork(join(import.meta.dirname, 'upstreams.mjs'), [seed, journal]);
  const [{ ports }] = await once(child, 'message');
  return {
    ports,
    /** How many exchanges are under way. */
    async open() {
      child.send({});
      const [{ open }] = await once(child, 'message');
      return open;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function startReplica(name, env) {
  const port = await freePort();
  let starts = 0;
  const start = () =>
    launch({
      name: `money/${name}-${++starts}`,
      command: [process.execPath, MAIN],
      env: { ...NOT_SET, HOST: '127.0.0.1', PORT: String(port), ...env },
      ready: () => isReady(port),
      keepOutput: true,
    });
  let server = await start();
  const replica = {
    name,
    port,
    /** When it was killed, milliseconds since 1970. */
    kills: [],
    async killAndStart() {
      process.kill(server.pid, 'SIGKILL');
      replica.kills.push(Date.now());
      await server.stop();
      // a gateway does not start without its database, which may be away just now
      for (let tries = 1; ; tries++)
        try {
          server = await start();
          return;
        } catch (error) {
          if (tries === STARTS) throw error;
        }
    },
    stop: () => server.stop(),
  };
  return replica;
}

export class Rig {
  #stops = [];
  #rootKey = `gh_${randomBytes(24).toString('base64url')}`;
  journal = join(FOLDER, 'journal.ndjson');

  async #keep(starting) {
    this.#stops.push(() => starting.then((started) => started.stop()));
    return starting;
  }

  /** @param {Record<string, string>} modes of the log, by tenant */
  async start(seed, modes) {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    this.doubles = await this.#keep(startDoubles(seed, this.journal));
    this.postgres = await this.#keep(startPostgres(join(FOLDER, 'pg')));
    this.redis = await this.#keep(startRedis());
    const at = (name) => `http://127.0.0.1:${this.doubles.ports[name]}`;
    const env = {
      GATEHOUSE_CONFIG: writeConfiguration(modes),
      GATEHOUSE_DATA_DIR: join(FOLDER, 'data'),
      GATEHOUSE_ROOT_KEY: this.#rootKey,
      GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64'),
      DATABASE_URL: this.postgres.url,
      REDIS_URL: this.redis.url,
      OPENAI_API_KEY: 'sk-drill',
      OPENAI_BASE_URL: at('openai'),
      ANTHROPIC_API_KEY: 'sk-drill',
      ANTHROPIC_BASE_URL: at('anthropic'),
    };
    this.replicas = [];
    for (let i = 1; i <= REPLICAS; i++) this.replicas.push(await this.#keep(startReplica(`replica-${i}`, env)));
    return this;
  }

  /** As the root key; another replica is asked where one is away. */
  async ask(method, path, body) {
    let failure;
    for (const { port } of this.replicas)
      try {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, {
          method,
          headers: { authorization: `Bearer ${this.#rootKey}`, 'content-type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (response.ok) return text ? JSON.parse(text) : undefined;
        failure = new Error(`${method} ${path} answered ${response.status}: ${text}`);
      } catch (error) {
        failure = error;
      }
    throw failure;
  }

  /** @returns {Promise<{tenant: string, key: string}>} */
  async makeTenant(name) {
    const { id } = await this.ask('POST', '/v1/tenants', { name });
    const limits = { concurrency: 1_000 };
    const { key } = await this.ask('POST', '/v1/keys', { name, tenant: id, roles: ['client'], limits });
    return { tenant: id, key };
  }

  stop() {
    return (this.stopped ??= this.#stop());
  }

  /** Leaves the logs, the journal and the report. */
  async #stop() {
    for (const stop of this.#stops.toReversed()) await stop().catch(() => {});
    for (const name of TEMPORARY) rmSync(join(FOLDER, name), { recursive: true, force: true });
  }
}
