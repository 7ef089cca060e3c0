import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RestingRedis } from './similar/resting-redis';

/** The right to ask a model on behalf of all processes. */
export interface Lease {
  /** Somebody else may have had it a moment ago. */
  readonly shared: boolean;
  release(): Promise<void>;
}

const OWN: Lease = { shared: false, release: () => Promise.resolve() };

/** Who asks, of several processes: a convenience, which never fails. Without Redis each asks for itself. Type and injection token in one. */
export abstract class Leases {
  /** Undefined while another process has it. */
  abstract take(key: string): Promise<Lease | undefined>;
}

export class NoLeases extends Leases {
  override take(): Promise<Lease> {
    return Promise.resolve(OWN);
  }
}

const PREFIX = 'gatehouse:answering:';
/** How long a process that died keeps the others from asking. */
const LEASE_MS = 5_000;
const RENEW_MS = 1_500;
/** Longer than for an answer: whoever goes without it asks a model. */
const DEADLINE_MS = 500;

const RENEW = `return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('pexpire', KEYS[1], ARGV[2])`;
const RELEASE = `return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('del', KEYS[1])`;

/** Leases that are renewed until they are released. A Redis that does not answer keeps nobody from asking. */
export class RedisLeases extends Leases {
  private readonly redis: RestingRedis;

  constructor(
    redis: Redis,
    private readonly leaseMs = LEASE_MS,
    private readonly renewMs = RENEW_MS,
  ) {
    super();
    this.redis = new RestingRedis(redis, Date.now, DEADLINE_MS);
  }

  override async take(key: string): Promise<Lease | undefined> {
    const [name, owner] = [PREFIX + key, randomUUID()];
    const taken = await this.redis.ask(async (redis) => ({
      it: (await redis.set(name, owner, 'PX', this.leaseMs, 'NX')) === 'OK',
    }));
    if (!taken) return OWN;
    if (!taken.it) return undefined;
    const renew = setInterval(
      () => void this.redis.ask((redis) => redis.eval(RENEW, 1, name, owner, this.leaseMs)),
      this.renewMs,
    ).unref();
    return {
      shared: true,
      release: async () => {
        clearInterval(renew);
        await this.redis.ask((redis) => redis.eval(RELEASE, 1, name, owner));
      },
    };
  }
}
