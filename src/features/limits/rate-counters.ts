import { StateReport } from '../../contract/state-report';

export const MINUTE_MS = 60_000;

/** What a call takes of one counter. */
export interface Charge {
  /** Unique among all counters. Callers that share it share the limit. */
  readonly counter: string;
  readonly limit: number;
  /** Whole, and at most `limit`: what asks for more is never granted. */
  readonly amount: number;
}

export type Verdict = Granted | Refused;

export interface Granted {
  readonly granted: true;
  /** What counts now, for each charge, itself included. */
  readonly used: readonly number[];
  /** When it was counted: milliseconds on the clock of the counters. */
  readonly at: number;
  /**
   * Says what was really used, in the order of the charges; only the first time. What was taken too much is given back where it
   * was counted; what was taken too little counts from now on. Costs nobody any waiting.
   */
  correct(amounts: readonly number[]): void;
}
/** Nothing was counted, of no charge. */
export interface Refused {
  readonly granted: false;
  readonly used: readonly number[];
  readonly at: number;
  /** The charge that has to wait longest. */
  readonly index: number;
  /** Milliseconds after which all charges fit, if nothing else is counted meanwhile. */
  readonly waitMs: number;
}

/**
 * Counts what is used of limits, in windows that slide. Type and injection token in one.
 *
 * In any window, wherever it begins, what was granted and not given back is never more than the limit, but for what calls used
 * beyond what they took. Nothing is refused unless it would be more than the limit within 61/60 of the window.
 */
export abstract class RateCounters extends StateReport {
  readonly reports = 'limits';

  /** Takes all charges, or none. Never rejects. @param windowMs one minute when absent; always the same for one counter */
  abstract take(charges: readonly Charge[], windowMs?: number): Promise<Verdict>;
}
