import type { Json, JsonObject } from '../../contract/json';
import type { ChatRequest } from '../../contract/request';
import type { ForwardedRequest, Target } from '../codec';
import { asObject } from '../tolerant';
import { leaveOutUntaken } from '../untaken';
import { encodeThinking } from './encode-thinking';
import { withoutThoughts } from './without-thoughts';

type Body = Record<string, Json>;

/** The caller's own body for a model of OpenAI's. */
export function forwardRequest(body: JsonObject, target: Target, request: ChatRequest): ForwardedRequest {
  const { body: sent, dropped } = forwardCompatible(body, target, request);
  const lost = new Set(dropped);
  leaveOutThoughts(sent, lost);
  if (!target.named) useItsWords(sent, lost);
  return { body: sent, dropped: [...lost] };
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

function leaveOutThoughts(sent: Body, dropped: Set<string>): void {
  const { messages } = sent;
  if (!Array.isArray(messages)) return;
  sent.messages = withoutThoughts(messages as readonly Json[]);
  if (sent.messages !== messages) dropped.add('thinking');
}

function useItsWords(sent: Body, dropped: Set<string>): void {
  // its reasoning models know the limit of an answer by the newer name alone, and all of its models know that
  const limit = sent.max_completion_tokens ?? sent.max_tokens;
  delete sent.max_tokens;
  if (limit !== undefined) sent.max_completion_tokens = limit;
  if ((sent.top_k ?? null) !== null) dropped.add('top_k');
  delete sent.top_k;
}
