import type { JsonObject } from '../../contract/json';
import { MINUTE_MS, type RateCounters } from './rate-counters';
import type { WindowRecord } from './sliding-window';
import { WindowStorage } from './window-storage';

/** The counters in the storage seat of `@nestjs/throttler`: each request takes one. */
export class CounterWindows extends WindowStorage {
  constructor(private readonly counters: RateCounters) {
    super();
  }

  override async increment(key: string, ttl: number, limit: number): Promise<WindowRecord> {
    const counter = ttl === MINUTE_MS ? key : `${key}:${ttl}`;
    const verdict = await this.counters.take([{ counter, limit, amount: 1 }], ttl);
    if (verdict.granted)
      return {
        totalHits: verdict.used[0] as number,
        timeToExpire: Math.ceil(ttl / 1_000),
        isBlocked: false,
        timeToBlockExpire: 0,
      };
    const wait = Math.ceil(verdict.waitMs / 1_000);
    return { totalHits: limit + 1, timeToExpire: wait, isBlocked: true, timeToBlockExpire: wait };
  }

  override state(): readonly JsonObject[] {
    return this.counters.state();
  }
}
