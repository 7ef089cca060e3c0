import { setImmediate } from 'node:timers/promises';
import { cpuClock } from '../cpu-clock';
import type { Assessment, Provenance } from './assessment';
import type { InjectionRules, Sighting } from './injection-rules';
import { slices } from './slices';

export interface LongAssessment extends Assessment {
  /** False when time ran out before the end: a policy decides what an unread rest means. */
  readonly complete: boolean;
}

export interface Patience {
  /** Milliseconds of CPU time after which other work gets its turn. */
  readonly turnMs?: number;
  /** Milliseconds of CPU time for this text altogether; what other work takes in between does not count. */
  readonly budgetMs?: number;
  readonly clock?: () => number;
  /** @throws its reason, between two slices, once it is aborted */
  readonly signal?: AbortSignal;
}

const TURN_MS = 8;
const BUDGET_MS = 250;

/** As `rules.assess`, giving way to other work; the same result when it is complete. */
export async function assessLong(
  rules: InjectionRules,
  text: string,
  provenance: Provenance,
  { turnMs = TURN_MS, budgetMs = BUDGET_MS, clock = cpuClock, signal }: Patience = {},
): Promise<LongAssessment> {
  const sightings: Sighting[] = [];
  let [used, since] = [0, clock()];
  for (const { text: slice, start } of slices(text)) {
    const passed = clock() - since;
    if (used + passed >= budgetMs) return { ...rules.conclude(sightings), complete: false };
    if (passed >= turnMs) {
      used += passed;
      await setImmediate();
      signal?.throwIfAborted();
      since = clock();
    }
    sightings.push(rules.look(slice, start, provenance));
  }
  return { ...rules.conclude(sightings), complete: true };
}
