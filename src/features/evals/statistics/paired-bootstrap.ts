import { quantile } from './quantile';
import { seeded } from './random';

export interface Difference {
  /** Weighted mean of the differences. */
  readonly mean: number;
  /** The interval that it lies in with 95 % confidence, as far as these cases tell. */
  readonly low: number;
  readonly high: number;
  /** The interval leaves out 0. */
  readonly significant: boolean;
}

export interface Pair {
  readonly difference: number;
  readonly weight: number;
}

/** Of fewer cases nothing is concluded. */
const LEAST_PAIRS = 5;
const ROUNDS = 2_000;
const SEED = 20_231;

/** How the same cases went for two models: cases are drawn again and again, so that no shape of their scores is assumed. The same for the same pairs. */
export function pairedBootstrap(pairs: readonly Pair[]): Difference | undefined {
  const mean = meanOf(pairs);
  if (mean === undefined) return undefined;
  const random = seeded(SEED);
  const means = Array.from({ length: ROUNDS }, () => {
    const drawn = Array.from(pairs, () => pairs[Math.floor(random() * pairs.length)] as Pair);
    return meanOf(drawn) ?? mean;
  });
  const [low, high] = [quantile(means, 0.025) ?? mean, quantile(means, 0.975) ?? mean];
  return { mean, low, high, significant: pairs.length >= LEAST_PAIRS && (low > 0 || high < 0) };
}

function meanOf(pairs: readonly Pair[]): number | undefined {
  const weight = pairs.reduce((sum, one) => sum + one.weight, 0);
  return weight ? pairs.reduce((sum, one) => sum + one.difference * one.weight, 0) / weight : undefined;
}
