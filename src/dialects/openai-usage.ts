import type { Usage } from '../contract/reply';
import { asObject, asTokens } from './tolerant';

/** What OpenAI's dialects report, each under its own names. */
interface Report {
  readonly prompt: unknown;
  readonly answer: unknown;
  /** Parts of the prompt, and of the answer. */
  readonly promptParts: unknown;
  readonly answerParts: unknown;
}

/**
 * OpenAI counts cached tokens and those of images among the prompt's, and thinking among the answer's; no part is more than its whole. A side that was not
 * said is of no tokens, and the usage marked. Undefined when nothing was said.
 */
export function decodeOpenAiUsage({ prompt, answer, promptParts, answerParts }: Report): Usage | undefined {
  const promptTokens = asTokens(prompt);
  const outputTokens = asTokens(answer);
  if (promptTokens === undefined && outputTokens === undefined) return undefined;
  const { cached_tokens: read, cache_write_tokens: written, image_tokens: images } = asObject(promptParts);
  const thinkingTokens = asTokens(asObject(answerParts).reasoning_tokens);
  const whole = promptTokens ?? 0;
  const cacheReadTokens = Math.min(asTokens(read) ?? 0, whole);
  const cacheWriteTokens = Math.min(asTokens(written) ?? 0, whole - cacheReadTokens);
  const inputTokens = whole - cacheReadTokens - cacheWriteTokens;
  const imageTokens = Math.min(asTokens(images) ?? 0, inputTokens);
  return {
    inputTokens,
    ...(imageTokens > 0 && { imageTokens }),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: outputTokens ?? 0,
    ...(thinkingTokens !== undefined &&
      outputTokens !== undefined && { thinkingTokens: Math.min(thinkingTokens, outputTokens) }),
    ...((promptTokens === undefined || outputTokens === undefined) && { estimated: true }),
  };
}
