import type { MessageDeltaUsage, Usage as MessageUsage } from '@anthropic-ai/sdk/resources/messages/messages';
import { isObject, type Json } from '../../contract/json';
import { NO_USAGE, type Usage } from '../../contract/reply';

/** Counts are cumulative: what a later report leaves out stands as reported before. */
export function decodeUsage(reported: Json | undefined, before: Usage = NO_USAGE): Usage {
  if (!isObject(reported)) return before;
  const details = reported.output_tokens_details;
  const thinkingTokens = isObject(details)
    ? count(details.thinking_tokens, before.thinkingTokens)
    : before.thinkingTokens;
  const written = reported.cache_creation;
  const cacheWriteLongTokens = isObject(written)
    ? count(written.ephemeral_1h_input_tokens, before.cacheWriteLongTokens)
    : before.cacheWriteLongTokens;
  return {
    inputTokens: count(reported.input_tokens, before.inputTokens),
    cacheReadTokens: count(reported.cache_read_input_tokens, before.cacheReadTokens),
    cacheWriteTokens: count(reported.cache_creation_input_tokens, before.cacheWriteTokens),
    ...(cacheWriteLongTokens !== undefined && { cacheWriteLongTokens }),
    outputTokens: count(reported.output_tokens, before.outputTokens),
    ...(thinkingTokens !== undefined && { thinkingTokens }),
  };
}

/** Whether the answer was counted: what a stream begins with only knows the prompt. */
export function isCounted(reported: Json | undefined): boolean {
  return isObject(reported) && typeof reported.output_tokens === 'number';
}

function count<T extends number | undefined>(value: Json | undefined, before: T): T | number {
  return typeof value === 'number' && value >= 0 ? value : before;
}

/** As `message_delta` reports it. */
export function encodeDeltaUsage(usage: Usage) {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    output_tokens: usage.outputTokens,
    output_tokens_details: usage.thinkingTokens === undefined ? null : { thinking_tokens: usage.thinkingTokens },
    server_tool_use: null,
  } satisfies MessageDeltaUsage;
}

function encodeWrites({ cacheWriteTokens, cacheWriteLongTokens: long }: Usage) {
  if (long === undefined) return null;
  return { ephemeral_5m_input_tokens: Math.max(0, cacheWriteTokens - long), ephemeral_1h_input_tokens: long };
}

/** As a message reports it. */
export function encodeUsage(usage: Usage) {
  return {
    ...encodeDeltaUsage(usage),
    cache_creation: encodeWrites(usage),
    inference_geo: null,
    service_tier: null,
    speed: null,
  } satisfies MessageUsage;
}
