import type { Redis } from 'ioredis';
import type { JsonObject } from '../../contract/json';
import { within } from '../../platform/redis/within';
import { CORRECT, TAKE } from './counter-scripts';
import { type Charge, type Granted, MINUTE_MS, RateCounters, type Verdict } from './rate-counters';
import { KEPT, SLOTS } from './ring';

const DEADLINE_MS = 100;
const RETRY_MS = 1_000;

type Arguments = readonly (string | number)[];
interface Commands {
  gatehouseTake(keys: number, ...rest: Arguments): Promise<[0 | 1, number, number, number, ...number[]]>;
  gatehouseCorrect(keys: number, ...rest: Arguments): Promise<1>;
}

export interface RedisCountersOptions {
  readonly prefix?: string;
  /** Called when Redis stops or starts answering. */
  readonly onStateChange?: (up: boolean, reason?: string) => void;
  readonly clock?: () => number;
  /** How long an answer of Redis is waited for; 100 milliseconds by default. */
  readonly deadlineMs?: number;
}

/**
 * Counts that all processes share, all charges of a call in one round trip. While Redis is in trouble each process counts for
 * itself. In a Redis Cluster the counters of one call must have the same hash tag.
 */
export class RedisCounters extends RateCounters {
  private readonly commands: Commands;
  private readonly prefix: string;
  private readonly clock: () => number;
  private up = true;
  private retryAt = 0;

  constructor(
    redis: Redis,
    private readonly fallback: RateCounters,
    private readonly options: RedisCountersOptions = {},
  ) {
    super();
    redis.defineCommand('gatehouseTake', { lua: TAKE });
    redis.defineCommand('gatehouseCorrect', { lua: CORRECT });
    this.commands = redis as unknown as Commands;
    [this.prefix, this.clock] = [options.prefix ?? 'gatehouse:rate:', options.clock ?? Date.now];
  }

  override async take(charges: readonly Charge[], windowMs = MINUTE_MS): Promise<Verdict> {
    if (!this.up) {
      const now = this.clock();
      if (now < this.retryAt) return this.fallback.take(charges, windowMs);
      this.retryAt = now + RETRY_MS; // this call alone finds out whether Redis is back
    }
    const slotMs = windowMs / SLOTS;
    const keys = charges.map(({ counter }) => this.prefix + counter);
    try {
      const amounts = charges.flatMap(({ limit, amount }) => [limit, amount]);
      const asked = this.commands.gatehouseTake(keys.length, ...keys, slotMs, KEPT, ...amounts);
      const [granted, at, place, waitMs, ...used] = await within(this.options.deadlineMs ?? DEADLINE_MS, asked);
      this.report(true);
      if (!granted) return { granted: false, used, at, index: place, waitMs };
      return { granted: true, used, at, correct: this.correction(charges, keys, place, slotMs) };
    } catch (error) {
      this.retryAt = this.clock() + RETRY_MS;
      this.report(false, error instanceof Error ? error.message : 'unknown error');
      return this.fallback.take(charges, windowMs);
    }
  }

  override state(): readonly JsonObject[] {
    return this.up ? [{ scope: 'shared' }] : this.fallback.state();
  }

  /** Not waited for: what cannot be corrected weighs on as it was taken until its window is over. */
  private correction(
    charges: readonly Charge[],
    keys: readonly string[],
    slot: number,
    slotMs: number,
  ): Granted['correct'] {
    let open = true;
    return (amounts) => {
      if (!open) return;
      open = false;
      const [changed, more]: [string[], number[]] = [[], []];
      for (const [i, key] of keys.entries()) {
        const difference = (amounts[i] as number) - (charges[i] as Charge).amount;
        if (!difference) continue;
        changed.push(key);
        more.push(difference);
      }
      if (!changed.length) return;
      this.commands.gatehouseCorrect(changed.length, ...changed, slotMs, KEPT, slot, ...more).catch(() => undefined);
    };
  }

  private report(up: boolean, reason?: string): void {
    if (up === this.up) return;
    this.up = up;
    this.options.onStateChange?.(up, reason);
  }
}
