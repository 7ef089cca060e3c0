import { createHash } from 'node:crypto';
import { withoutUsage } from '../../../contract/add-usage';
import { canonicalJson } from '../../../contract/canonical-json';
import type { Picos } from '../../../contract/money';
import { promptTokens } from '../../../contract/prompt-tokens';
import type { Usage } from '../../../contract/reply';
import { priceAt, pricedName } from '../../../platform/config/price-at';
import type { Period, Prices } from '../../../platform/config/prices';
import { ratesOf, tariffFor, type Rates, type Tariff, type TokenRates } from './rates';

/** What is known of a call beyond its token counts. */
export interface CostOptions {
  /** It was asked for in a batch. */
  readonly batch?: boolean;
  /** Parts of what was used, each at the price of its own model. */
  readonly wasted?: readonly Wasted[] | undefined;
}

/** What a try took that was of no use. */
export interface Wasted {
  /** Who was asked, `provider/model`. */
  readonly target: string;
  readonly usage: Usage;
}

/** The most that a call can use. */
export interface Bound {
  /** The whole prompt, whatever of it is read from or written to a cache. */
  readonly inputTokens: number;
  /** All answers together, thinking included. */
  readonly outputTokens: number;
  /** The call asks for its prompt to be written to the cache of the provider, where it may be kept for long. */
  readonly cacheWrites: boolean;
}

/** What models cost and when. Prices are looked up by what was asked, `provider/model`, never by what a provider says answered. */
export class PriceBook {
  /** Changes when any price does: 64 bits of the SHA-256 of all prices. */
  version!: string;
  private prices!: Prices['prices'];
  private readonly known = new WeakMap<Period, Rates>();

  constructor(prices: Prices['prices']) {
    this.take(prices);
  }

  /** Other prices hold from now on. */
  take(prices: Prices['prices']): void {
    this.prices = prices;
    this.version = createHash('sha256').update(canonicalJson(prices)).digest('hex').slice(0, 16);
  }

  /** What that `provider/model` costs at that time (milliseconds since the epoch); undefined where no price is known. */
  rates(target: string, atMs: number): Rates | undefined {
    const period = priceAt(this.prices, target, atMs);
    if (!period) return undefined;
    const known = this.known.get(period);
    if (known) return known;
    const rates = ratesOf(pricedName(this.prices, target)!, period);
    this.known.set(period, rates);
    return rates;
  }

  /** What that use of the model costs, exactly; undefined where no price is known for something in it. */
  cost(
    target: string,
    usage: Usage,
    atMs: number,
    { batch = false, wasted = [] }: CostOptions = {},
  ): Picos | undefined {
    let [own, sum] = [usage, 0n];
    for (const part of wasted) {
      const cost = this.alone(part.target, part.usage, atMs, batch);
      if (cost === undefined) return undefined;
      own = withoutUsage(own, part.usage);
      sum += cost;
    }
    if (wasted.length && promptTokens(own) + own.outputTokens === 0) return sum;
    const cost = this.alone(target, own, atMs, batch);
    return cost === undefined ? undefined : sum + cost;
  }

  private alone(target: string, usage: Usage, atMs: number, batch: boolean): Picos | undefined {
    const rates = this.rates(target, atMs);
    if (!rates) return undefined;
    const { inputTokens, imageTokens = 0, cacheReadTokens, cacheWriteTokens, cacheWriteLongTokens = 0 } = usage;
    const { outputTokens } = usage;
    const tariff = tariffFor(rates, promptTokens(usage));
    const rate = batch ? tariff.batch : tariff.single;
    if (rate.output === undefined && outputTokens > 0) return undefined;
    const images = Math.min(imageTokens, inputTokens);
    const long = Math.min(cacheWriteLongTokens, cacheWriteTokens);
    return (
      count(inputTokens - images) * rate.input +
      count(images) * rate.imageInput +
      count(cacheReadTokens) * rate.cacheRead +
      count(cacheWriteTokens - long) * rate.cacheWrite +
      count(long) * rate.cacheWriteLong +
      count(outputTokens) * (rate.output ?? 0n)
    );
  }

  /**
   * What no call within those bounds can exceed, in a batch or not, however its prompt is counted; undefined where no price is
   * known.
   */
  worst(target: string, { inputTokens, outputTokens, cacheWrites }: Bound, atMs: number): Picos | undefined {
    const rates = this.rates(target, atMs);
    if (!rates) return undefined;
    const possible = [rates, ...rates.tiers.filter(({ above }) => inputTokens > above)].flatMap(both);
    if (outputTokens > 0 && possible.some(({ output }) => output === undefined)) return undefined;
    const input = highest(possible.map((rate) => dearestInput(rate, cacheWrites)));
    const output = highest(possible.map((rate) => rate.output ?? 0n));
    return count(inputTokens) * input + count(outputTokens) * output;
  }
}

function both({ single, batch }: Tariff): TokenRates[] {
  return [single, batch];
}

/** Some providers write prompts to their cache without being asked, for a short while. */
function dearestInput(
  { input, imageInput, cacheRead, cacheWrite, cacheWriteLong }: TokenRates,
  asked: boolean,
): bigint {
  return highest([input, imageInput, cacheRead, cacheWrite, ...(asked ? [cacheWriteLong] : [])]);
}

function highest(rates: readonly bigint[]): bigint {
  return rates.reduce((most, rate) => (rate > most ? rate : most), 0n);
}

/** A provider's count of tokens; what is no count is none, and a part of a token is a token. */
function count(tokens: number): bigint {
  return tokens > 0 && Number.isFinite(tokens) ? BigInt(Math.ceil(tokens)) : 0n;
}
