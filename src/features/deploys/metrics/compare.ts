import type { DeploySettings } from '../../../platform/config/deploy-settings';
import { type Buckets, type Counts, percentile, sizeOf } from './counts';

export type Tolerances = DeploySettings['compare'];

/** `few`: nothing is wrong, and there were too few calls to call it fine. */
export interface Verdict {
  readonly is: 'fine' | 'worse' | 'few';
  /** What was found: one phrase each for what is worse, or for everything where nothing is. */
  readonly says: readonly string[];
}

interface Finding {
  readonly worse: boolean;
  readonly says: string;
}

const SHARE = 0.95;

/** Whether a new release does worse than the old one. @param fresh what the new one did; @param usual what the old one did */
export function compare(fresh: Counts, usual: Counts, tolerances: Tolerances): Verdict {
  const { errorRate, attemptRate, fallbackRate } = tolerances;
  const rate = (what: string, tolerated: number, of: (counts: Counts) => readonly [number, number]) =>
    compareRates(what, of(fresh), of(usual), tolerated, tolerances);
  const slow = (what: string, of: (counts: Counts) => Buckets) =>
    compareLatencies(what, of(fresh), of(usual), tolerances);
  const findings = [
    rate('failed calls', errorRate, ({ failed, calls }) => [failed, calls]),
    rate('faults seen by HAProxy', errorRate, ({ faults, answers }) => [faults, answers]),
    rate('failed attempts', attemptRate, ({ failedAttempts, attempts }) => [failedAttempts, attempts]),
    rate('fallbacks', fallbackRate, ({ fallbacks, calls }) => [fallbacks, calls]),
    slow('p95', ({ durations }) => durations),
    slow('p95 of first tokens', ({ firstTokens }) => firstTokens),
  ].filter((finding) => finding !== undefined);
  const worse = findings.filter((finding) => finding.worse);
  if (worse.length) return { is: 'worse', says: worse.map(({ says }) => says) };
  if (fresh.calls < tolerances.calls)
    return { is: 'few', says: [`${fresh.calls} of ${tolerances.calls} calls to judge by`] };
  return { is: 'fine', says: [`${fresh.calls} calls`, ...findings.map(({ says }) => says)] };
}

function compareRates(
  what: string,
  [events, all]: readonly [number, number],
  [usualEvents, usualAll]: readonly [number, number],
  tolerated: number,
  { events: enough }: Tolerances,
): Finding | undefined {
  if (!all) return events >= enough ? { worse: true, says: `${events} ${what}` } : undefined;
  const rate = events / all;
  const usual = usualAll ? usualEvents / usualAll : 0;
  return {
    worse: events >= enough && rate - usual > tolerated,
    says: `${what} ${percent(rate)} (${percent(usual)})`,
  };
}

/** Of few answers nothing can be said. */
function compareLatencies(
  what: string,
  fresh: Buckets,
  usual: Buckets,
  { calls, latencyRatio, latencyMs }: Tolerances,
): Finding | undefined {
  const least = Math.max(1, Math.min(calls, 20));
  if (sizeOf(fresh) < least || sizeOf(usual) < least) return undefined;
  const now = (percentile(fresh, SHARE) ?? 0) * 1_000;
  const before = (percentile(usual, SHARE) ?? 0) * 1_000;
  return {
    worse: now > before * latencyRatio && now - before > latencyMs,
    says: `${what} ${Math.round(now)} ms (${Math.round(before)} ms)`,
  };
}

const percent = (value: number) => `${Number((value * 100).toFixed(2))} %`;
