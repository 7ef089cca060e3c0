import type { ModelRequest, Part } from '../../contract/request';
import type { Candidate, Sendable } from '../../contract/call';

/** More than any vendor counts for one picture at full size. */
const IMAGE_TOKENS = 50_000;
/** What a file or page that only the provider can read may hold: the whole of a large context. */
const DOCUMENT_TOKENS = 400_000;
/** What providers put around prompts and messages, and tell a model about its tools. */
const CALL_TOKENS = 64;
const MESSAGE_TOKENS = 8;
const TOOLS_TOKENS = 1_024;
const TOOL_TOKENS = 32;
/** Of a model whose maximum nobody wrote down; such a model is then asked for no more. */
export const UNKNOWN_OUTPUT = 8_192;

/**
 * No prompt of this form has more tokens: a token of a byte-level vocabulary is at least one byte of UTF-8. Pictures and files
 * are counted by what they can come to, and not by their bytes; what provider-side tools add is not known here.
 * @param contextTokens the model's, where known: what is longer is refused by the provider
 */
export function mostInputTokens({ request, wire }: Sendable, contextTokens = Infinity): number {
  const body = wire.dialect === 'internal' ? request : wire.body;
  const bytes = Buffer.byteLength(JSON.stringify(body));
  if (request.operation === 'embeddings') return bytes + CALL_TOKENS;
  const held = { bytes: 0, tokens: 0 };
  for (const { parts } of request.messages) addMedia(parts, held);
  if (request.continues !== undefined) held.tokens += DOCUMENT_TOKENS;
  const { messages, tools } = request;
  const framing =
    CALL_TOKENS + messages.length * MESSAGE_TOKENS + (tools.length ? TOOLS_TOKENS + tools.length * TOOL_TOKENS : 0);
  return Math.min(Math.max(0, bytes - held.bytes) + held.tokens + framing, contextTokens);
}

/** Bytes that are no text, and the tokens that count instead. */
function addMedia(parts: readonly Part[], held: { bytes: number; tokens: number }): void {
  for (const part of parts)
    if (part.type === 'tool_result') addMedia(part.parts, held);
    else if (part.type === 'image' || (part.type === 'document' && part.source.kind !== 'text')) {
      if (part.source.kind === 'base64') held.bytes += part.source.data.length;
      held.tokens += part.type === 'image' ? IMAGE_TOKENS : DOCUMENT_TOKENS;
    }
}

/** How long all answers to a request may be, in tokens, thinking included. */
export interface OutputBound {
  /** Of one answer. */
  readonly tokens: number;
  /** How many answers are asked for. */
  readonly answers: number;
  /** The caller named no maximum: one may be set for it. */
  readonly elastic: boolean;
  /** The provider must be told, for nothing else keeps the model to it. */
  readonly told: boolean;
}

/** @param model the most that it answers with, where known; who named it is not held to that: the maximum goes out as it came */
export function outputBound(
  request: ModelRequest,
  { maxOutputTokens, named }: Pick<Candidate, 'maxOutputTokens' | 'named'>,
): OutputBound {
  if (request.operation !== 'chat') return { tokens: 0, answers: 0, elastic: false, told: false };
  const answers = Math.max(1, request.n ?? 1);
  const { maxTokens } = request;
  if (maxTokens !== undefined) {
    const tokens = named ? maxTokens : Math.min(maxTokens, maxOutputTokens ?? Infinity);
    return { tokens, answers, elastic: false, told: false };
  }
  return { tokens: maxOutputTokens ?? UNKNOWN_OUTPUT, answers, elastic: true, told: maxOutputTokens === undefined };
}

/** Whether a provider is asked to keep a part of the prompt in its cache, which may cost more than reading it. */
export function asksForCacheWrites(request: ModelRequest): boolean {
  if (request.operation === 'embeddings') return false;
  const { hints, messages, tools } = request;
  const marked = (part: Part): boolean =>
    ('cacheControl' in part && part.cacheControl !== undefined) ||
    (part.type === 'tool_result' && part.parts.some(marked));
  return (
    hints.some((hint) => hint.includes('cache_control')) ||
    tools.some(({ cacheControl }) => cacheControl !== undefined) ||
    messages.some(({ parts }) => parts.some(marked))
  );
}
