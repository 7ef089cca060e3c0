import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Message, Part } from '../../contract/request';
import { Fields, invalid } from '../fields';
import { openAiUser } from '../end-user';
import type { Natives } from '../natives';
import { decodeItem } from './decode-item';
import {
  decodeInclude,
  decodeReasoning,
  decodeStream,
  decodeText,
  decodeToolChoice,
  decodeTools,
} from './decode-options';
import { refuseStored } from './refuse-stored';

/** Read below, or the gateway's own. */
const KNOWN = new Set([
  'background',
  'conversation',
  'gatehouse',
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'model',
  'parallel_tool_calls',
  'previous_response_id',
  'prompt',
  'reasoning',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
]);
const TEXT_HINTS = ['service_tier', 'safety_identifier', 'prompt_cache_key', 'prompt_cache_retention'];
const HINTS = new Set([...TEXT_HINTS, 'metadata', 'client_metadata', 'prompt_cache_options', 'generate']);

export function decodeRequest(body: JsonObject): ChatRequest {
  const fields = new Fields(body);
  const natives: Natives = { hints: [], extras: [] };
  const model = decodeModel(fields);
  refuseStored(fields);
  const messages = decodeMessages(fields, natives);
  noteNatives(fields, natives);
  return {
    operation: 'chat',
    model,
    stream: decodeStream(fields, natives),
    messages,
    tools: decodeTools(fields, natives),
    ...decodeToolChoice(fields, natives),
    parallelToolCalls: fields.boolean('parallel_tool_calls'),
    maxTokens: fields.number('max_output_tokens', { min: 1, integer: true }),
    temperature: fields.number('temperature', { min: 0, max: 2 }),
    topP: fields.number('top_p', { min: 0, max: 1 }),
    ...decodeInclude(fields, natives),
    ...decodeText(fields, natives),
    ...decodeReasoning(fields, natives),
    user: openAiUser(fields),
    ...natives,
  };
}

function decodeModel(fields: Fields): string {
  const model = fields.required('model', fields.string('model'));
  if (!model) throw invalid('model', 'must not be empty');
  if (model.length > 256) throw invalid('model', 'must be at most 256 characters long');
  return model;
}

function decodeMessages(fields: Fields, natives: Natives): Message[] {
  const instructions = fields.string('instructions');
  const system: Message[] = instructions ? [{ role: 'system', parts: [{ type: 'text', text: instructions }] }] : [];
  return [...system, ...decodeInput(fields, natives)];
}

function decodeInput(fields: Fields, natives: Natives): Message[] {
  const input = fields.required('input', fields.raw('input'));
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', text: input }] }];
  if (!Array.isArray(input)) throw invalid('input', 'expected a string or a list of items');
  if (!input.length) throw invalid('input', 'must not be empty');
  const messages: { kind: string; role: Message['role']; parts: Part[] }[] = [];
  for (const item of fields.objects('input') ?? []) {
    const decoded = decodeItem(item, natives);
    if (!decoded) continue;
    const last = messages.at(-1);
    if (last?.kind === decoded.kind && decoded.kind !== 'message') last.parts.push(...decoded.parts);
    else messages.push({ ...decoded });
  }
  return messages.map(({ role, parts }) => ({ role, parts }));
}

/** Sorts what only this API can say; checks the types of what its answers repeat. */
function noteNatives(fields: Fields, natives: Natives): void {
  for (const path of fields.others(KNOWN)) (HINTS.has(path) ? natives.hints : natives.extras).push(path);
  for (const key of TEXT_HINTS) fields.string(key);
  const metadata = fields.child('metadata');
  for (const key of Object.keys(metadata?.object ?? {})) metadata?.string(key);
  if (fields.oneOf('truncation', ['auto', 'disabled']) === 'auto') natives.extras.push('truncation');
}
