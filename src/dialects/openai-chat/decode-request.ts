import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Effort, Message, ResponseFormat, Thinking } from '../../contract/request';
import { Fields, invalid } from '../fields';
import { openAiUser } from '../end-user';
import { decodeMessage } from './decode-message';
import { decodeTools, decodeToolChoice } from './decode-tools';
import { type Natives, noteExtras, noteHint } from '../natives';
import { HINTS, KNOWN } from './request-fields';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const satisfies readonly Effort[];

export function decodeRequest(body: JsonObject): ChatRequest {
  const request = new Fields(body);
  const natives: Natives = { hints: [], extras: [] };
  const decoded = {
    operation: 'chat',
    model: decodeModel(request),
    stream: decodeStream(request, natives),
    messages: decodeMessages(request, natives),
    tools: decodeTools(request, natives),
    toolChoice: decodeToolChoice(request, natives),
    parallelToolCalls: request.boolean('parallel_tool_calls'),
    ...decodeSampling(request),
    responseFormat: decodeResponseFormat(request, natives),
    thinking: decodeThinking(request),
    user: openAiUser(request),
    ...natives,
  } satisfies ChatRequest;
  if (request.list('modalities')?.some((modality) => modality !== 'text')) natives.extras.push('modalities');
  for (const key of HINTS) noteHint(request, key, natives);
  noteExtras(request, KNOWN, natives);
  return decoded;
}

export function decodeModel(request: Fields): string {
  const model = request.required('model', request.string('model'));
  if (!model || model.length > 256) throw invalid(request.at('model'), 'must have 1 to 256 characters');
  return model;
}

function decodeMessages(request: Fields, natives: Natives): Message[] {
  const messages = request.required('messages', request.objects('messages'));
  if (!messages.length) throw invalid(request.at('messages'), 'must not be empty');
  return messages.flatMap((message) => decodeMessage(message, natives) ?? []);
}

function decodeSampling(request: Fields) {
  const topK = request.number('top_k', { integer: true, min: -1 });
  return {
    maxTokens: decodeMaxTokens(request),
    temperature: request.number('temperature', { min: 0, max: 2 }),
    topP: request.number('top_p', { min: 0, max: 1 }),
    // 0 and -1 are how local servers spell "no limit"
    topK: topK && topK > 0 ? topK : undefined,
    seed: request.number('seed', { integer: true }),
    presencePenalty: request.number('presence_penalty', { min: -2, max: 2 }),
    frequencyPenalty: request.number('frequency_penalty', { min: -2, max: 2 }),
    stop: decodeStop(request),
    n: request.number('n', { integer: true, min: 1, max: 128 }),
    logprobs: request.boolean('logprobs'),
    topLogprobs: request.number('top_logprobs', { integer: true, min: 0, max: 20 }),
  };
}

/** Servers differ in which of the two they obey. */
function decodeMaxTokens(request: Fields): number | undefined {
  const older = request.number('max_tokens', { integer: true, min: 1 });
  const limit = request.number('max_completion_tokens', { integer: true, min: 1 });
  if (older !== undefined && limit !== undefined && older !== limit)
    throw invalid(request.at('max_completion_tokens'), 'must be the same as max_tokens where both are given');
  return limit ?? older;
}

function decodeStop(request: Fields): readonly string[] | undefined {
  if (typeof request.raw('stop') === 'string') return [request.string('stop') as string];
  const stop = request.strings('stop');
  if (stop && stop.length > 16) throw invalid(request.at('stop'), 'expected at most 16 strings');
  return stop;
}

const STREAM_OPTIONS = new Set(['include_usage', 'include_obfuscation']);
function decodeStream(request: Fields, natives: Natives): boolean {
  const stream = request.boolean('stream') ?? false;
  const options = request.child('stream_options');
  if (!options) return stream;
  if (!stream) throw invalid(options.path, 'is only allowed when stream is true');
  options.boolean('include_usage');
  noteHint(options, 'include_obfuscation', natives);
  noteExtras(options, STREAM_OPTIONS, natives);
  return stream;
}

const FORMAT_FIELDS = new Set(['type', 'json_schema']);
const JSON_SCHEMA_FIELDS = new Set(['name', 'description', 'schema', 'strict']);
function decodeResponseFormat(request: Fields, natives: Natives): ResponseFormat | undefined {
  const format = request.child('response_format');
  if (!format) return undefined;
  const type = format.required('type', format.string('type'));
  if (type !== 'text' && type !== 'json_object' && type !== 'json_schema') {
    // local servers have grammars of their own
    natives.extras.push(format.path);
    return undefined;
  }
  noteExtras(format, FORMAT_FIELDS, natives);
  return type === 'json_schema' ? decodeJsonSchema(format.required(type, format.child(type)), natives) : { type };
}

function decodeJsonSchema(format: Fields, natives: Natives): ResponseFormat {
  noteExtras(format, JSON_SCHEMA_FIELDS, natives);
  return {
    type: 'json_schema',
    name: format.string('name'),
    description: format.string('description'),
    schema: format.required('schema', format.json('schema')),
    strict: format.boolean('strict'),
  };
}

function decodeThinking(request: Fields): Thinking | undefined {
  const effort = request.oneOf('reasoning_effort', EFFORTS);
  return effort && { mode: effort === 'none' ? 'off' : 'on', effort };
}
