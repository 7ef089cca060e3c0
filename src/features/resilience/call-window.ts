export interface CallCounts {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

export const NO_CALLS: CallCounts = { calls: 0, failures: 0, slow: 0 };

export function sum(one: CallCounts, other: CallCounts): CallCounts {
  return {
    calls: one.calls + other.calls,
    failures: one.failures + other.failures,
    slow: one.slow + other.slow,
  };
}

interface Bucket {
  number: number;
  calls: number;
  failures: number;
  slow: number;
}

const BUCKETS = 10;

/**
 * What became of the calls of the last `windowMs`. Time is cut into tenths of the window and the oldest tenth is forgotten as
 * a whole: a call counts for at least nine tenths of the window and never longer than all of it.
 */
export class CallWindow {
  private readonly buckets: Bucket[] = [];
  private readonly bucketMs: number;

  constructor(
    windowMs: number,
    private readonly clock: () => number,
  ) {
    this.bucketMs = windowMs / BUCKETS;
  }

  add(failed: boolean, slow: boolean): void {
    const bucket = this.current();
    bucket.calls++;
    if (failed) bucket.failures++;
    if (slow) bucket.slow++;
  }

  get counts(): CallCounts {
    const oldest = this.number() - BUCKETS;
    let total = NO_CALLS;
    for (const bucket of this.buckets) if (bucket.number > oldest) total = sum(total, bucket);
    return total;
  }

  clear(): void {
    this.buckets.length = 0;
  }

  private number(): number {
    return Math.floor(this.clock() / this.bucketMs);
  }

  private current(): Bucket {
    const number = this.number();
    const last = this.buckets.at(-1);
    if (last?.number === number) return last;
    if (this.buckets.length === BUCKETS) this.buckets.shift();
    const bucket = { number, calls: 0, failures: 0, slow: 0 };
    this.buckets.push(bucket);
    return bucket;
  }
}
