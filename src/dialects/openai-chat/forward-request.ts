import type { Json, JsonObject } from '../../contract/json';
import type { ChatRequest } from '../../contract/request';
import type { ForwardedRequest, Target } from '../codec';
import { asObject } from '../tolerant';
import { leaveOutUntaken } from '../untaken';
import { encodeThinking } from './encode-thinking';

type Body = Record<string, Json>;

/** The caller's own body for a model of OpenAI's. */
export function forwardRequest(body: JsonObject, target: Target, request: ChatRequest): ForwardedRequest {
  const { body: sent, dropped } = forwardCompatible(body, target, request);
  return target.named ? { body: sent, dropped } : { body: inItsWords(sent), dropped: [...dropped, ...unknownIn(sent)] };
}

/** The caller's own body for a model of any server of this dialect. A stream is always asked to say what it used. */
export function forwardCompatible(body: JsonObject, target: Target, request: ChatRequest): ForwardedRequest {
  const { gatehouse: _ours, ...forwarded } = body;
  const sent: Body = { ...forwarded, model: target.model };
  if (body.stream === true) sent.stream_options = { ...asObject(body.stream_options), include_usage: true };
  const dropped = new Set<string>();
  if (!target.named) fit(sent, target, request, dropped);
  return { body: sent, dropped: [...dropped] };
}

function fit(sent: Body, target: Target, request: ChatRequest, dropped: Set<string>): void {
  leaveOutUntaken(sent, target, dropped);
  const { maxOutputTokens = Infinity } = target;
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    const limit = sent[name];
    if (typeof limit === 'number') sent[name] = Math.min(limit, maxOutputTokens);
  }
  if (!request.thinking) return;
  const effort = encodeThinking(request.thinking, target, dropped);
  if (effort) sent.reasoning_effort = effort;
  else delete sent.reasoning_effort;
}

/** OpenAI's reasoning models know the limit of an answer by its newer name alone, and all of its models know it. */
function inItsWords({ max_tokens: older, top_k: _unknown, ...sent }: Body): Body {
  const limit = sent.max_completion_tokens ?? older;
  return limit === undefined ? sent : { ...sent, max_completion_tokens: limit };
}

function unknownIn({ top_k: unknown }: Body): string[] {
  return (unknown ?? null) === null ? [] : ['top_k'];
}
