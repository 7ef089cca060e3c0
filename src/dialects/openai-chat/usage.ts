import { isObject, type JsonObject } from '../../contract/json';
import type { Usage } from '../../contract/reply';
import { asCount, asObject } from '../tolerant';

/** OpenAI counts cached tokens among the prompt's, and thinking among the completion's. Undefined when nothing was said. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const { prompt_tokens: prompt, completion_tokens: completion } = value;
  if (typeof prompt !== 'number' && typeof completion !== 'number') return undefined;
  const input = asObject(value.prompt_tokens_details);
  const output = asObject(value.completion_tokens_details);
  const cacheReadTokens = asCount(input.cached_tokens);
  const cacheWriteTokens = asCount(input.cache_write_tokens);
  return {
    inputTokens: Math.max(0, asCount(prompt) - cacheReadTokens - cacheWriteTokens),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: asCount(completion),
    ...(typeof output.reasoning_tokens === 'number' && { thinkingTokens: asCount(output.reasoning_tokens) }),
  };
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
    },
    completion_tokens_details: {
      reasoning_tokens: usage.thinkingTokens ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The whole prompt, as OpenAI counts it. */
export function promptTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}
