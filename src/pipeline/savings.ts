import type { Price } from '../contract/call';
import type { Usage } from '../contract/reply';
import type { Saving, TrimmedFacts } from '../contract/selection';

export interface Spared {
  /** What the answer used. */
  readonly usage: Usage;
  /** Of the model that answered, where it is known. */
  readonly paid: Price | undefined;
  /** Of the model that would have answered, had none been chosen; absent where none was. */
  readonly instead?: Price | undefined;
  readonly trimmed?: TrimmedFacts | undefined;
}

/** What a call would have cost more. Another model might have used other tokens: that is an estimate, as what was left out of the prompt is. */
export function savingsOf({ usage, paid, instead, trimmed }: Spared): readonly Saving[] {
  const saved: Saving[] = [];
  if (instead && paid) {
    const picos = costOf(usage, instead) - costOf(usage, paid);
    if (picos !== 0n) saved.push({ by: 'selection', tokens: 0, picos });
  }
  if (trimmed?.tokens)
    saved.push({
      by: 'trimming',
      tokens: trimmed.tokens,
      ...(paid && { picos: whole(trimmed.tokens) * BigInt(paid.input) }),
    });
  return saved;
}

/** Picodollars: tokens times micro-dollars per million of them. */
function costOf({ inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: Usage, price: Price): bigint {
  const input = whole(inputTokens) + whole(cacheReadTokens) + whole(cacheWriteTokens);
  return input * BigInt(price.input) + whole(outputTokens) * BigInt(price.output);
}

/** What a provider counts may be anything. */
function whole(tokens: number): bigint {
  return Number.isFinite(tokens) ? BigInt(Math.min(Math.max(0, Math.trunc(tokens)), Number.MAX_SAFE_INTEGER)) : 0n;
}
