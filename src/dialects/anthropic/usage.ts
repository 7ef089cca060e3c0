import type { MessageDeltaUsage, Usage as MessageUsage } from '@anthropic-ai/sdk/resources/messages/messages';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { promptTokens } from '../../contract/prompt-tokens';
import { NO_USAGE, type Usage } from '../../contract/reply';
import { asTokens } from '../tolerant';

/**
 * Counts are cumulative: what a later report leaves out, or gives no count of, stands as reported before. Where nobody said how many
 * tokens came in, what is said of the cache is left out too: the prompt was not counted.
 */
export function decodeUsage(reported: Json | undefined, before: Usage = NO_USAGE): Usage {
  if (!isObject(reported)) return before;
  const details = reported.output_tokens_details;
  const thinkingTokens = isObject(details)
    ? (asTokens(details.thinking_tokens) ?? before.thinkingTokens)
    : before.thinkingTokens;
  const outputTokens = asTokens(reported.output_tokens) ?? before.outputTokens;
  return {
    ...decodePrompt(reported, before),
    outputTokens,
    ...(thinkingTokens !== undefined && { thinkingTokens: Math.min(thinkingTokens, outputTokens) }),
  };
}

function decodePrompt(reported: JsonObject, before: Usage): Omit<Usage, 'outputTokens'> {
  const inputTokens = asTokens(reported.input_tokens);
  if (inputTokens === undefined && promptTokens(before) === 0) return NO_PROMPT;
  const written = reported.cache_creation;
  const long = isObject(written)
    ? (asTokens(written.ephemeral_1h_input_tokens) ?? before.cacheWriteLongTokens)
    : before.cacheWriteLongTokens;
  const cacheWriteTokens = asTokens(reported.cache_creation_input_tokens) ?? before.cacheWriteTokens;
  return {
    inputTokens: inputTokens ?? before.inputTokens,
    cacheReadTokens: asTokens(reported.cache_read_input_tokens) ?? before.cacheReadTokens,
    cacheWriteTokens,
    ...(long !== undefined && { cacheWriteLongTokens: Math.min(long, cacheWriteTokens) }),
  };
}

const NO_PROMPT = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** Whether the answer was counted: what a stream begins with only knows the prompt. */
export function isCounted(reported: Json | undefined): boolean {
  return isObject(reported) && asTokens(reported.output_tokens) !== undefined;
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
