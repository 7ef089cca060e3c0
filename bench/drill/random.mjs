// Chance that can be repeated: every draw follows from a seed and from what it is for, never from the order of events.

/** @returns {() => number} numbers from 0 up to 1 that follow from `seeds` alone (FNV-1a into mulberry32) */
export function chance(...seeds) {
  let state = 2_166_136_261;
  for (const byte of Buffer.from(seeds.join('/'))) state = Math.imul(state ^ byte, 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The time until the next arrival when arrivals do not know of each other. */
export const exponential = (mean, draw) => -mean * Math.log(1 - draw());

/** What delays look like: half are below the median, a few far above. */
export const logNormal = (median, spread, draw) =>
  median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()));
