import type { JsonObject } from './json';

/** The wire formats spoken at doors and to providers. */
export type Dialect =
  'openai-chat' | 'openai-responses' | 'openai-embeddings' | 'anthropic-messages' | 'anthropic-count';

/** A request as it came in. A provider of the same dialect gets `body`, not a translation of it. */
export interface WireRequest {
  /** `internal`: made here rather than at a door; every provider spells it for itself. */
  readonly dialect: Dialect | 'internal';
  readonly body: JsonObject;
  /** The few protocol headers that travel with the body (`anthropic-version`, `anthropic-beta`), lower case. */
  readonly headers: Readonly<Record<string, string>>;
}
