import type { Thresholds } from '../plan';
import {
  differenceOfShares,
  type Interval,
  MANY_LOOKS,
  meanInterval,
  ONE_LOOK,
  quantileInterval,
  wilson,
} from './intervals';

/** How one call went. */
export interface Sample {
  readonly failed: boolean;
  /** Of answers of the model that was to answer. */
  readonly latencyMs?: number | undefined;
  readonly firstTokenMs?: number | undefined;
  readonly usd?: number | undefined;
}

/** What people said of answers, 0 to 1. */
export interface Feedback {
  readonly mean: number;
  readonly n: number;
}

export interface Side {
  readonly calls: readonly Sample[];
  readonly feedback?: Feedback | undefined;
}

/**
 * `kept`: within its threshold. `exceeded`: beyond it, and that is no chance: even the favourable end of its interval is. `uncertain`: beyond it
 * as far as it was measured, which may be chance. `unknown`: there is nothing to compare.
 */
export type Finding = 'kept' | 'exceeded' | 'uncertain' | 'unknown';

export type Measure = {
  readonly measure: string;
  readonly candidate: number | null;
  readonly rest: number | null;
  /** How they are compared: a difference, a ratio, or the figure itself. */
  readonly value: number | null;
  /** The end of the interval of `value` that is best for the candidate. */
  readonly at_least: number | null;
  readonly limit: number;
  readonly finding: Finding;
};

export type Comparison = {
  readonly candidate_calls: number;
  readonly rest_calls: number;
  readonly measures: readonly Measure[];
};

/** So few values say nothing of a slow end or of a mean that somebody should act on. */
const LEAST = 20;
/** Fewer failures than this are no sign of anything, however few the calls. */
const LEAST_FAILURES = 3;

/**
 * Holds the calls that got the candidate against the rest. Pure: the same for the same calls, in whatever order they come.
 */
export function compare(candidate: Side, rest: Side, thresholds: Thresholds): Comparison {
  const measures = [
    errors(candidate, rest, thresholds.error_rate),
    ceiling(candidate, thresholds.error_ceiling),
    ratio('latency_ratio', slowest(candidate, 'latencyMs'), slowest(rest, 'latencyMs'), thresholds.latency_ratio),
    ratio(
      'first_token_ratio',
      slowest(candidate, 'firstTokenMs'),
      slowest(rest, 'firstTokenMs'),
      thresholds.latency_ratio,
    ),
    ratio('cost_ratio', costs(candidate), costs(rest), thresholds.cost_ratio),
    feedback(candidate, rest, thresholds.feedback_drop),
  ];
  return { candidate_calls: candidate.calls.length, rest_calls: rest.calls.length, measures };
}

function errors(candidate: Side, rest: Side, limit: number): Measure {
  const [a, b] = [counted(candidate), counted(rest)];
  if (!a.of) return measure('error_rate', undefined, undefined, undefined, limit);
  const [shareA, shareB] = [a.hits / a.of, b.of ? b.hits / b.of : undefined];
  // without anybody to compare with, an error is one too many
  const bound = b.of ? differenceOfShares(a, b).low : wilson(a.hits, a.of).low;
  const low = a.hits < LEAST_FAILURES ? Math.min(0, bound) : bound;
  return measure('error_rate', shareA, shareB, { value: shareA - (shareB ?? 0), low }, limit);
}

function ceiling(candidate: Side, limit: number): Measure {
  const { hits, of } = counted(candidate);
  // no chance takes a model that mostly answers so far
  const told = of ? { value: hits / of, low: wilson(hits, of, ONE_LOOK).low } : undefined;
  return measure('error_ceiling', told?.value, undefined, told, limit);
}

type Measured = (Interval & { readonly value: number }) | undefined;

/** Both intervals at their ends that are best for the candidate: wider than needed, and so never too quick to decide. */
function ratio(name: string, candidate: Measured, rest: Measured, limit: number): Measure {
  const isThere = candidate && rest && rest.value > 0;
  const told = isThere && {
    value: candidate.value / rest.value,
    low: Math.max(0, candidate.low) / Math.max(rest.high, rest.value),
  };
  return measure(name, candidate?.value, rest?.value, told || undefined, limit);
}

function feedback({ feedback: a }: Side, { feedback: b }: Side, limit: number): Measure {
  const isThere = a && b && a.n >= LEAST && b.n >= LEAST;
  const value = isThere ? b.mean - a.mean : undefined;
  const told =
    isThere && value !== undefined ? { value, low: value - MANY_LOOKS * Math.sqrt(spread(a) + spread(b)) } : undefined;
  return measure('feedback_drop', a?.mean, b?.mean, told, limit);
}

/** The variance of a mean of scores from 0 to 1 is at most this. */
function spread({ mean, n }: Feedback): number {
  return (mean * (1 - mean)) / n;
}

function measure(
  name: string,
  candidate: number | undefined,
  rest: number | undefined,
  told: { readonly value: number; readonly low: number } | undefined,
  limit: number,
): Measure {
  return {
    measure: name,
    candidate: rounded(candidate),
    rest: rounded(rest),
    value: rounded(told?.value),
    at_least: rounded(told?.low),
    limit,
    finding: told ? (told.value <= limit ? 'kept' : told.low > limit ? 'exceeded' : 'uncertain') : 'unknown',
  };
}

function counted({ calls }: Side) {
  return { hits: calls.filter(({ failed }) => failed).length, of: calls.length };
}

function slowest({ calls }: Side, field: 'latencyMs' | 'firstTokenMs'): Measured {
  const values = calls.flatMap((call) => (call.failed ? [] : (call[field] ?? []))).sort((x, y) => x - y);
  return values.length < LEAST ? undefined : quantileInterval(values, 0.95);
}

function costs({ calls }: Side): Measured {
  const values = calls.flatMap((call) => (call.failed ? [] : (call.usd ?? []))).sort((x, y) => x - y);
  return values.length < LEAST ? undefined : meanInterval(values);
}

function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(6));
}
