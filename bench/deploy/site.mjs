// What two colours need: PostgreSQL, Redis, a provider, HAProxy, and the files that an operator would write.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { scratch } from '../audit/scratch.mjs';
import { startPostgres, startRedis } from '../drill/dependencies.mjs';
import { isReady, NOT_SET } from '../gatehouse.mjs';
import { freePort, launch } from '../server.mjs';
import { startHaproxy } from './balancer.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const POLICIES = {
  defaults: {
    retry: { attempts: 2, baseMs: 20, maxMs: 100 },
    // what fails on the new colour must not be hidden from it by what both know together
    breaker: { minimumCalls: 10_000 },
    fallback: { order: 'listed' },
  },
};
const TARGETS = ['openai/gpt-4o-mini', 'local/spare'];
const MODELS = {
  aliases: { fast: TARGETS },
  models: Object.fromEntries(
    TARGETS.map((target) => [target, { maxOutputTokens: 16_384, contextTokens: 128_000, capabilities: ['tools'] }]),
  ),
};
/** Short enough for CI, and patient with a machine that others use as well. */
const DEPLOY = {
  steps: [1, 10, 50, 100],
  holdSeconds: 2,
  mostHoldSeconds: 60,
  readySeconds: 60,
  drainSeconds: 60,
  compare: { calls: 5, latencyRatio: 3, latencyMs: 2000 },
};

async function startProvider() {
  const child = fork(join(import.meta.dirname, 'provider.mjs'));
  const ended = once(child, 'exit');
  const [{ ports }] = await once(child, 'message');
  const stop = async () => {
    child.disconnect();
    await ended;
  };
  return { ports, stop };
}

/** A release with another version: the same build beside a package.json of its own. */
function releaseOf(folder, version) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'gatehouse', version }));
  for (const name of ['dist', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

export class Site {
  #stops = [];

  async #keep(starting) {
    const started = await starting;
    this.#stops.push(() => started.stop());
    return started;
  }

  async start() {
    this.folder = scratch('deploy-');
    this.#stops.push(() => rmSync(this.folder, { recursive: true, force: true }));
    this.provider = await this.#keep(startProvider());
    this.postgres = await this.#keep(startPostgres(join(this.folder, 'pg')));
    this.redis = await this.#keep(startRedis());
    this.ports = { blue: await freePort(), green: await freePort() };
    // they outlive the command that started them, as they should
    this.#stops.push(() => this.#endColours());
    this.haproxy = await this.#keep(startHaproxy({ folder: this.folder, ...this.ports }));
    this.releases = Object.fromEntries(
      ['1.0.0', '1.1.0', '1.2.0'].map((version) => [version, releaseOf(join(this.folder, version), version)]),
    );
    this.rootKey = `gh_${randomBytes(24).toString('hex')}`;
    this.env = { ...process.env, ...NOT_SET, ...this.#environment() };
    return this;
  }

  #environment() {
    const config = join(this.folder, 'config');
    mkdirSync(config);
    writeFileSync(join(config, 'gatehouse.yaml'), stringify({ server: { replicas: 2 }, jobs: { run: false } }));
    writeFileSync(join(config, 'models.yaml'), stringify(MODELS));
    writeFileSync(join(config, 'policies.yaml'), stringify(POLICIES));
    return {
      GATEHOUSE_CONFIG: join(config, 'gatehouse.yaml'),
      GATEHOUSE_ROOT_KEY: this.rootKey,
      GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64'),
      DATABASE_URL: this.postgres.url,
      REDIS_URL: this.redis.url,
      OPENAI_API_KEY: 'sk-deploy',
      OPENAI_BASE_URL: `http://127.0.0.1:${this.provider.ports.sound}`,
      LOCAL_BASE_URL: `http://127.0.0.1:${this.provider.ports.sound}`,
      LOG_LEVEL: 'warn',
    };
  }

  /**
   * Writes config/deploy.yaml as it is for one deploy.
   * @param {Partial<Record<'blue' | 'green', object>>} environments variables of a colour alone
   * @returns its path
   */
  deployFile(environments = {}) {
    const file = join(this.folder, 'deploy.yaml');
    const colour = (name) => ({ url: `http://127.0.0.1:${this.ports[name]}`, environment: environments[name] ?? {} });
    const { runtime, stateFile } = this.haproxy;
    const places = { folder: join(this.folder, 'state'), balancer: { runtime, stateFile } };
    writeFileSync(file, stringify({ ...DEPLOY, ...places, colours: { blue: colour('blue'), green: colour('green') } }));
    return file;
  }

  /** A release that no deploy has brought. */
  async startByHand(colour, place) {
    const port = this.ports[colour];
    const env = { ...this.env, HOST: '127.0.0.1', PORT: String(port), GATEHOUSE_DATA_DIR: join(this.folder, colour) };
    const command = [process.execPath, join(place, 'dist', 'main.js')];
    await this.#keep(launch({ name: 'deploy/by-hand', command, env, ready: () => isReady(port), keepOutput: true }));
    while (!(await isReady(this.haproxy.port))) await sleep(100); // HAProxy has noticed
  }

  /** @returns the answer of a gateway, through HAProxy */
  async get(path) {
    const response = await fetch(`http://127.0.0.1:${this.haproxy.port}${path}`, {
      headers: { authorization: `Bearer ${this.rootKey}` },
    });
    return response.json();
  }

  #endColours() {
    for (const colour of ['blue', 'green']) {
      const mark = join(this.folder, 'state', `${colour}.process`);
      if (!existsSync(mark)) continue;
      try {
        process.kill(JSON.parse(readFileSync(mark, 'utf8')).pid, 'SIGKILL');
      } catch {
        // it ended by itself
      }
    }
  }

  async stop() {
    for (const stop of this.#stops.toReversed()) await stop();
  }
}
