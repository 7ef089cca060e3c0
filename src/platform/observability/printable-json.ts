import { processScrubber } from './process-scrubber';
import type { Scrubber } from './scrubber';

/** The same JSON with every text in it as it may be shown; names of members are ours. */
export function printableJson<T>(value: T, scrubber: Scrubber = processScrubber): T {
  return printable(value, scrubber) as T;
}

function printable(value: unknown, scrubber: Scrubber): unknown {
  if (typeof value === 'string') return scrubber.printable(value);
  if (Array.isArray(value)) return value.map((item) => printable(item, scrubber));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, printable(member, scrubber)]));
}
