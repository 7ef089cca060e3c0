import { isObject, type JsonObject } from '../../contract/json';
import type { Usage } from '../../contract/reply';
import { asCount, asObject } from '../tolerant';

/** This API counts cached tokens among the input's, and reasoning among the output's. Undefined when nothing was said. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value.input_tokens !== 'number' && typeof value.output_tokens !== 'number') return undefined;
  const input = asObject(value.input_tokens_details);
  const output = asObject(value.output_tokens_details);
  const cacheReadTokens = asCount(input.cached_tokens);
  const cacheWriteTokens = asCount(input.cache_write_tokens);
  return {
    inputTokens: Math.max(0, asCount(value.input_tokens) - cacheReadTokens - cacheWriteTokens),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: asCount(value.output_tokens),
    ...(typeof output.reasoning_tokens === 'number' && { thinkingTokens: asCount(output.reasoning_tokens) }),
  };
}

export function encodeUsage(usage: Usage): JsonObject {
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.thinkingTokens ?? 0 },
    total_tokens: input + usage.outputTokens,
  };
}
