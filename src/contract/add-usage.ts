import type { Usage } from './reply';

/** What two answers used together. */
export function addUsage(one: Usage, two: Usage): Usage {
  const thinkingTokens = (one.thinkingTokens ?? 0) + (two.thinkingTokens ?? 0);
  const cacheWriteLongTokens = (one.cacheWriteLongTokens ?? 0) + (two.cacheWriteLongTokens ?? 0);
  const imageTokens = (one.imageTokens ?? 0) + (two.imageTokens ?? 0);
  const thought = one.thinkingTokens !== undefined || two.thinkingTokens !== undefined;
  return {
    inputTokens: one.inputTokens + two.inputTokens,
    ...(imageTokens > 0 && { imageTokens }),
    cacheReadTokens: one.cacheReadTokens + two.cacheReadTokens,
    cacheWriteTokens: one.cacheWriteTokens + two.cacheWriteTokens,
    ...(cacheWriteLongTokens > 0 && { cacheWriteLongTokens }),
    outputTokens: one.outputTokens + two.outputTokens,
    ...(thought && { thinkingTokens }),
    ...((one.estimated || two.estimated) && { estimated: true }),
  };
}

/** What is left of a sum without one of its parts. */
export function withoutUsage(sum: Usage, part: Usage): Usage {
  const left = (of: (usage: Usage) => number | undefined) => Math.max(0, (of(sum) ?? 0) - (of(part) ?? 0));
  return {
    ...sum,
    inputTokens: left(({ inputTokens }) => inputTokens),
    imageTokens: left(({ imageTokens }) => imageTokens),
    cacheReadTokens: left(({ cacheReadTokens }) => cacheReadTokens),
    cacheWriteTokens: left(({ cacheWriteTokens }) => cacheWriteTokens),
    cacheWriteLongTokens: left(({ cacheWriteLongTokens }) => cacheWriteLongTokens),
    outputTokens: left(({ outputTokens }) => outputTokens),
    thinkingTokens: left(({ thinkingTokens }) => thinkingTokens),
  };
}
