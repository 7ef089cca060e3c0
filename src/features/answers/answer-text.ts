import type { RoutedCall } from '../../contract/call';
import type { ModelRequest } from '../../contract/request';
import { canonicalJson } from '../../contract/canonical-json';

/** Rises when the same request is to be spelt in another way: whatever was kept before is then not found any more. */
const VERSION = 2;

type Asked = Pick<RoutedCall, 'wire' | 'candidates' | 'validation' | 'guarded'> & { readonly request: ModelRequest };

/**
 * Everything that an answer depends on, spelt in one way: neither whether it is streamed nor for whom it is. Calls with the
 * same text may be given each other's answer. Undefined for a call whose answer says nothing about another call's.
 * @param many calls with tools, and for several answers, have a text too
 */
export function answerText(
  { request, wire, candidates: [first], validation, guarded }: Asked,
  many = false,
): string | undefined {
  if (!isRepeatable(request, many)) return undefined;
  const natives = nativesOf(request.hints, wire);
  if (!natives) return undefined;
  const { stream: _stream, user: _user, hints: _hints, extras: _extras, ...asked } = request;
  const { provider, model } = first;
  const beta = wire.headers['anthropic-beta'];
  // an answer that nobody validated is none to a call that asks for that
  const validated = validation && true;
  return canonicalJson({ version: VERSION, provider, model, asked, beta, validated, guarded, ...natives });
}

/** The answer follows from the request alone, and can be told again. */
function isRepeatable(request: ModelRequest, many: boolean): boolean {
  if (request.extras.length) return false;
  if (request.operation === 'embeddings') return true;
  const { operation, tools, n = 1, logprobs, topLogprobs, continues } = request;
  const telling = operation === 'chat' && !logprobs && topLogprobs === undefined && continues === undefined;
  return telling && (many || (!tools.length && n === 1));
}

/** Native fields that tune the call, as the caller spelt them. Undefined when one cannot be found where it is said to be. */
function nativesOf(
  hints: readonly string[],
  { dialect, body }: RoutedCall['wire'],
): { dialect?: string; natives?: unknown } | undefined {
  const roots = new Set(hints.map((path) => /^[^.[]*/.exec(path)?.[0] ?? ''));
  // says how a stream is cut into pieces
  roots.delete('stream_options');
  if (!roots.size) return {};
  const natives = [...roots].map((root) => [root, Object.hasOwn(body, root) ? body[root] : undefined] as const);
  if (natives.some(([, value]) => value === undefined)) return undefined;
  return { dialect, natives: Object.fromEntries(natives) };
}
