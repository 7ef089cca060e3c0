import type { Json, JsonObject } from '../../contract/json';
import type { ChatRequest } from '../../contract/request';
import type { ForwardedRequest, Target } from '../codec';
import { asObject } from '../tolerant';
import { leaveOutUntaken } from '../untaken';
import { encodeThinking } from './encode-thinking';
import { withoutUnsigned } from './without-unsigned';

type Body = Record<string, Json>;

/** The caller's own body for another model. */
export function forwardRequest(body: JsonObject, target: Target, request: ChatRequest): ForwardedRequest {
  const { gatehouse: _ours, ...forwarded } = body;
  const sent: Body = { ...forwarded, model: target.model };
  const dropped = new Set<string>();
  leaveOutUnsigned(sent, dropped);
  if (!target.named) fit(sent, target, request, dropped);
  return { body: sent, dropped: [...dropped] };
}

function leaveOutUnsigned(sent: Body, dropped: Set<string>): void {
  const { messages } = sent;
  if (!Array.isArray(messages)) return;
  sent.messages = withoutUnsigned(messages as readonly Json[]);
  if (sent.messages !== messages) dropped.add('thinking');
}

function fit(sent: Body, target: Target, request: ChatRequest, dropped: Set<string>): void {
  leaveOutUntaken(sent, target, dropped);
  if ((sent.temperature ?? null) !== null && (sent.top_p ?? null) !== null) {
    delete sent.top_p;
    dropped.add('top_p');
  }
  if (typeof sent.max_tokens === 'number')
    sent.max_tokens = Math.min(sent.max_tokens, target.maxOutputTokens ?? Infinity);
  const { type, budget_tokens: _asked, ...shown } = asObject(sent.thinking);
  if (type === 'enabled' || type === 'adaptive') {
    const { thinking, effort } = encodeThinking(request, target, dropped);
    if (thinking) sent.thinking = { ...shown, ...thinking };
    else delete sent.thinking;
    setEffort(sent, effort);
  } else if (request.thinking?.effort && (target.thinks === false || target.thinks === 'budget')) {
    dropped.add('output_config.effort');
    setEffort(sent, undefined);
  }
}

function setEffort(sent: Body, effort: string | undefined): void {
  const { effort: _before, ...others } = asObject(sent.output_config);
  const config = effort === undefined ? others : { ...others, effort };
  if (Object.keys(config).length) sent.output_config = config;
  else delete sent.output_config;
}
