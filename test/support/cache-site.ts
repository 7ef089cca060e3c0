import { ask, type Reply } from './ask';
import { type Gateway, startGateway } from './gateway';
import { DOORS, type InferenceDoor, readStream } from './inference-doors';
import { startRedis, type TestRedis } from './redis';
import { type Script, Upstream } from './upstream';
import { says } from './upstream-scripts';

export const MODEL = 'openai/gpt-4o';
export const CHAT = DOORS[0]!;

export interface Way {
  readonly door?: InferenceDoor;
  readonly stream?: boolean;
  readonly headers?: Record<string, string>;
  readonly over?: object;
  readonly at?: Gateway;
  readonly key?: string;
}

/** Two processes that share a Redis, a provider, and tenants with a key each. */
export class CacheSite<Tenant extends string> {
  private constructor(
    readonly upstream: Upstream,
    private readonly redis: TestRedis,
    readonly gateway: Gateway,
    readonly second: Gateway,
    readonly keys = {} as Record<Tenant, string>,
    readonly ids = {} as Record<Tenant, string>,
  ) {}

  static async start<Tenant extends string>(tenants: readonly Tenant[], policies: string): Promise<CacheSite<Tenant>> {
    const [upstream, redis] = await Promise.all([Upstream.start(), startRedis()]);
    const gateway = await startGateway({ env: { ...upstream.env, REDIS_URL: redis.url }, policies });
    const site = new CacheSite<Tenant>(upstream, redis, gateway, await gateway.another());
    for (const name of tenants) {
      site.ids[name] = (await site.api('POST', '/v1/tenants', { name })).body['id'] as string;
      site.keys[name] = (await site.newKey(name, ['client', 'operator', 'admin', 'auditor'])).key;
    }
    return site;
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await Promise.all([this.upstream.close(), this.redis.stop()]);
  }

  async api(method: string, path: string, body?: object, key = this.gateway.rootKey, at = this.gateway) {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(at.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async newKey(tenant: Tenant, roles: string[]) {
    const { body } = await this.api('POST', '/v1/keys', { name: tenant, tenant: this.ids[tenant], roles });
    return body as { id: string; key: string };
  }

  async call(tenant: Tenant, prompt: string, way: Way = {}) {
    const { door = CHAT, stream = false, headers = {}, over, at = this.gateway, key = this.keys[tenant] } = way;
    const body = { ...door.ask(MODEL, prompt, stream), ...over };
    const reply = await ask(at, door.path, body, { authorization: `Bearer ${key}`, ...headers });
    return { ...reply, said: saidIn(reply, door, stream), use: reply.headers['x-gatehouse-cache'] };
  }

  /** The provider answers so, and that is kept. */
  async kept(tenant: Tenant, prompt: string, answer: string, way: Way = {}): Promise<void> {
    this.upstream.answers(says(answer));
    const { said } = await this.call(tenant, prompt, way);
    if (said !== answer) throw new Error(`the provider's answer was to be kept, not: ${said}`);
  }
}

/** Answers when it is told to. */
export function held(script: Script): { script: Script; go: () => void } {
  let go!: () => void;
  const told = new Promise<void>((resolve) => (go = resolve));
  return { go, script: async (exchange) => void (await told.then(() => script(exchange))) };
}

function saidIn({ status, text }: Reply, door: InferenceDoor, stream: boolean): string {
  if (status !== 200) return text;
  return stream ? readStream(door, text).text : door.text(JSON.parse(text));
}
