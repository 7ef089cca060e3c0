import { isObject, type JsonObject } from '../../contract/json';
import { promptTokens } from '../../contract/prompt-tokens';
import type { Usage } from '../../contract/reply';
import { decodeOpenAiUsage } from '../openai-usage';

/** Undefined when nothing was said. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  return decodeOpenAiUsage({
    prompt: value.prompt_tokens,
    answer: value.completion_tokens,
    promptParts: value.prompt_tokens_details,
    answerParts: value.completion_tokens_details,
  });
}

export function encodeUsage(usage: Usage): JsonObject {
  const prompt = promptTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      audio_tokens: 0,
      ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
      ...(usage.imageTokens !== undefined && { image_tokens: usage.imageTokens }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.thinkingTokens ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
