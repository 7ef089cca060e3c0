/** What a model answers: a stream of pieces that ends with an `end` event, whether the caller streams or not. */
import type { Deprecation } from './lifecycle';
import type { Complexity } from './selection';
import type { Picos } from './money';
import type { Rates } from './rates';
import type { Dialect } from './wire';

/** Token counts. The three input counts are disjoint; their sum is the whole prompt. */
export interface Usage {
  /** Prompt tokens that were neither read from nor written to the provider's cache. */
  readonly inputTokens: number;
  /** The part of `inputTokens` that images took, where the provider says so. */
  readonly imageTokens?: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** The part of `cacheWriteTokens` that was written for an hour or longer, where the provider says so. */
  readonly cacheWriteLongTokens?: number;
  /** Answer tokens, thinking included. */
  readonly outputTokens: number;
  /** The part of `outputTokens` spent on thinking, where the provider says so. */
  readonly thinkingTokens?: number;
  /** Counted here because the provider did not say. */
  readonly estimated?: boolean;
}

export const NO_USAGE: Usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

/** What a provider that does not say what was used leaves us with. */
export const UNKNOWN_USAGE: Usage = { ...NO_USAGE, estimated: true };

export type FinishReason =
  | 'stop'
  | 'stop_sequence'
  | 'length'
  | 'tool_calls'
  | 'content_filter'
  /** The provider paused a long turn and expects it back to go on. */
  | 'pause';

/**
 * `block` identifies the content block an event belongs to: events with the same number are one text, one thought or one
 * tool call. Numbers are unique within a choice and grow in order of first appearance; blocks may interleave.
 * `choice` is 0 unless several answers were asked for.
 */
interface InBlock {
  readonly choice?: number;
  readonly block: number;
}

export type ReplyEvent =
  /** First, exactly once. `usage` holds what is known before the first token, if anything. */
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly usage?: Usage }
  | ({ readonly type: 'text'; readonly text: string } & InBlock)
  | ({ readonly type: 'thinking'; readonly text: string } & InBlock)
  | ({ readonly type: 'thinking_signature'; readonly signature: string } & InBlock)
  | ({ readonly type: 'redacted_thinking'; readonly data: string } & InBlock)
  | ({ readonly type: 'refusal'; readonly text: string } & InBlock)
  /** Opens a tool call; its arguments follow as JSON text in any number of fragments. */
  | ({ readonly type: 'tool_call'; readonly id: string; readonly name: string } & InBlock)
  | ({ readonly type: 'tool_arguments'; readonly json: string } & InBlock)
  /** Native content the vocabulary does not know. Same dialect: it travels in the wire form. Elsewhere: reported by name. */
  | ({ readonly type: 'native'; readonly name: string } & InBlock)
  | { readonly type: 'embedding'; readonly index: number; readonly vector: readonly number[] | string }
  | { readonly type: 'token_count'; readonly tokens: number }
  | {
      readonly type: 'finish';
      readonly choice?: number;
      readonly reason: FinishReason;
      readonly stopSequence?: string;
    }
  /** Last, exactly once, after every `finish`. */
  | { readonly type: 'end'; readonly usage: Usage };

/**
 * What arrived together. `wire` is its native form, complete frames only: a door of the same dialect forwards it untouched.
 * A stage that changes events must leave `wire` out; the door then spells the events itself.
 */
export interface Piece {
  readonly events: readonly ReplyEvent[];
  readonly wire?: WireReply;
}

export interface WireReply {
  readonly dialect: Dialect;
  readonly format: 'json' | 'sse';
  readonly bytes: Buffer;
}

/** What is left of the key that was used, as far as the provider said. */
export interface Quota {
  readonly requests?: Allowance;
  /** The scarcest, where a provider counts several kinds of tokens. */
  readonly tokens?: Allowance;
}
export interface Allowance {
  readonly remaining: number;
  /** Milliseconds until it is full again. */
  readonly resetMs?: number;
}

