// What goes wrong: faults of single answers, all the time, and incidents, once each.
import { chance } from './random.mjs';

/** Shares of the answers of the primary; `stream` ones are shares of its streams. */
const FAULTS = [
  { name: 'rate-limited', share: 0.05 },
  { name: 'error-500', share: 0.02 },
  { name: 'hang', share: 0.01 },
  { name: 'html', share: 0.002 },
  { name: 'garbage', share: 0.0015 },
  { name: 'half', share: 0.0015 },
  { name: 'drip', share: 0.01, stream: true },
  { name: 'cut-before', share: 0.005, stream: true },
  { name: 'cut-after', share: 0.005, stream: true },
];

/** The fault of the `ask`th time that the primary is asked for a call; undefined for most. */
export function faultOf(seed, call, ask, streamed) {
  let left = chance(seed, 'fault', call, ask)();
  for (const { name, share, stream = false } of FAULTS) {
    if (stream && !streamed) continue;
    if (left < share) return name;
    left -= share;
  }
  return undefined;
}

/**
 * When what happens, in seconds from the start of the measured time. An incident with `lasts` is ended after it.
 * @returns {{name: string, about: string, at: number, lasts?: number}[]}
 */
export function incidents({ seconds, outage, kill }) {
  const list = [
    { name: 'key-revoked', about: 'one of the primary’s three keys is revoked', at: 0.2 * seconds },
    { name: 'outage-refused', about: 'the primary refuses connections', at: 0.4 * seconds, lasts: outage / 2 },
    {
      name: 'outage-503',
      about: 'the primary answers 503 to everything',
      at: 0.4 * seconds + outage / 2,
      lasts: outage / 2,
    },
    { name: 'redis-paused', about: 'Redis stands still', at: 0.7 * seconds, lasts: 5 },
    { name: 'postgres-restarted', about: 'PostgreSQL is shut down and started again', at: 0.8 * seconds, lasts: 3 },
  ];
  if (kill) list.push({ name: 'replica-killed', about: 'a replica is killed and started', at: 0.88 * seconds });
  return list;
}
