// Everything that a drill needs, started in order and stopped in the opposite one.
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withDescendants } from '../machine.mjs';
import { WORK } from '../prepare.mjs';
import { writeConfiguration } from './configuration.mjs';
import { startPostgres, startRedis, startUpstreams } from './dependencies.mjs';
import { startReplica } from './replica.mjs';

export const FOLDER = join(WORK, 'drill');
export const PRIMARY_KEYS = ['sk-drill-1', 'sk-drill-2', 'sk-drill-3'];
const TENANTS = ['acme', 'globex', 'initech'];
const KEYS_OF_A_TENANT = 2;
const TEMPORARY = ['pg', 'data'];

export class Rig {
  #stops = [];
  #rootKey = `gh_${randomBytes(24).toString('base64url')}`;

  /** What is still starting is stopped too, once it has. */
  async #keep(starting) {
    this.#stops.push(() => starting.then((started) => started.stop()));
    return starting;
  }

  async start(seed) {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    this.upstreams = await this.#keep(startUpstreams(seed));
    this.postgres = await this.#keep(startPostgres(join(FOLDER, 'pg')));
    this.redis = await this.#keep(startRedis());
    const env = this.#environment();
    this.replicas = [];
    for (const name of ['replica-a', 'replica-b']) this.replicas.push(await this.#keep(startReplica(name, env)));
    return this;
  }

  #environment() {
    const at = (name) => `http://127.0.0.1:${this.upstreams.ports[name]}`;
    return {
      GATEHOUSE_CONFIG: writeConfiguration(join(FOLDER, 'config')),
      GATEHOUSE_DATA_DIR: join(FOLDER, 'data'),
      GATEHOUSE_ROOT_KEY: this.#rootKey,
      GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64'),
      DATABASE_URL: this.postgres.url,
      REDIS_URL: this.redis.url,
      OPENAI_API_KEY: PRIMARY_KEYS.join(),
      OPENAI_BASE_URL: at('openai'),
      ANTHROPIC_API_KEY: 'sk-drill',
      ANTHROPIC_BASE_URL: at('anthropic'),
      LOCAL_BASE_URL: at('local'),
    };
  }

  /** @returns {Promise<Record<string, string>>} API keys by the caller they belong to */
  async makeKeys() {
    const keys = {};
    for (const tenant of TENANTS) {
      const { id } = await this.#administer('/v1/tenants', { name: tenant });
      for (let i = 1; i <= KEYS_OF_A_TENANT; i++) {
        const name = `${tenant}-${i}`;
        const limits = { concurrency: 500 };
        keys[name] = (await this.#administer('/v1/keys', { name, tenant: id, roles: ['client'], limits })).key;
      }
    }
    return keys;
  }

  async #administer(path, body) {
    const response = await fetch(`${this.replicas[0].url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /** Leaves the logs, the configuration and the reports. May be called again, while it runs too. */
  stop() {
    return (this.stopped ??= this.#stop());
  }

  async #stop() {
    for (const stop of this.#stops.toReversed()) await stop().catch(() => {});
    for (const pid of withDescendants([process.pid]).filter((pid) => pid !== process.pid))
      try {
        process.kill(pid, 'SIGKILL'); // started, and not ready yet
      } catch {
        // it ended by itself
      }
    for (const name of TEMPORARY) rmSync(join(FOLDER, name), { recursive: true, force: true });
  }
}
