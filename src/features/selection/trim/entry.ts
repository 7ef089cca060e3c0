import { isObject, type Json, type JsonObject } from '../../../contract/json';

/** One item of a conversation, as a dialect spells it. */
export interface Entry {
  readonly json: JsonObject;
  /** `user`: words of the user and nothing else; `result`: it answers calls of tools; `unknown`: it may mean anything. */
  readonly kind: 'system' | 'user' | 'assistant' | 'result' | 'unknown';
  /** Ids of the calls of tools that it makes, and of those it answers. */
  readonly calls: readonly string[];
  readonly results: readonly string[];
  /** A prefix that the provider is to cache ends here. */
  readonly marked: boolean;
}

const MARKS = ['cache_control', 'cacheControl', 'prompt_cache_breakpoint'];

/** Parts whose meaning is their content. What is not among them may stand for all that was said before. */
const KNOWN_PARTS = new Set([
  'text', 'image', 'image_url', 'document', 'file', 'input_audio', 'refusal', 'thinking', 'redacted_thinking',
  'tool_use', 'tool_result', 'tool_call', 'server_tool_use', 'web_search_tool_result', 'web_fetch_tool_result', 'search_result',
  'input_text', 'input_image', 'input_file', 'output_text',
]); // prettier-ignore

export function entryOf(json: JsonObject): Entry {
  const parts = partsOf(json);
  const calls = [...parts, ...listOf(json['tool_calls'])].flatMap(callId);
  const results = parts.flatMap(resultId);
  const marked = [json, ...parts, ...listOf(json['tool_calls']), ...parts.flatMap(partsOf)].some(isMarked);
  const item = { json, marked };
  switch (json['type'] ?? 'message') {
    case 'message':
      break;
    case 'function_call':
      return { ...item, kind: 'assistant', calls: texts(json['call_id']), results: [] };
    case 'function_call_output':
      return { ...item, kind: 'result', calls: [], results: texts(json['call_id']) };
    case 'reasoning':
      return { ...item, kind: 'assistant', calls: [], results: [] };
    default:
      return { ...item, kind: 'unknown', calls: [], results: [] };
  }
  if (parts.some(({ type }) => typeof type !== 'string' || !KNOWN_PARTS.has(type)))
    return { ...item, kind: 'unknown', calls, results };
  switch (json['role']) {
    case 'system':
    case 'developer':
      return { ...item, kind: 'system', calls, results };
    case 'user':
      return { ...item, kind: results.length ? 'result' : 'user', calls, results };
    case 'assistant':
      return { ...item, kind: 'assistant', calls, results };
    case 'tool':
      return { ...item, kind: 'result', calls, results: texts(json['tool_call_id']) };
    default:
      return { ...item, kind: 'unknown', calls, results };
  }
}

/** The parts of an item whose content is no plain string. */
export function partsOf(json: JsonObject): readonly JsonObject[] {
  return listOf(json['content'] ?? json['parts']);
}

/** The item with other content. An item keeps what it has beside that. */
export function withContent(json: JsonObject, content: Json): JsonObject {
  return { ...json, ['content' in json ? 'content' : 'parts']: content };
}

export function isMarked(json: JsonObject): boolean {
  return MARKS.some((mark) => (json[mark] ?? null) !== null);
}

export function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
}

function callId({ id, type, function: called }: JsonObject): string[] {
  return type === 'tool_use' || type === 'tool_call' || called !== undefined ? texts(id) : [];
}

function resultId({ type, tool_use_id: anthropic, toolCallId: ours }: JsonObject): string[] {
  return type === 'tool_result' ? texts(anthropic ?? ours) : [];
}

const texts = (value: Json | undefined): string[] => (typeof value === 'string' ? [value] : []);
