export interface BackoffSettings {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait before attempt `attempt` (2 is the first repetition): exponential with full jitter, or what the provider
 * asked for. Undefined when it asks for more than `maxMs`: then trying again is not worth the wait.
 */
export function backoffMs(
  attempt: number,
  retryAfterSeconds: number | undefined,
  { baseMs, maxMs }: BackoffSettings,
  random: () => number = Math.random,
): number | undefined {
  if (retryAfterSeconds !== undefined) {
    const asked = retryAfterSeconds * 1_000;
    return asked > maxMs ? undefined : asked;
  }
  return random() * Math.min(maxMs, baseMs * 2 ** (attempt - 2));
}
