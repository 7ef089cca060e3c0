import type { Redis } from 'ioredis';
import type { JsonObject } from '../../contract/json';
import { within } from '../../platform/redis/within';
import { admitted, refused, type WindowRecord } from './sliding-window';
import { WindowStorage } from './window-storage';

/** The arithmetic of `sliding-window.ts`, on Redis's own clock so that replicas agree; hash fields: window, current, previous. */
const LUA = `
local ttl, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local window = math.floor(now / ttl)
local stored = redis.call('HMGET', KEYS[1], 'w', 'c', 'p')
local last, current, previous = tonumber(stored[1]), 0, 0
if last and last >= window then
  window, current, previous = last, tonumber(stored[2]), tonumber(stored[3])
elseif last == window - 1 then
  previous = tonumber(stored[2])
end
local elapsed = math.max(0, now - window * ttl)
if current + previous * (1 - elapsed / ttl) >= limit then return { 0, current, previous, elapsed } end
redis.call('HSET', KEYS[1], 'w', window, 'c', current + 1, 'p', previous)
redis.call('PEXPIRE', KEYS[1], 2 * ttl)
return { 1, current + 1, previous, elapsed }`;

const DEADLINE_MS = 100;
const RETRY_MS = 1_000;
const COMMAND = 'gatehouseHit';

type WithCommand = Record<
  typeof COMMAND,
  (key: string, ttl: number, limit: number) => Promise<[0 | 1, number, number, number]>
>;

export interface RedisWindowOptions {
  readonly prefix?: string;
  /** Called when Redis stops or starts answering. */
  readonly onStateChange?: (up: boolean, reason?: string) => void;
  readonly clock?: () => number;
  /** How long an answer of Redis is waited for; 100 milliseconds by default. */
  readonly deadlineMs?: number;
}

/** Counts that all processes share, in one round trip. While Redis is in trouble each process counts for itself. */
export class RedisWindowStorage extends WindowStorage {
  private readonly commands: WithCommand;
  private readonly clock: () => number;
  private up = true;
  private retryAt = 0;

  constructor(
    redis: Redis,
    private readonly fallback: WindowStorage,
    private readonly options: RedisWindowOptions = {},
  ) {
    super();
    redis.defineCommand(COMMAND, { numberOfKeys: 1, lua: LUA });
    this.commands = redis as unknown as WithCommand;
    this.clock = options.clock ?? Date.now;
  }

  override async increment(key: string, ttl: number, limit: number): Promise<WindowRecord> {
    if (!this.up) {
      const now = this.clock();
      if (now < this.retryAt) return this.fallback.increment(key, ttl, limit);
      this.retryAt = now + RETRY_MS; // this request alone finds out whether Redis is back
    }
    try {
      const [isAdmitted, current, previous, elapsed] = await within(
        this.options.deadlineMs ?? DEADLINE_MS,
        this.commands[COMMAND](`${this.options.prefix ?? 'gatehouse:rate:'}${key}`, ttl, limit),
      );
      this.report(true);
      return (isAdmitted ? admitted : refused)({ current, previous, elapsed, ttl }, limit);
    } catch (error) {
      this.retryAt = this.clock() + RETRY_MS;
      this.report(false, error instanceof Error ? error.message : 'unknown error');
      return this.fallback.increment(key, ttl, limit);
    }
  }

  override state(): readonly JsonObject[] {
    return this.up ? [{ scope: 'shared' }] : this.fallback.state();
  }

  private report(up: boolean, reason?: string): void {
    if (up === this.up) return;
    this.up = up;
    this.options.onStateChange?.(up, reason);
  }
}
