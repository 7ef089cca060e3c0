import type { Tried } from '../contract/call';
import type { CloseRow } from '../features/records';

const KEPT = 20;

/** What the record says of the tries; nothing when the first one succeeded. A name that may be anything is left out. */
export function recordedTries(tried: readonly Tried[] = []): CloseRow['tried'] {
  if (tried.length < 2 && !tried[0]?.code) return null;
  return tried.slice(0, KEPT).map((one) => ({
    ...one,
    model: one.code === 'model_not_found' ? null : one.model,
    ms: Math.round(one.ms),
  }));
}

/** Names that a provider did not know: callers made them up, so they are not kept, whoever answered in the end. */
export function unknownModels(tried: readonly Tried[] = []): string[] {
  return tried.flatMap(({ code, model }) => (code === 'model_not_found' ? [model] : []));
}