export interface Reply {
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** The provider's name for the model that was asked. */
  readonly model: string;
  /** The provider's own id of the exchange, for support and reconciliation. */
  readonly providerRequestId?: string;
  /** How many times a provider was called for this reply. */
  readonly attempts: number;
  /** Request fields that were left out because the provider has no counterpart. */
  readonly dropped: readonly string[];
  readonly quota?: Quota;
  /** Where the caller stands by now with the limits of its calls; absent where there are none. */
  readonly rates?: () => Rates;
  /** Milliseconds spent waiting for providers until the first piece. */
  readonly waitedMs?: number;
  /** Absent when the model that was to answer did. */
  readonly degraded?: Degraded;
  /** What the answers kept from before had to do with it; absent where nobody looked. */
  readonly cache?: CacheUse;
  /** Absent where nothing was validated. */
  readonly validated?: Validated;
  /** How hard the call was taken to be, where a model was chosen for it. */
  readonly complexity?: Complexity;
  /** Roughly how many tokens of the prompt were left out. */
  readonly savedTokens?: number;
  /** Which question it was the answer to, when that was another one. */
  readonly likeness?: Likeness;
  /** The maximum of answer tokens that a budget left, where the caller named none. */
  readonly maxTokens?: number;
  /** A budget that does not refuse calls is exceeded. */
  readonly overBudget?: true;
  /** The model that answered, or the one that it replaces, is at its end. */
  readonly deprecation?: Deprecation;
  /** How long ago the answer was given first, when it is one of those. */
  readonly ageSeconds?: number;
  /** Set when this repeats an answer that was given before; its door then spells it as it did then. */
  readonly repeats?: {
    readonly requestId: string;
    readonly receivedAt: number;
    /** What it cost then, where that is known. */
    readonly cost?: Picos;
  };
  /** The guards that really ran by now. */
  readonly guards?: () => readonly string[];
  /** What the call cost by now; undefined until it is over, and where nobody knows the price. */
  readonly cost?: () => Picos | undefined;
  /** The newest entry of the log about this call; undefined while there is none. */
  readonly entryId?: () => string | undefined;
  readonly pieces: AsyncIterable<Piece>;
}

/**
 * What answered instead: another model because one failed, a cheaper one because of a budget, an answer kept from before its time ran out or from a call that
 * was nearly the same, or a text that the operator wrote.
 */
export type Degraded = 'fallback' | 'budget' | 'stale' | 'similar' | 'template';

/** Why the answer to another question was given. */
export interface Likeness {
  /** Up to 1. */
  readonly similarity: number;
  /** What said so: `lexical`, which compares letters, or the embedding model. */
  readonly by: string;
  /** The request id of the call that a model gave the answer to. */
  readonly requestId: string;
}

/** The answer conforms to the schemas of the call: as the model gave it first, or after it was asked once more. */
export type Validated = 'valid' | 'repaired';

/**
 * `hit`: a fresh answer to the same request, before any model was asked; `coalesced`: the answer that an equal call was waiting
 * for at the time; `similar`: the answer to nearly the same question, before any was asked or when none answered; `stale`: one that is
 * not fresh any more, because no model answered or while a new one is asked for; `miss`: there was none; `bypass`: none was looked for.
 */
export type CacheUse = 'hit' | 'coalesced' | 'stale' | 'similar' | 'miss' | 'bypass';

/**
 * Why no kept answer was given, or not a fresh one. `absent`, `expired`: there was none, or it was too old; `policy`: the operator
 * switched it off; `no-store`, `refresh`: the caller wanted none; `tools`, `nondeterministic`: the answer is one of many, and the
 * caller did not say that a kept one would do; `flag`: a feature flag switched it off;
 * `not-repeatable`: it says nothing about another call's; `alone`: the equal call that it
 * waited for had no answer for others; `revalidation`: the gateway asks anew for an answer that grew old.
 */
export type CacheReason =
  | 'absent'
  | 'expired'
  | 'policy'
  | 'flag'
  | 'no-store'
  | 'refresh'
  | 'tools'
  | 'nondeterministic'
  | 'not-repeatable'
  | 'alone'
  | 'revalidation';
