import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { ChatRequest } from '../../contract/request';
import type { ForwardedRequest, Target } from '../codec';
import { asObject } from '../tolerant';
import { leaveOutUntaken } from '../untaken';
import { encodeReasoning } from './encode-request';
import { unseal } from './seal';

type Body = Record<string, Json>;

/** The caller's body for a provider of this dialect: what is the gateway's own stays here, and nothing is stored. */
export function forwardRequest(body: JsonObject, target: Target, request: ChatRequest): ForwardedRequest {
  const { gatehouse: _own, ...forwarded } = body;
  const sent: Body = { ...forwarded, model: target.model, store: false };
  const dropped = new Set<string>();
  const { input } = body;
  if (Array.isArray(input) && input.some(isSealed)) {
    sent.input = input.filter((item) => !isSealed(item));
    dropped.add('thinking');
  }
  if (!target.named) fit(sent, target, request, dropped);
  return { body: sent, dropped: [...dropped] };
}

/** A thought of another vendor's model, told earlier in this conversation: no provider of this dialect can read it. */
function isSealed(item: Json): boolean {
  return (
    isObject(item) &&
    item.type === 'reasoning' &&
    typeof item.encrypted_content === 'string' &&
    unseal(item.encrypted_content) !== undefined
  );
}

function fit(sent: Body, target: Target, request: ChatRequest, dropped: Set<string>): void {
  leaveOutUntaken(sent, target, dropped);
  if (typeof sent.max_output_tokens === 'number')
    sent.max_output_tokens = Math.min(sent.max_output_tokens, target.maxOutputTokens ?? Infinity);
  if (target.thinks === false) leaveOutReasoning(sent, dropped);
  else if (request.thinking) setEffort(sent, encodeReasoning(request.thinking)?.effort);
}

function setEffort(sent: Body, effort: Json | undefined): void {
  const { effort: _before, ...others } = asObject(sent.reasoning);
  sent.reasoning = effort === undefined ? others : { ...others, effort };
}

/** Neither asked for nor wanted back. */
function leaveOutReasoning(sent: Body, dropped: Set<string>): void {
  if (isObject(sent.reasoning)) {
    delete sent.reasoning;
    dropped.add('thinking');
  }
  if (Array.isArray(sent.include)) sent.include = sent.include.filter((name) => name !== 'reasoning.encrypted_content');
}
