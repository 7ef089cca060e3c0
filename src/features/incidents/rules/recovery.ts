/** What the end of an incident depends on. Times are milliseconds, by one clock. */
export interface RecoveryFacts {
  readonly now: number;
  /** Until when something counts as heard: the latest of all signals. */
  readonly loudUntil: number;
  /** How long it must be quiet: the longest of all rules that were heard. */
  readonly quietMs: number;
  /** Trials that failed. */
  readonly trials: number;
  /** Since when what was done is undone on trial. */
  readonly trialAt: number | undefined;
  /** Remedies that are to be undone on trial: in force, about to be done, or about to be undone. */
  readonly inForce: number;
  readonly reverting: number;
  /** When the last one was undone. */
  readonly revertedAt: number | undefined;
}

/** A provider that failed again and again is not tried again for longer than that. */
const LONGEST_MS = 3_600_000;

/**
 * An incident resolves when all is quiet. But what is not asked is always quiet: where the gateway took something out of use,
 * it is first put back on trial, with the incident still open, and must stay quiet for as long again. After each trial that
 * fails the next one comes twice as late.
 */
export function recovery(facts: RecoveryFacts): 'wait' | 'try' | 'resolve' {
  const { now, loudUntil, quietMs, trials, trialAt, inForce, reverting, revertedAt } = facts;
  if (loudUntil > now || reverting > 0) return 'wait';
  if (trialAt !== undefined) return now - Math.max(trialAt, revertedAt ?? 0) >= quietMs ? 'resolve' : 'wait';
  if (!inForce) return 'resolve';
  const more = quietMs * (2 ** Math.min(trials, 30) - 1);
  return now - loudUntil >= Math.min(more, LONGEST_MS) ? 'try' : 'wait';
}
