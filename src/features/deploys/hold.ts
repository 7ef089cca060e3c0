import { setTimeout as sleep } from 'node:timers/promises';
import type { Colour } from '../../contract/colour';
import { compare, type Tolerances, type Verdict } from './metrics/compare';
import { type Counts, countsBetween } from './metrics/counts';

/** Looks in a row that must find the same: one alone may be chance. */
const LOOKS = 2;

export interface Held {
  readonly to: Colour;
  readonly from: Colour;
  /** The new colour has all callers. */
  readonly alone: boolean;
  /** What the old colour had counted when the deploy began. */
  readonly baseline: Counts;
  readonly holdSeconds: number;
  readonly mostHoldSeconds: number;
  readonly tolerances: Tolerances;
  readonly counts: (colour: Colour) => Promise<Counts>;
  /** Whether HAProxy finds the new colour up. */
  readonly isUp: () => Promise<boolean>;
  /** How long from one look to the next. */
  readonly lookMs: number;
  readonly signal: AbortSignal;
}

/** The new release does worse than the old one. */
export class Regression extends Error {}

/**
 * Watches a share for a while.
 * @returns what was found
 * @throws Regression as soon as two looks in a row found it worse, or when too few calls came
 */
export async function hold(held: Held): Promise<string> {
  const { to, from, tolerances, signal } = held;
  const since = { to: await held.counts(to), from: await held.counts(from), at: performance.now() };
  for (let worse = 0; ;) {
    await sleep(held.lookMs, undefined, { signal });
    if (!(await held.isUp())) throw new Regression(`${to} is down`);
    const fresh = countsBetween(since.to, await held.counts(to));
    if (!fresh) throw new Regression(`${to} has started anew by itself`);
    const verdict = compare(fresh, usual(since.from, await held.counts(from), held), tolerances);
    worse = verdict.is === 'worse' ? worse + 1 : 0;
    if (worse === LOOKS) throw new Regression(verdict.says.join('; '));
    const done = end(verdict, (performance.now() - since.at) / 1_000, held);
    if (done !== undefined) return done;
  }
}

/** What the old colour did at the same time; where that is too little, since the deploy began. */
function usual(sinceShare: Counts, now: Counts, { alone, baseline, tolerances: { calls } }: Held): Counts {
  const meanwhile = alone ? undefined : countsBetween(sinceShare, now);
  if (meanwhile && meanwhile.calls >= Math.max(1, calls)) return meanwhile;
  // one that started anew has counted since then alone
  return countsBetween(baseline, now) ?? now;
}

function end(
  { is, says }: Verdict,
  seconds: number,
  { holdSeconds, mostHoldSeconds, tolerances }: Held,
): string | undefined {
  if (is === 'fine' && seconds >= holdSeconds) return says.join(', ');
  if (is !== 'few' || seconds < Math.max(holdSeconds, mostHoldSeconds)) return undefined;
  if (tolerances.tooFew === 'rollback') throw new Regression(`too few calls: ${says.join('; ')}`);
  return `went on without knowing: ${says.join('; ')}`;
}
