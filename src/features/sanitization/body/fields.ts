import type { Origin, Unscanned } from './place';

/** Fields of ids, names and fixed words, in all dialects: providers refuse there what is not of their alphabet. */
export const IDENTIFIERS: ReadonlySet<string> = new Set([
  'id', 'type', 'role', 'name', 'model', 'object', 'status', 'tool_call_id', 'tool_use_id', 'call_id', 'item_id', 'file_id',
  'media_type', 'format', 'detail', 'encoding_format', 'service_tier', 'effort', 'verbosity', 'summary_type', 'tool_choice',
  'truncation', 'include', 'previous_response_id', 'response_id', 'container', 'prompt_cache_key', 'safety_identifier',
  'syntax', 'quality', 'size', 'voice', 'modalities', 'ttl', 'server_label', 'connector_id',
]); // prettier-ignore

/** Numbers that tune a call: none of them is anybody's. */
export const PARAMETERS: ReadonlySet<string> = new Set([
  'seed', 'max_tokens', 'max_completion_tokens', 'max_output_tokens', 'temperature', 'top_p', 'top_k', 'n', 'top_logprobs',
  'presence_penalty', 'frequency_penalty', 'budget_tokens', 'dimensions', 'logit_bias', 'created', 'created_at', 'top_a',
  'min_p', 'repetition_penalty', 'max_tool_calls', 'start_index', 'end_index', 'start_char_index', 'end_char_index',
  'start_page_number', 'end_page_number', 'start_block_index', 'end_block_index', 'document_index', 'search_result_index',
]); // prettier-ignore

/** Below these, names and values are the caller's own. */
export const FREE: ReadonlySet<string> = new Set([
  'parameters',
  'input_schema',
  'schema',
  'metadata',
  'variables',
  'arguments',
]);

/** Bytes that only the provider reads. */
export const SEALED: ReadonlySet<string> = new Set([
  'signature',
  'encrypted_content',
  'encrypted_index',
  'encrypted_stdout',
]);

const ROLES: Readonly<Record<string, Origin>> = {
  system: 'instructions',
  developer: 'instructions',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
};
const FIELDS: Readonly<Record<string, Origin>> = {
  system: 'instructions',
  instructions: 'instructions',
  tools: 'definition',
  functions: 'definition',
  response_format: 'definition',
  output_config: 'definition',
};
const DOCUMENTS = new Set(['document', 'file', 'input_file', 'search_result', 'container_upload']);
const RESULT = /(^tool_result|_result|_output)$/;

/** @param name of the field that holds the object */
export function originOf(name: string, role: unknown, type: unknown): Origin | undefined {
  if (typeof type === 'string') {
    if (DOCUMENTS.has(type)) return 'document';
    if (RESULT.test(type)) return 'tool';
  }
  if (typeof role === 'string') return own(ROLES, role) ?? 'other';
  return own(FIELDS, name);
}

/** What an object of this type holds beside text. Documents say so where their bytes are. */
export function unscannedOf(type: unknown): Unscanned | undefined {
  if (typeof type !== 'string') return undefined;
  if (type === 'image' || type === 'image_url' || type === 'input_image') return 'image';
  if (type === 'input_audio' || type === 'audio') return 'audio';
  return undefined;
}

export function unscannedMedia(mediaType: string): Unscanned {
  if (mediaType.startsWith('image/')) return 'image';
  return mediaType.startsWith('audio/') ? 'audio' : 'document';
}

const own = (record: Readonly<Record<string, Origin>>, name: string) =>
  Object.hasOwn(record, name) ? record[name] : undefined;
