import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { JsonObject } from '../../contract/json';
import { within } from '../../platform/redis/within';
import { ConcurrencySlots, slotsTaken, type Release } from './concurrency-slots';
import { MemorySlots } from './memory-slots';

/** One sorted set for each key: a member for every call, scored by when its lease runs out on Redis's own clock. */
const ACQUIRE = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** Held calls last on; after an outage of Redis this also counts those that it has not seen. */
const RENEW = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`;

const DEADLINE_MS = 100;
const RETRY_MS = 1_000;

type WithCommands = Redis & {
  gatehouseAcquireSlot(key: string, member: string, limit: number, leaseMs: number): Promise<0 | 1>;
  gatehouseRenewSlots(key: string, leaseMs: number, ...members: string[]): Promise<1>;
};

export interface RedisSlotsOptions {
  readonly prefix?: string;
  /** How long the slots of a process that died stay taken. */
  readonly leaseMs?: number;
  readonly clock?: () => number;
}

/**
 * Counts the calls of all processes, in one round trip for a key that has a limit. While Redis is in trouble each process
 * counts for itself.
 */
export class RedisSlots extends ConcurrencySlots {
  private readonly redis: WithCommands;
  private readonly local = new MemorySlots();
  private readonly held = new Map<string, Set<string>>();
  private readonly process = randomUUID();
  private readonly prefix: string;
  private readonly leaseMs: number;
  private readonly clock: () => number;
  private calls = 0;
  private retryAt = 0;

  constructor(
    redis: Redis,
    { prefix = 'gatehouse:slots:', leaseMs = 30_000, clock = Date.now }: RedisSlotsOptions = {},
  ) {
    super();
    redis.defineCommand('gatehouseAcquireSlot', { numberOfKeys: 1, lua: ACQUIRE });
    redis.defineCommand('gatehouseRenewSlots', { numberOfKeys: 1, lua: RENEW });
    this.redis = redis as WithCommands;
    [this.prefix, this.leaseMs, this.clock] = [prefix, leaseMs, clock];
    setInterval(() => this.renew(), leaseMs / 3).unref();
  }

  override async acquire(keyId: string, limit: number): Promise<Release> {
    const release = this.local.acquire(keyId, limit);
    const member = `${this.process}:${++this.calls}`;
    if (!(await this.shared(keyId, member, limit))) {
      release();
      throw slotsTaken(limit);
    }
    this.hold(keyId, member);
    return () => {
      release();
      if (this.letGo(keyId, member)) this.redis.zrem(this.prefix + keyId, member).catch(() => undefined);
    };
  }

  override state(): readonly JsonObject[] {
    return this.local.state();
  }

  /** How many keys hold a slot in this process. */
  get size(): number {
    return this.held.size;
  }

  /** Whether all processes together have room; yes when they cannot be asked. */
  private async shared(keyId: string, member: string, limit: number): Promise<boolean> {
    if (this.clock() < this.retryAt) return true;
    const asked = this.redis.gatehouseAcquireSlot(this.prefix + keyId, member, limit, this.leaseMs);
    try {
      return (await within(DEADLINE_MS, asked)) === 1;
    } catch {
      this.retryAt = this.clock() + RETRY_MS;
      return true;
    }
  }

  private renew(): void {
    for (const [keyId, members] of this.held)
      this.redis.gatehouseRenewSlots(this.prefix + keyId, this.leaseMs, ...members).catch(() => undefined);
  }

  private hold(keyId: string, member: string): void {
    const members = this.held.get(keyId) ?? new Set();
    this.held.set(keyId, members.add(member));
  }

  private letGo(keyId: string, member: string): boolean {
    const members = this.held.get(keyId);
    if (!members?.delete(member)) return false;
    if (!members.size) this.held.delete(keyId);
    return true;
  }
}
