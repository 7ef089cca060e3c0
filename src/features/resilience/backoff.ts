import type { RetryPolicy } from '../../platform/config/policies';

export type BackoffSettings = Pick<RetryPolicy, 'backoff' | 'baseMs' | 'maxMs'>;

/** How many times `baseMs` the longest wait before the n-th repetition is. */
const GROWTH: Record<BackoffSettings['backoff'], (n: number) => number> = {
  exponential: (n) => 2 ** (n - 1),
  linear: (n) => n,
  fibonacci,
};

/**
 * How long to wait before repetition `n`, the first being 1: drawn from everything up to a bound that grows with `n`, so that
 * callers who failed together do not return together; or exactly what the provider asked for. Undefined when it asks for more
 * than `maxMs`: then asking again is not worth the wait.
 */
export function backoffMs(
  n: number,
  retryAfterSeconds: number | undefined,
  { backoff, baseMs, maxMs }: BackoffSettings,
  random: () => number = Math.random,
): number | undefined {
  if (retryAfterSeconds !== undefined) {
    const asked = retryAfterSeconds * 1_000;
    return asked > maxMs ? undefined : asked;
  }
  return random() * Math.min(maxMs, baseMs * GROWTH[backoff](n));
}

/** 1, 1, 2, 3, 5 … */
function fibonacci(n: number): number {
  let [previous, current] = [0, 1];
  for (let i = 1; i < n; i++) [previous, current] = [current, previous + current];
  return current;
}
