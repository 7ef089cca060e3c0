import type { Call, CallFacts } from '../contract/call';
import type { Picos } from '../contract/money';
import type { Usage } from '../contract/reply';
import type { Outcome } from '../contract/settle';
import type { PriceBook } from '../features/cost';
import { type EstimatedUsage, isNothing } from './estimated-usage';
import { wastedOf, wasWorkedOn, withWasted } from './tries';

/** What was used, whatever became of the answer; estimated where it was cut off. @param used observed of the answer */
export function usageOf(
  { request }: Pick<Call, 'request'>,
  { repeated, spent, tried }: Partial<CallFacts>,
  outcome: Outcome,
  used: EstimatedUsage,
): Usage | undefined {
  // what a repeated answer cost was counted when it was given
  if (repeated) return spent;
  if (outcome.kind === 'answered') return withWasted(outcome.usage, tried);
  return withWasted(spent ?? (wasWorkedOn(tried) ? used.of(request) : undefined), tried);
}

/** What that costs; undefined where nobody knows the price, or who was asked. */
export function costOf(
  prices: PriceBook,
  { receivedAt, inBatch }: Pick<Call, 'receivedAt' | 'inBatch'>,
  { provider, providerModel, tried }: Partial<Pick<CallFacts, 'provider' | 'providerModel' | 'tried'>>,
  usage: Usage | undefined,
): Picos | undefined {
  if (!usage || provider === undefined || providerModel === undefined) return undefined;
  if (isNothing(usage)) return 0n;
  return prices.cost(`${provider}/${providerModel}`, usage, receivedAt, {
    batch: inBatch !== undefined,
    wasted: wastedOf(tried),
  });
}
