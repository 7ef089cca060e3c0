import { isObject, type JsonObject } from '../../contract/json';
import { promptTokens } from '../../contract/prompt-tokens';
import type { Usage } from '../../contract/reply';
import { decodeOpenAiUsage } from '../openai-usage';

/** Undefined when nothing was said. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  return decodeOpenAiUsage({
    prompt: value.input_tokens,
    answer: value.output_tokens,
    promptParts: value.input_tokens_details,
    answerParts: value.output_tokens_details,
  });
}

export function encodeUsage(usage: Usage): JsonObject {
  const input = promptTokens(usage);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      ...(usage.imageTokens !== undefined && { image_tokens: usage.imageTokens }),
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.thinkingTokens ?? 0 },
    total_tokens: input + usage.outputTokens,
  };
}
