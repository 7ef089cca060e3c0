import type { LedgerRow } from './ledger-row';
import { UNKNOWN } from './ledger-row';

/** What is added up, under the names of its columns. */
export const MEASURES = [
  'requests',
  'estimated',
  'unpriced',
  'unknown',
  'cache_hits',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'thinking_tokens',
  'cost_picos',
  'saved_picos',
] as const;
export type Measures = { readonly [M in (typeof MEASURES)[number]]: bigint };

export const NO_MEASURES = Object.fromEntries(MEASURES.map((name) => [name, 0n])) as Measures;

/** What one call adds. */
export function measuresOf({ usage, cost, saved, reused, outcome, asked }: LedgerRow): Measures {
  return {
    requests: asked ? 1n : 0n,
    estimated: usage.estimated ? 1n : 0n,
    unpriced: cost === undefined ? 1n : 0n,
    unknown: outcome === UNKNOWN ? 1n : 0n,
    cache_hits: reused ? 1n : 0n,
    input_tokens: BigInt(usage.inputTokens),
    cache_read_tokens: BigInt(usage.cacheReadTokens),
    cache_write_tokens: BigInt(usage.cacheWriteTokens),
    output_tokens: BigInt(usage.outputTokens),
    thinking_tokens: BigInt(usage.thinkingTokens ?? 0),
    cost_picos: cost ?? 0n,
    saved_picos: saved,
  };
}

export function addMeasures(a: Measures, b: Measures, sign: 1n | -1n): Measures {
  const sum: { -readonly [M in keyof Measures]: bigint } = { ...a };
  for (const name of MEASURES) sum[name] += sign * b[name];
  return sum;
}
