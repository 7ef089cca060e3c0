/** How many standard errors an interval reaches to each side: 95 % of confidence in one look. */
export const ONE_LOOK = 1.959964;
/** 99.9 %: who looks every second and acts on the first surprise is surprised often. */
export const MANY_LOOKS = 3.290527;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of a share, after Wilson: honest for few cases and for shares near 0 and 1. Everything where there is no case. */
export function wilson(hits: number, of: number, z = MANY_LOOKS): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const share = hits / of;
  const square = z * z;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = (z / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  // at the ends exactly, whatever is lost on the way
  return { low: hits === 0 ? 0 : middle - half, high: hits === of ? 1 : middle + half };
}

/** Of the difference of two shares, after Newcombe: the Wilson intervals of both. */
export function differenceOfShares(a: Counted, b: Counted, z = MANY_LOOKS): Interval {
  const [inA, inB] = [wilson(a.hits, a.of, z), wilson(b.hits, b.of, z)];
  const [shareA, shareB] = [a.of ? a.hits / a.of : 0, b.of ? b.hits / b.of : 0];
  const difference = shareA - shareB;
  return {
    low: difference - Math.hypot(shareA - inA.low, inB.high - shareB),
    high: difference + Math.hypot(inA.high - shareA, shareB - inB.low),
  };
}

export interface Counted {
  readonly hits: number;
  readonly of: number;
}

/** Of a quantile of a distribution of any shape, from its order statistics. Undefined where there are no values. */
export function quantileInterval(
  sorted: readonly number[],
  share: number,
): (Interval & { readonly value: number }) | undefined {
  const n = sorted.length;
  if (!n) return undefined;
  const half = MANY_LOOKS * Math.sqrt(n * share * (1 - share));
  const at = (rank: number): number => sorted[Math.min(n - 1, Math.max(0, rank))] as number;
  const place = Math.ceil(n * share) - 1;
  return { value: at(place), low: at(Math.floor(n * share - half) - 1), high: at(Math.ceil(n * share + half) - 1) };
}

/** Of a mean, by its standard error. Undefined where there are no values; everything where there is one. */
export function meanInterval(values: readonly number[]): (Interval & { readonly value: number }) | undefined {
  const n = values.length;
  if (!n) return undefined;
  const value = values.reduce((sum, one) => sum + one, 0) / n;
  if (n === 1) return { value, low: -Infinity, high: Infinity };
  const variance = values.reduce((sum, one) => sum + (one - value) ** 2, 0) / (n - 1);
  const half = MANY_LOOKS * Math.sqrt(variance / n);
  return { value, low: value - half, high: value + half };
}
