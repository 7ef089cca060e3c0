/** Who wrote a text, as far as the request says: what tools and documents hold was written by nobody who is trusted. */
export type Origin = 'instructions' | 'user' | 'assistant' | 'tool' | 'document' | 'definition' | 'other';

/** A stretch of text in the body of a request. */
export interface Place {
  /**
   * `text`: for people and models; `arguments`: JSON text of a tool call; `key`: the name of a member that the caller chose;
   * `identifier`: ids and names, which providers hold to a narrow alphabet; `number`: digits of a number.
   */
  readonly kind: 'text' | 'arguments' | 'key' | 'identifier' | 'number';
  readonly text: string;
  /** The field it stands in, or the nearest above: a hint of what it means. */
  readonly name: string;
  readonly origin: Origin;
}

/** What a body holds that cannot be read as text. */
export const UNSCANNED = ['image', 'audio', 'document', 'file', 'token_ids', 'opaque'] as const;
export type Unscanned = (typeof UNSCANNED)[number];
