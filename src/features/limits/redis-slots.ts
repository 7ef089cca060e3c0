import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { JsonObject } from '../../contract/json';
import { within } from '../../platform/redis/within';
import { ConcurrencySlots, slotsTaken, type Release, type Seat } from './concurrency-slots';
import { MemorySlots } from './memory-slots';

/**
 * One sorted set for each counter: a member for every call, scored by when its lease runs out on Redis's own clock. ARGV: member,
 * lease, then the limit of each. Answers which is full, or 0.
 */
const ACQUIRE = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  if redis.call('ZCARD', key) >= tonumber(ARGV[2 + i]) then return i end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + tonumber(ARGV[2]), ARGV[1])
  redis.call('PEXPIRE', key, ARGV[2])
end
return 0`;

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
  gatehouseAcquireSlots(keys: number, ...rest: readonly (string | number)[]): Promise<number>;
  gatehouseRenewSlots(key: string, leaseMs: number, ...members: string[]): Promise<1>;
};

export interface RedisSlotsOptions {
  readonly prefix?: string;
  /** How long the slots of a process that died stay taken. */
  readonly leaseMs?: number;
  readonly clock?: () => number;
}

/**
 * Counts the calls of all processes, in one round trip for a call that has limits. While Redis is in trouble each process
 * counts for itself. In a Redis Cluster the counters of one call must have the same hash tag.
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
    redis.defineCommand('gatehouseAcquireSlots', { lua: ACQUIRE });
    redis.defineCommand('gatehouseRenewSlots', { numberOfKeys: 1, lua: RENEW });
    this.redis = redis as WithCommands;
    [this.prefix, this.leaseMs, this.clock] = [prefix, leaseMs, clock];
    setInterval(() => this.renew(), leaseMs / 3).unref();
  }

  override async acquire(seats: readonly Seat[]): Promise<Release> {
    const release = this.local.acquire(seats);
    const member = `${this.process}:${++this.calls}`;
    const full = await this.shared(seats, member);
    if (full) {
      release();
      throw slotsTaken(full);
    }
    for (const { counter } of seats) this.hold(counter, member);
    return () => {
      release();
      for (const { counter } of seats)
        if (this.letGo(counter, member)) this.redis.zrem(this.prefix + counter, member).catch(() => undefined);
    };
  }

  override state(): readonly JsonObject[] {
    return this.local.state();
  }

  /** How many counters have a slot taken by this process. */
  get size(): number {
    return this.held.size;
  }

  /** Where all processes together have no room; nowhere when they cannot be asked. */
  private async shared(seats: readonly Seat[], member: string): Promise<Seat | undefined> {
    if (this.clock() < this.retryAt) return undefined;
    const keys = seats.map(({ counter }) => this.prefix + counter);
    const limits = seats.map(({ limit }) => limit);
    const asked = this.redis.gatehouseAcquireSlots(seats.length, ...keys, member, this.leaseMs, ...limits);
    try {
      return seats[(await within(DEADLINE_MS, asked)) - 1];
    } catch {
      this.retryAt = this.clock() + RETRY_MS;
      return undefined;
    }
  }

  private renew(): void {
    for (const [counter, members] of this.held)
      this.redis.gatehouseRenewSlots(this.prefix + counter, this.leaseMs, ...members).catch(() => undefined);
  }

  private hold(counter: string, member: string): void {
    const members = this.held.get(counter) ?? new Set();
    this.held.set(counter, members.add(member));
  }

  private letGo(counter: string, member: string): boolean {
    const members = this.held.get(counter);
    if (!members?.delete(member)) return false;
    if (!members.size) this.held.delete(counter);
    return true;
  }
}
