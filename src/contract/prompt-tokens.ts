import type { Usage } from './reply';

/** Of the whole prompt, whatever of it is read from or written to a cache. */
export function promptTokens({ inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens;
}
