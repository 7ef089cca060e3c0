// What goes wrong at the doubles.
import { chance } from '../drill/random.mjs';

/** Shares of all exchanges; `stream` ones are shares of streams. */
const FAULTS = [
  { name: 'rate-limited', share: 0.03 },
  { name: 'error-500', share: 0.03 },
  { name: 'hang', share: 0.01 },
  { name: 'untold', share: 0.02 },
  { name: 'half', share: 0.01 },
  { name: 'slow', share: 0.03 },
  { name: 'cut-before', share: 0.015, stream: true },
  { name: 'cut-after', share: 0.03, stream: true },
];

/** The fault of one exchange; undefined for most. */
export function faultOf(seed, exchange, streamed) {
  let left = chance(seed, 'fault', exchange)();
  for (const { name, share, stream = false } of FAULTS) {
    if (stream && !streamed) continue;
    if (left < share) return name;
    left -= share;
  }
  return undefined;
}
