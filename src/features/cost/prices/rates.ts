import type { Period, Rate } from '../../../platform/config/prices';

/** What one token costs, in picodollars: the same figure as micro-dollars per million tokens. */
export interface TokenRates {
  readonly input: bigint;
  /** Undefined: the model gives no answer tokens, as far as is known. */
  readonly output: bigint | undefined;
  readonly cacheRead: bigint;
  readonly cacheWrite: bigint;
  readonly cacheWriteLong: bigint;
  readonly imageInput: bigint;
}

/** What the tokens of a call cost, and what they cost in a batch. */
export interface Tariff {
  readonly single: TokenRates;
  readonly batch: TokenRates;
}

/** What a model costs at some time. */
export interface Rates extends Tariff {
  /** Under which the price book has them: not always the name that was asked for. */
  readonly name: string;
  /** The day since which they hold; absent where they always did. */
  readonly from?: string;
  /** For prompts of more than `above` tokens instead, the whole call; ascending. */
  readonly tiers: readonly (Tariff & { readonly above: number })[];
}

/** Every price filled in: what has none of its own costs what its like costs. */
export function ratesOf(name: string, { from, base, tiers }: Period): Rates {
  return {
    name,
    ...(from !== undefined && { from }),
    ...tariff(base),
    tiers: tiers.map((tier) => ({ above: tier.above, ...tariff(tier) })),
  };
}

/** The tariff for a prompt of so many tokens. */
export function tariffFor(rates: Rates, promptTokens: number): Tariff {
  return rates.tiers.findLast(({ above }) => promptTokens > above) ?? rates;
}

function tariff({ batch, ...rate }: Rate): Tariff {
  const single = filled(rate);
  if (batch === undefined) return { single, batch: single };
  return { single, batch: typeof batch === 'number' ? shareOf(single, batch) : filled(batch) };
}

function filled({ input, output, cacheRead, cacheWrite, cacheWriteLong, imageInput }: Omit<Rate, 'batch'>): TokenRates {
  return {
    input: BigInt(input),
    output: output === undefined ? undefined : BigInt(output),
    cacheRead: BigInt(cacheRead ?? input),
    cacheWrite: BigInt(cacheWrite ?? input),
    cacheWriteLong: BigInt(cacheWriteLong ?? cacheWrite ?? input),
    imageInput: BigInt(imageInput ?? input),
  };
}

const WHOLE = 1_000_000;

/** A share has six decimals; what is no whole picodollar per token is rounded up. */
function shareOf(rates: TokenRates, share: number): TokenRates {
  const millionths = BigInt(Math.round(share * WHOLE));
  const of = (rate: bigint) => (rate * millionths + BigInt(WHOLE) - 1n) / BigInt(WHOLE);
  return {
    input: of(rates.input),
    output: rates.output === undefined ? undefined : of(rates.output),
    cacheRead: of(rates.cacheRead),
    cacheWrite: of(rates.cacheWrite),
    cacheWriteLong: of(rates.cacheWriteLong),
    imageInput: of(rates.imageInput),
  };
}
