import type { Series } from './series';

/** Counts of what took at most so many seconds, by the bound as it is written; `+Inf` counts all. */
export type Buckets = Readonly<Record<string, number>>;

/** What a colour counted since it started, or within a while: see `countsBetween`. */
export interface Counts {
  /** Calls that ended. */
  readonly calls: number;
  /** Those that failed through no fault of their caller. */
  readonly failed: number;
  /** Times a provider was asked, and times in vain. */
  readonly attempts: number;
  readonly failedAttempts: number;
  /** Times another model was asked instead. */
  readonly fallbacks: number;
  /** When the process started, in seconds since 1970. */
  readonly startedAt: number;
  /** Answers that HAProxy handed on, and faults that it saw. */
  readonly answers: number;
  readonly faults: number;
  /** From request to last byte, of answers that are not streamed. */
  readonly durations: Buckets;
  /** From request to first content. */
  readonly firstTokens: Buckets;
}

const PLAIN = ['calls', 'failed', 'attempts', 'failedAttempts', 'fallbacks'] as const;
const OURS: ReadonlySet<string> = new Set([
  'internal',
  'provider_failed',
  'overloaded',
  'audit_unavailable',
  'storage_unavailable',
  'circuit_open',
  'deadline_exceeded',
]);

/** @param seen by the balancer */
export function countsOf(
  series: readonly Series[],
  seen: { readonly answers: number; readonly faults: number },
): Counts {
  const sum = (name: string, which: (labels: Series['labels']) => boolean = () => true) =>
    series.reduce((total, one) => (one.name === name && which(one.labels) ? total + one.value : total), 0);
  const buckets = (name: string, which: (labels: Series['labels']) => boolean = () => true) => {
    const found: Record<string, number> = {};
    for (const { name: of, labels, value } of series)
      if (of === `${name}_bucket` && which(labels))
        found[labels['le'] ?? ''] = (found[labels['le'] ?? ''] ?? 0) + value;
    return found;
  };
  return {
    calls: sum('llm_requests_total'),
    failed: sum('llm_errors_total', ({ code = '' }) => OURS.has(code)),
    attempts: sum('llm_attempts_total'),
    failedAttempts: sum('llm_attempts_total', ({ code }) => code !== 'ok' && code !== 'client_closed'),
    fallbacks: sum('llm_fallbacks_total'),
    startedAt: sum('process_start_time_seconds'),
    answers: seen.answers,
    faults: seen.faults,
    durations: buckets('llm_request_duration_seconds', ({ stream }) => stream === 'false'),
    firstTokens: buckets('llm_time_to_first_token_seconds'),
  };
}

/** What was counted in between. Undefined when the process has started anew; a HAProxy that has is no matter. */
export function countsBetween(earlier: Counts, later: Counts): Counts | undefined {
  if (later.startedAt !== earlier.startedAt) return undefined;
  const plain = PLAIN.map((name) => [name, later[name] - earlier[name]] as const);
  const isAnew = later.answers < earlier.answers;
  return {
    ...(Object.fromEntries(plain) as Pick<Counts, (typeof PLAIN)[number]>),
    startedAt: later.startedAt,
    answers: isAnew ? later.answers : later.answers - earlier.answers,
    faults: isAnew ? later.faults : later.faults - earlier.faults,
    durations: between(earlier.durations, later.durations),
    firstTokens: between(earlier.firstTokens, later.firstTokens),
  };
}

function between(earlier: Buckets, later: Buckets): Buckets {
  return Object.fromEntries(Object.entries(later).map(([bound, count]) => [bound, count - (earlier[bound] ?? 0)]));
}

/** How many there are. */
export function sizeOf(buckets: Buckets): number {
  return buckets['+Inf'] ?? 0;
}

/**
 * In seconds, as Prometheus' `histogram_quantile` estimates it; undefined where there is nothing.
 * @param share 0.95 for the 95th percentile
 */
export function percentile(buckets: Buckets, share: number): number | undefined {
  const bounds = Object.entries(buckets)
    .map(([bound, count]) => ({ bound: bound === '+Inf' ? Infinity : Number(bound), count }))
    .toSorted((a, b) => a.bound - b.bound);
  const rank = sizeOf(buckets) * share;
  if (!rank) return undefined;
  let below = { bound: 0, count: 0 };
  for (const at of bounds) {
    if (at.count >= rank) {
      if (at.bound === Infinity) return below.bound;
      return below.bound + ((at.bound - below.bound) * (rank - below.count)) / (at.count - below.count);
    }
    below = at;
  }
  return below.bound;
}
