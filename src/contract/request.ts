/** What a caller asks of a model, in words that no vendor owns. Dialects translate to and from it. */
import type { Json, JsonObject } from './json';

export type ModelRequest = ChatRequest | EmbeddingsRequest;

export interface ChatRequest {
  readonly operation: 'chat' | 'count_tokens';
  /** As the caller wrote it: an alias, a vendor's name, or `provider/name`. */
  readonly model: string;
  readonly stream: boolean;
  /** In order; instructions are messages of role `system`, wherever they stand. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  /** Upper bound of answer tokens, thinking included. */
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly stop?: readonly string[];
  /** Number of independent answers. */
  readonly n?: number;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  readonly responseFormat?: ResponseFormat;
  readonly thinking?: Thinking;
  /** The end user on whose behalf the call is made, as the body names it. */
  readonly user?: string;
  /** The provider's id of the message this call continues, when the earlier turns are held by that provider alone. */
  readonly continues?: string;
  /** Native fields that only tune, bill or label the call (`service_tier`, `store`): another dialect may leave them out. Paths. */
  readonly hints: readonly string[];
  /** Native fields and parts that the vocabulary does not know: another dialect must refuse them by name. Paths. */
  readonly extras: readonly string[];
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly Part[];
  /** The participant's name, where the dialect has one. */
  readonly name?: string;
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | ThinkingPart
  | RedactedThinkingPart
  | RefusalPart
  | ToolCallPart
  | ToolResultPart;

/** Marks the end of a prefix that the provider should cache; carried as the dialect spells it. */
export interface Cacheable {
  readonly cacheControl?: JsonObject;
}
export interface TextPart extends Cacheable {
  readonly type: 'text';
  readonly text: string;
}
export type Source =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  /** A file the provider holds; it has no meaning elsewhere. */
  | { readonly kind: 'file'; readonly id: string };
export interface ImagePart extends Cacheable {
  readonly type: 'image';
  readonly source: Source;
  readonly detail?: string;
}
export interface DocumentPart extends Cacheable {
  readonly type: 'document';
  readonly source: Source | { readonly kind: 'text'; readonly text: string };
  readonly name?: string;
}
export interface ThinkingPart {
  readonly type: 'thinking';
  readonly text: string;
  /** Proof of origin that the provider wants back unchanged. */
  readonly signature?: string;
}
export interface RedactedThinkingPart {
  readonly type: 'redacted_thinking';
  readonly data: string;
}
export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}
export interface ToolCallPart extends Cacheable {
  readonly type: 'tool_call';
  readonly id: string;
  readonly name: string;
  /** JSON text, exactly as the model wrote it. */
  readonly arguments: string;
}
/** Stands in a message of role `user`, whichever role the dialect uses. */
export interface ToolResultPart extends Cacheable {
  readonly type: 'tool_result';
  readonly toolCallId: string;
  readonly parts: readonly (TextPart | ImagePart | DocumentPart)[];
  readonly isError?: boolean;
}

export interface Tool extends Cacheable {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly schema: JsonObject;
  readonly strict?: boolean;
}
export type ToolChoice =
  { readonly type: 'auto' | 'none' | 'required' } | { readonly type: 'tool'; readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name?: string;
      readonly description?: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
    };

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
export interface Thinking {
  /** `adaptive`: the model decides how much. */
  readonly mode: 'off' | 'on' | 'adaptive';
  readonly budgetTokens?: number;
  readonly effort?: Effort;
}

export interface EmbeddingsRequest {
  readonly operation: 'embeddings';
  readonly model: string;
  readonly stream: false;
  /** Texts, or token ids of one text each. */
  readonly input: readonly (string | readonly number[])[];
  readonly format: 'float' | 'base64';
  readonly dimensions?: number;
  readonly user?: string;
  readonly hints: readonly string[];
  readonly extras: readonly string[];
}

export type { Json, JsonObject };
