import type { Json } from '../../contract/json';
import type { ChatRequest, Message, Part } from '../../contract/request';
import type { EncodedRequest, Target } from '../codec';
import { endUser } from '../end-user';
import { invalid } from '../fields';
import { refuseForeign } from '../not-carried';
import { encodeFormat, type Format } from './encode-format';
import { encodeConversation } from './encode-messages';
import { encodeThinking, type ThinkingPlan } from './encode-thinking';
import { encodeToolChoice, encodeTools } from './encode-tools';

/** The last API version that knows sampling parameters. */
const HEADERS = { 'anthropic-version': '2023-06-01' };

type Body = Record<string, Json>;

/** A request of another dialect in Anthropic's words. */
export function encodeRequest(request: ChatRequest, target: Target): EncodedRequest {
  refuseForeign(request, 'anthropic-messages', inexpressible(request));
  const dropped = new Set(request.hints);
  const plan = encodeThinking(request, target, dropped);
  const format = encodeFormat(request.responseFormat, dropped);
  const conversation = encodeConversation(request, format.instruction, dropped);
  if (!conversation.messages.length)
    throw invalid('messages', 'this model needs at least one message beside the system prompt');
  const body: Body = { model: target.model };
  if (request.operation === 'chat') body.max_tokens = plan.maxTokens;
  put(body, 'system', conversation.system);
  body.messages = conversation.messages;
  put(body, 'tools', encodeTools(request.tools, dropped));
  put(body, 'tool_choice', encodeToolChoice(request));
  put(body, 'thinking', plan.thinking);
  if (request.operation === 'chat') putOptions(body, request, plan, format, dropped);
  return { body, dropped: [...dropped], headers: HEADERS };
}

function putOptions(body: Body, request: ChatRequest, plan: ThinkingPlan, format: Format, dropped: Set<string>): void {
  putSampling(body, request, plan.thinking !== undefined, dropped);
  put(body, 'output_config', outputConfig(format, plan));
  put(body, 'stop_sequences', stopSequences(request, dropped));
  if (request.user) body.metadata = { user_id: endUser(request.user) };
  if (request.stream) body.stream = true;
  if (request.seed !== undefined) dropped.add('seed');
  if (request.presencePenalty) dropped.add('presence_penalty');
  if (request.frequencyPenalty) dropped.add('frequency_penalty');
}

/** A model that thinks samples as it likes; others take one of temperature and top_p. */
function putSampling(body: Body, request: ChatRequest, thinks: boolean, dropped: Set<string>): void {
  const sampling = { temperature: request.temperature, top_p: request.topP, top_k: request.topK };
  for (const [key, value] of Object.entries(sampling)) {
    if (value === undefined) continue;
    if (thinks || (key === 'top_p' && request.temperature !== undefined)) dropped.add(key);
    else body[key] = value;
  }
}

function outputConfig({ enforced }: Format, { effort }: ThinkingPlan): Body | undefined {
  const config: Body = {};
  put(config, 'effort', effort);
  if (enforced) config.format = { type: 'json_schema', schema: enforced };
  return Object.keys(config).length ? config : undefined;
}

function stopSequences({ stop }: ChatRequest, dropped: Set<string>): string[] | undefined {
  const visible = stop?.filter((sequence) => /\S/.test(sequence));
  if (visible?.length !== stop?.length) dropped.add('stop');
  return visible?.length ? visible : undefined;
}

/** What Anthropic has no words for although the answer depends on it. */
function inexpressible(request: ChatRequest): string[] {
  const missing: string[] = [];
  if ((request.n ?? 1) > 1) missing.push('n');
  if (request.logprobs) missing.push('logprobs');
  if (request.topLogprobs) missing.push('top_logprobs');
  if ((request.temperature ?? 0) > 1) missing.push('temperature above 1');
  if (request.messages.some((message) => message.parts.some(holdsFileId))) missing.push('files by id');
  if (request.messages.some(holdsMoreThanText)) missing.push('instructions other than text');
  return missing;
}

function holdsFileId(part: Part): boolean {
  if (part.type === 'tool_result') return part.parts.some(holdsFileId);
  return (part.type === 'image' || part.type === 'document') && part.source.kind === 'file';
}

function holdsMoreThanText({ role, parts }: Message): boolean {
  return role === 'system' && parts.some((part) => part.type !== 'text');
}

function put(body: Body, key: string, value: Json | undefined): void {
  if (value !== undefined) body[key] = value;
}
