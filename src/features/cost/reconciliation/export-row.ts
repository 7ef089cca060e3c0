import type { Picos } from '../../../contract/money';

/** What a provider says was used and what it charged, whichever export it is from. What an export does not tell is absent. */
export interface ExportRow {
  /** YYYY-MM-DD, UTC. */
  readonly day: string;
  /** In the provider's words; undefined where the export does not tell models apart. */
  readonly model: string | undefined;
  readonly requestId?: string | undefined;
  readonly requests?: number | undefined;
  /** The whole prompt, whatever was read from or written to a cache included. */
  readonly inputTokens?: number | undefined;
  /** The part of it that was read from a cache. */
  readonly cachedTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cost?: Picos | undefined;
}

export const FORMATS = ['openai-usage', 'openai-costs', 'anthropic-usage', 'anthropic-cost', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** Of buckets, of what is in all of them, and of lines of a file. */
export const MAX_ROWS = 50_000;
