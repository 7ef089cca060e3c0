import type { Tried } from '../contract/call';

/** Names that a provider did not know: callers made them up, so they are not kept, whoever answered in the end. */
export function unknownModels(tried: readonly Tried[] = []): string[] {
  return tried.flatMap(({ code, model }) => (code === 'model_not_found' ? [model] : []));
}
