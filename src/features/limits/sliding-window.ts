/**
 * The sliding-window counter: requests of this window, plus those of the one before weighted by how much of it still lies
 * within the last `ttl` milliseconds. Two numbers, and never more than the limit admitted within one window.
 */
export interface Window {
  readonly current: number;
  readonly previous: number;
  /** Milliseconds since the window began; windows begin at multiples of `ttl`. */
  readonly elapsed: number;
  readonly ttl: number;
}

/** The outcome of one request, in the words of `@nestjs/throttler`. Times in seconds. */
export interface WindowRecord {
  /** Including this request. */
  readonly totalHits: number;
  /** Until all of it is there again; of a refusal, until trying again makes sense. */
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
}

export function hits({ current, previous, elapsed, ttl }: Window): number {
  return current + previous * (1 - elapsed / ttl);
}

export function isFull(window: Window, limit: number): boolean {
  return hits(window) >= limit;
}

/** @param window as it stands after the request has been counted, or refused. */
export function admitted(window: Window, limit: number): WindowRecord {
  return {
    // one that has just been admitted never makes the count exceed the limit
    totalHits: Math.min(limit, Math.ceil(hits(window))),
    timeToExpire: seconds(window.ttl - window.elapsed),
    isBlocked: false,
    timeToBlockExpire: 0,
  };
}

export function refused(window: Window, limit: number): WindowRecord {
  const wait = seconds(untilAdmitted(window, limit));
  return { totalHits: limit + 1, timeToExpire: wait, isBlocked: true, timeToBlockExpire: wait };
}

/** Milliseconds until the next request will be admitted if none comes before. */
function untilAdmitted({ current, previous, elapsed, ttl }: Window, limit: number): number {
  // within this window: wait until what is left of the previous one makes room
  if (current < limit) return ttl * (1 - (limit - current) / previous) - elapsed + 1;
  return ttl - elapsed + ttl * (1 - limit / current) + 1;
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
