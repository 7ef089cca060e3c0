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
  if (Array.isArray(input) && input.some(isUnreadable)) {
    sent.input = input.filter((item) => !isUnreadable(item));
    dropped.add('thinking');
  }
  if (!target.named) fit(sent, target, request, dropped);
  return { body: sent, dropped: [...dropped] };
}

/**
 * A thought that no provider of this dialect can read: of another vendor's model, told earlier in this conversation, or known by
 * its id alone, under which nothing is stored.
 */
function isUnreadable(item: Json): boolean {
  if (!isObject(item) || item.type !== 'reasoning') return false;
  const { encrypted_content: sealed } = item;
  return typeof sealed !== 'string' || unseal(sealed) !== undefined;
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
