/** What is done so that a call costs no more than it must: an easier model, a shorter prompt, a smaller maximum. */

export const COMPLEXITIES = ['low', 'medium', 'high'] as const;
/** How hard a call is. */
export type Complexity = (typeof COMPLEXITIES)[number];

/** The name that asks for whatever model is enough. An alias of that name is stronger. */
export const AUTO = 'auto';

/** Why this model: names of rules and of aliases, never content. */
export interface SelectionFacts {
  readonly level: Complexity;
  /** Who said so: the caller, the rules that read the call, or a task of the policy. */
  readonly by: 'given' | 'assessed' | 'policy';
  readonly reasons: readonly string[];
  /** `auto` or the alias that was asked for; absent when the caller named a model, which then answers whatever the level. */
  readonly asked?: string;
  /** The alias that was chosen; absent when the caller named a model. */
  readonly chosen?: string;
}

/** What was left out of a prompt. */
export interface TrimmedFacts {
  /** Roughly. */
  readonly tokens: number;
  /** Oldest turns of the conversation. */
  readonly turns: number;
  /** Blocks of text, images and documents that stand in the prompt once more. */
  readonly duplicates: number;
}

/** The maximum of answer tokens that was sent, and the caller's own, if it named one. */
export interface SizedFacts {
  readonly sent: number;
  readonly asked?: number;
}

/** What one measure saved. Negative when it cost more, as a dearer model for a hard call does. */
export interface Saving {
  readonly by: 'selection' | 'trimming';
  readonly tokens: number;
  /** Picodollars (1e-12 USD); absent where a price is not known. */
  readonly picos?: bigint;
}
