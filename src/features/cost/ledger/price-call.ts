import type { Picos } from '../../../contract/money';
import type { Usage } from '../../../contract/reply';
import type { PriceBook, Wasted } from '../prices/price-book';
import type { NewRow } from './changes';
import type { LedgerRow } from './ledger-row';
import type { RecordedCall } from './recorded-call';

export type Prices = Pick<PriceBook, 'cost' | 'version'>;

/** What of a call decides its price; kept, so that it can be found again. */
type Priced = Pick<LedgerRow, 'provider' | 'providerModel' | 'usage' | 'wasted' | 'spared' | 'at' | 'batch'>;

export function priceCall({ untold, ...call }: RecordedCall, prices: Prices): NewRow {
  return { ...call, ...priceOf(call, prices), ...(untold && { cost: undefined }) };
}

/** What a call costs, and what it saved. Where nothing was used, nothing is paid, whether or not the model has a price. */
export function priceOf(
  call: Priced,
  prices: Prices,
): { readonly cost: Picos | undefined; readonly saved: Picos; readonly priceVersion: string | undefined } {
  const { usage, wasted, spared, at, batch } = call;
  const target = targetOf(call);
  const of = (used: Usage, parts?: readonly Wasted[]) =>
    isNothing(used) ? 0n : target === undefined ? undefined : prices.cost(target, used, at, { batch, wasted: parts });
  const cost = of(usage, wasted);
  const saved = spared ? of(spared) : 0n;
  // nothing needs no prices
  const priced = (cost !== undefined && !isNothing(usage)) || (saved !== undefined && spared && !isNothing(spared));
  return { cost, saved: saved ?? 0n, priceVersion: priced ? prices.version : undefined };
}

function targetOf({ provider, providerModel }: Priced): string | undefined {
  return provider === undefined || providerModel === undefined ? undefined : `${provider}/${providerModel}`;
}

/** A price that is no longer in the book was right once: what was paid stays. */
export function repriced(row: LedgerRow, prices: Prices): LedgerRow {
  const price = priceOf(row, prices);
  if (price.priceVersion === undefined) return row;
  const cost = isNothing(row.usage) ? row.cost : (price.cost ?? row.cost);
  if (cost === row.cost && price.saved === row.saved) return row;
  return { ...row, ...price, cost };
}

function isNothing({ inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: Usage): boolean {
  return inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens === 0;
}
