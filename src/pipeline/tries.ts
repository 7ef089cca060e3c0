import { addUsage } from '../contract/add-usage';
import type { Tried } from '../contract/call';
import type { Usage } from '../contract/reply';
import type { Wasted } from '../features/cost';

/**
 * A provider has worked on the call and nobody said what that took: it began to answer, or was cut off while it did. One that refuses
 * charges nothing.
 */
export function wasWorkedOn(tried: readonly Tried[] = []): boolean {
  const last = tried.at(-1);
  return (
    last !== undefined &&
    !last.usage &&
    (!last.code || last.code === 'client_closed' || last.code === 'deadline_exceeded')
  );
}

/** What was used, and what providers said was besides, for answers that were of no use. */
export function withWasted(usage: Usage | undefined, tried: readonly Tried[] = []): Usage | undefined {
  let sum = usage;
  for (const { usage: wasted } of tried) if (wasted) sum = sum ? addUsage(sum, wasted) : wasted;
  return sum;
}

/** The part of that which was of no use, by whom it was asked of. */
export function wastedOf(tried: readonly Tried[] = []): readonly Wasted[] | undefined {
  const wasted = tried.flatMap(({ provider, model, usage }) =>
    usage ? [{ target: `${provider}/${model}`, usage }] : [],
  );
  return wasted.length ? wasted : undefined;
}

/** Names that a provider did not know: callers made them up, so they are not kept, whoever answered in the end. */
export function unknownModels(tried: readonly Tried[] = []): string[] {
  return tried.flatMap(({ code, model }) => (code === 'model_not_found' ? [model] : []));
}
