import { Cable } from './cable';
import { type TestDatabase, testDatabase } from './database';
import { FullDisk } from './full-disk';
import { type Gateway, startGateway } from './gateway';
import { Names } from './names';
import { startRedis, type TestRedis } from './redis';
import { Upstream } from './upstream';
import { says } from './upstream-scripts';

const SETTINGS = `
audit: { appendMs: 800 }
providers:
  nowhere: { type: local, baseUrl: "http://nowhere.invalid" }
`;
const POLICIES = `
defaults:
  retry: { attempts: 2, baseMs: 1, maxMs: 5 }
  degradation: { stale: true }
`;

const PRICES = `
prices:
  openai/unasked: { input: 1, output: 1 }
`;

const INCIDENTS = `
channels:
  desk: { type: webhook, url: "https://desk.nowhere.invalid/", secret: "env:DESK_SECRET" }
delivery: { backoffMs: 100, maxBackoffMs: 100, attempts: 50 }
rules:
  - name: strangers
    when: { signal: access_refused, scope: gateway, over: 1m, threshold: 5 }
    resolve: { for: 1h }
    notify: [desk]
  - name: dependency-down
    when: { signal: dependency_down, threshold: 1 }
    resolve: { for: 1h }
`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly ms: number;
}

/** A gateway of which every dependency can be taken away, and given back. */
export class OutageSite {
  private constructor(
    readonly gateway: Gateway,
    readonly upstream: Upstream,
    readonly database: TestDatabase,
    readonly disk: FullDisk,
    readonly redis: TestRedis,
    readonly names: Names,
    /** To PostgreSQL, and to Redis. */
    readonly lines: { readonly postgresql: Cable; readonly redis: Cable },
  ) {}

  static async build(): Promise<OutageSite> {
    const [database, redis, upstream] = await Promise.all([testDatabase(), startRedis(), Upstream.start()]);
    const [toDatabase, toRedis] = [new URL(database.url), new URL(redis.url)];
    const lines = { postgresql: await Cable.to(toDatabase), redis: await Cable.to(toRedis) };
    const names = new Names(['redis']);
    const gateway = await startGateway({
      env: {
        ...upstream.env,
        ...names.env,
        DESK_SECRET: ['whsec', Buffer.alloc(24).toString('base64')].join('_'),
        DATABASE_URL: lines.postgresql.through(toDatabase),
        REDIS_URL: names.named(lines.redis.through(toRedis), 'redis'),
      },
      settings: SETTINGS,
      policies: POLICIES,
      prices: PRICES,
      incidents: INCIDENTS,
    });
    upstream.answers(says('all is well'));
    const disk = new FullDisk(database.url, ['audit.batches', 'idempotent_answers', 'api_keys', 'budget_holds']);
    return new OutageSite(gateway, upstream, database, disk, redis, names, lines);
  }

  async fetch(method: string, path: string, options: { key?: string; body?: object; headers?: object } = {}) {
    const started = performance.now();
    const answer = await fetch(this.gateway.url + path, {
      method,
      headers: {
        authorization: `Bearer ${options.key ?? this.gateway.rootKey}`,
        ...(options.body && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body && { body: JSON.stringify(options.body) }),
    });
    const text = await answer.text();
    const body = (text.startsWith('{') ? JSON.parse(text) : { text }) as Record<string, unknown>;
    return { status: answer.status, headers: answer.headers, body, ms: performance.now() - started } as Answer;
  }

  /** A chat with a model of that name at the first upstream. */
  ask(model: string, headers: Record<string, string> = {}): Promise<Answer> {
    const body = { model: `openai/${model}`, messages: [{ role: 'user', content: 'Hello' }] };
    return this.fetch('POST', '/v1/chat/completions', { body, headers });
  }

  async newKey(more: object = {}): Promise<string> {
    const { body } = await this.fetch('POST', '/v1/keys', { body: { name: 'outage', ...more } });
    return body['key'] as string;
  }

  async close(): Promise<void> {
    await this.gateway.close();
    for (const line of Object.values(this.lines)) line.close();
    await Promise.all([this.upstream.close(), this.redis.stop(), this.database.drop()]);
    this.names.close();
  }
}
