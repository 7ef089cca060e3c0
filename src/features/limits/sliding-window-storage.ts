import type { JsonObject } from '../../contract/json';
import { admitted, isFull, refused, type WindowRecord } from './sliding-window';
import { WindowStorage } from './window-storage';

/** Counts of the running window and of the one before. */
interface Counts {
  start: number;
  current: Map<string, number>;
  previous: Map<string, number>;
}

/**
 * Counts in the memory of this process. Whole windows are dropped at once, so nothing has to be swept; above `maxKeys` in
 * one window the keys counted longest ago are forgotten.
 */
export class SlidingWindowStorage extends WindowStorage {
  /** By length of the window, of which there are as many as there are throttlers. */
  private readonly windows = new Map<number, Counts>();

  constructor(
    private readonly maxKeys = 100_000,
    private readonly clock: () => number = Date.now,
  ) {
    super();
  }

  override increment(key: string, ttl: number, limit: number): Promise<WindowRecord> {
    return Promise.resolve(this.hit(key, ttl, limit));
  }

  /** The same without a promise. */
  hit(key: string, ttl: number, limit: number): WindowRecord {
    const now = this.clock();
    const counts = this.counts(now, ttl);
    const window = {
      current: counts.current.get(key) ?? 0,
      previous: counts.previous.get(key) ?? 0,
      elapsed: Math.max(0, now - counts.start),
      ttl,
    };
    if (isFull(window, limit)) return refused(window, limit);
    if (window.current === 0 && counts.current.size >= this.maxKeys)
      counts.current.delete(counts.current.keys().next().value as string);
    window.current++;
    counts.current.set(key, window.current);
    return admitted(window, limit);
  }

  override state(): readonly JsonObject[] {
    return [{ scope: 'process', keys: this.size }];
  }

  /** How many keys are being counted. */
  get size(): number {
    let size = 0;
    for (const { current, previous } of this.windows.values()) size += current.size + previous.size;
    return size;
  }

  private counts(now: number, ttl: number): Counts {
    const start = now - (now % ttl);
    let counts = this.windows.get(ttl);
    if (!counts) this.windows.set(ttl, (counts = { start, current: new Map(), previous: new Map() }));
    else if (start > counts.start) {
      counts.previous = start === counts.start + ttl ? counts.current : new Map();
      counts.current = new Map();
      counts.start = start;
    }
    return counts;
  }
}
