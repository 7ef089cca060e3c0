import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Message } from '../../contract/request';
import { Fields, invalid } from '../fields';
import { decodeParts, decodeSystem } from './decode-content';
import { decodeResponseFormat, decodeThinking } from './decode-output-config';
import { decodeToolChoice, decodeTools } from './decode-tools';
import { type Natives, noteExtras, noteHints } from '../natives';

/** Read below, or the gateway's own. */
const KNOWN = new Set([
  'gatehouse',
  'max_tokens',
  'messages',
  'metadata',
  'model',
  'output_config',
  'output_format',
  'stop_sequences',
  'stream',
  'system',
  'temperature',
  'thinking',
  'thread',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
]);
const HINTS = new Set([
  'betas',
  'billing_policy',
  'cache_control',
  'compaction',
  'context_management',
  'diagnostics',
  'fallback_credit_token',
  'fallbacks',
  'inference_geo',
  'service_tier',
  'speed',
  'user_profile_id',
  'workspace_id',
]);
const MESSAGE_FIELDS = new Set(['role', 'content']);
const METADATA_FIELDS = new Set(['user_id']);
const THREAD_FIELDS = new Set(['type', 'previous_message_id']);
const ROLES = ['user', 'assistant', 'system'] as const;

export function decodeRequest(body: JsonObject, operation: ChatRequest['operation']): ChatRequest {
  const fields = new Fields(body);
  const natives: Natives = { hints: [], extras: [] };
  const model = decodeModel(fields);
  const maxTokens = fields.number('max_tokens', { min: 1, integer: true });
  if (operation === 'chat') fields.required('max_tokens', maxTokens);
  const stream = fields.boolean('stream') ?? false;
  const continues = decodeThread(fields, natives);
  const messages = decodeMessages(fields, continues !== undefined, natives);
  for (const path of fields.others(KNOWN)) (HINTS.has(path) ? natives.hints : natives.extras).push(path);
  return {
    operation,
    model,
    stream: stream && operation === 'chat',
    messages,
    tools: decodeTools(fields, natives),
    ...decodeToolChoice(fields, natives),
    maxTokens,
    temperature: fields.number('temperature', { min: 0, max: 1 }),
    topP: fields.number('top_p', { min: 0, max: 1 }),
    topK: fields.number('top_k', { min: 0, integer: true }),
    stop: fields.strings('stop_sequences'),
    responseFormat: decodeResponseFormat(fields, natives),
    thinking: decodeThinking(fields, natives),
    user: decodeUser(fields, natives),
    continues,
    ...natives,
  };
}

function decodeModel(fields: Fields): string {
  const model = fields.required('model', fields.string('model'));
  if (!model) throw invalid('model', 'must not be empty');
  if (model.length > 256) throw invalid('model', 'must be at most 256 characters long');
  return model;
}

function decodeMessages(fields: Fields, mayBeEmpty: boolean, natives: Natives): Message[] {
  const found = fields.required('messages', fields.objects('messages'));
  if (!found.length && !mayBeEmpty) throw invalid('messages', 'at least one message is required');
  const messages: Message[] = [];
  const system = decodeSystem(fields, natives);
  if (system.length) messages.push({ role: 'system', parts: system });
  for (const message of found) {
    const role = message.required('role', message.oneOf('role', ROLES));
    messages.push({ role, parts: decodeParts(message, role, natives) });
    noteExtras(message, MESSAGE_FIELDS, natives);
  }
  return messages;
}

function decodeUser(fields: Fields, natives: Natives): string | undefined {
  const metadata = fields.child('metadata');
  if (!metadata) return undefined;
  noteHints(metadata, METADATA_FIELDS, natives);
  return metadata.string('user_id');
}

/** The message that is continued, when the provider holds the earlier turns. */
function decodeThread(fields: Fields, natives: Natives): string | undefined {
  const thread = fields.child('thread');
  if (!thread) return undefined;
  const type = thread.required('type', thread.string('type'));
  if (type === 'continue') {
    noteExtras(thread, THREAD_FIELDS, natives);
    return thread.required('previous_message_id', thread.string('previous_message_id') || undefined);
  }
  (type === 'create' ? natives.hints : natives.extras).push('thread');
  return undefined;
}
