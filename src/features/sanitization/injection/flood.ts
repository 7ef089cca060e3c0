const PERIODS = [1, 2, 3, 4, 5, 6, 8, 10, 12] as const;
/** Characters of repetition beyond which it is not emphasis. */
const LEAST = 240;
/** One character over and over is what lines, padding and encoded zeroes look like. */
const LEAST_OF_ONE = 1_200;
/** What tables, rulers and numbers are made of. */
const RULERS = /^[\s\d\-=_*#.~|+:,;/\\<>]{1,12}$/;

/** @returns where one short piece of text is repeated over and over; undefined: nowhere. Linear. */
export function floodIn(text: string): { readonly start: number; readonly end: number } | undefined {
  if (text.length < LEAST) return undefined;
  for (const period of PERIODS) {
    const least = period === 1 ? LEAST_OF_ONE : LEAST;
    // whoever repeats for so long is seen by looking at every so manieth character
    for (let probe = least - 1; probe < text.length; probe += least - period) {
      if (text.charCodeAt(probe) !== text.charCodeAt(probe - period)) continue;
      const [start, end] = spread(text, probe, period);
      if (end - start >= least && !RULERS.test(text.slice(start, start + period))) return { start, end };
      probe = Math.max(probe, end);
    }
  }
  return undefined;
}

function spread(text: string, probe: number, period: number): readonly [number, number] {
  let [start, end] = [probe, probe + 1];
  while (start > period && text.charCodeAt(start - 1) === text.charCodeAt(start - 1 - period)) start--;
  while (end < text.length && text.charCodeAt(end) === text.charCodeAt(end - period)) end++;
  return [start - period, end];
}
