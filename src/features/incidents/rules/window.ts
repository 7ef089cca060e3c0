import type { Measure } from '../../../platform/config/incidents';

const SLICES = 60;
/** Latencies are told apart to a tenth. */
const STEP = Math.log(1.1);
const NEARLY_ALL = 0.95;

interface Slice {
  /** Which stretch of time it is, counted since the epoch. */
  at: number;
  all: number;
  sum: number;
  least: number;
  /** When the first one came that was more than nothing. */
  first: number | undefined;
  /** How many of each size, where sizes matter. */
  readonly sizes: Map<number, number>;
}

/** What was heard of one thing within a stretch of time, as one number. Sixty slices of it are kept, whatever happens. */
export class Window {
  private slices: Slice[] = [];
  private last: number | undefined;
  private lastAt = -Infinity;

  constructor(
    private readonly measure: Measure,
    private readonly overMs: number,
  ) {}

  /** When something was heard last, in milliseconds. */
  get heardAt(): number {
    return this.lastAt;
  }

  add(value: number, now: number): void {
    this.last = value;
    this.lastAt = now;
    if (this.measure === 'level') return;
    const slice = this.slice(now);
    slice.all++;
    slice.sum += value;
    slice.least = Math.min(slice.least, value);
    if (value > 0) slice.first ??= now;
    if (this.measure !== 'p95') return;
    const size = Math.ceil(Math.log(Math.max(value, 1)) / STEP);
    slice.sizes.set(size, (slice.sizes.get(size) ?? 0) + 1);
  }

  /** @param least how many must have been heard for a ratio or a p95. @returns undefined where nothing can be said */
  value(now: number, least = 1): number | undefined {
    if (this.measure === 'level') return this.last;
    this.forget(now);
    const all = this.slices.reduce((sum, slice) => sum + slice.all, 0);
    switch (this.measure) {
      case 'count':
        return this.slices.reduce((sum, slice) => sum + slice.sum, 0);
      case 'rise':
        return this.slices.length ? (this.last ?? 0) - Math.min(...this.slices.map((slice) => slice.least)) : 0;
      case 'ratio':
        return all < least ? undefined : this.slices.reduce((sum, slice) => sum + slice.sum, 0) / all;
      case 'p95':
        return all < least ? undefined : this.nearlyAll(all);
    }
  }

  /** When the first bad thing of the window was heard; undefined where there is none, or it is not kept. */
  first(now: number): number | undefined {
    this.forget(now);
    return this.slices.find(({ first }) => first !== undefined)?.first;
  }

  private nearlyAll(all: number): number {
    const sizes = new Map<number, number>();
    for (const slice of this.slices) for (const [size, n] of slice.sizes) sizes.set(size, (sizes.get(size) ?? 0) + n);
    let rest = Math.ceil(all * NEARLY_ALL);
    for (const size of [...sizes.keys()].sort((a, b) => a - b)) {
      rest -= sizes.get(size) ?? 0;
      if (rest <= 0) return Math.exp(size * STEP);
    }
    return 0;
  }

  private slice(now: number): Slice {
    const at = Math.floor(now / (this.overMs / SLICES));
    const newest = this.slices.at(-1);
    if (newest && newest.at >= at) return newest;
    this.forget(now);
    const slice: Slice = { at, all: 0, sum: 0, least: Infinity, first: undefined, sizes: new Map() };
    this.slices.push(slice);
    return slice;
  }

  private forget(now: number): void {
    const oldest = Math.floor(now / (this.overMs / SLICES)) - SLICES;
    if ((this.slices[0]?.at ?? Infinity) <= oldest) this.slices = this.slices.filter(({ at }) => at > oldest);
  }
}
