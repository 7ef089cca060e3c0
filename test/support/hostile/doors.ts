import { CANARY } from './canary';
import type { Plain } from './json-text';

export type Dialect = 'openai' | 'anthropic' | 'problem';

export interface Door {
  readonly path: string;
  /** Whose error shape it answers in. */
  readonly dialect: Dialect;
  /** A body it takes; canaries stand wherever text of a caller may stand. */
  readonly body: Plain;
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SCHEMA = {
  type: 'object',
  properties: {
    place: { type: 'string', enum: ['here', 'there'] },
    days: { type: 'array', items: { type: 'integer', minimum: 1 } },
  },
  required: ['place'],
};

const chat: Plain = {
  model: 'fast',
  messages: [
    { role: 'system', content: `Be brief. ${CANARY}`, name: CANARY },
    {
      role: 'user',
      content: [
        { type: 'text', text: `Hello ${CANARY}` },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}`, detail: 'low' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: CANARY, arguments: `{"place":"${CANARY}"}` } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: `Sunny. ${CANARY}` },
    { role: 'user', content: `And tomorrow? ${CANARY}` },
  ],
  tools: [{ type: 'function', function: { name: CANARY, description: CANARY, parameters: SCHEMA, strict: true } }],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  temperature: 0.5,
  top_p: 1,
  max_completion_tokens: 50,
  stop: ['END', CANARY],
  n: 1,
  seed: 7,
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA, strict: true } },
  reasoning_effort: 'low',
  user: CANARY,
  metadata: { note: CANARY },
  stream: false,
};

const responses: Plain = {
  model: 'fast',
  instructions: `Be brief. ${CANARY}`,
  input: [
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: `Hello ${CANARY}` },
        { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'auto' },
      ],
    },
    { type: 'function_call', call_id: 'call_1', name: CANARY, arguments: `{"place":"${CANARY}"}` },
    { type: 'function_call_output', call_id: 'call_1', output: `Sunny. ${CANARY}` },
    { role: 'user', content: `And tomorrow? ${CANARY}` },
  ],
  tools: [{ type: 'function', name: CANARY, description: CANARY, parameters: SCHEMA, strict: false }],
  tool_choice: 'auto',
  text: { format: { type: 'text' } },
  reasoning: { effort: 'low', summary: 'auto' },
  include: ['reasoning.encrypted_content'],
  max_output_tokens: 50,
  store: false,
  stream: false,
  prompt_cache_key: CANARY,
  safety_identifier: CANARY,
  metadata: { note: CANARY },
};

const messages: Plain = {
  model: 'fast',
  max_tokens: 50,
  system: [{ type: 'text', text: `Be brief. ${CANARY}`, cache_control: { type: 'ephemeral' } }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: `Hello ${CANARY}` },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: CANARY, signature: CANARY },
        { type: 'tool_use', id: 'toolu_1', name: CANARY, input: { place: CANARY } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: CANARY }], is_error: false },
        { type: 'text', text: `And tomorrow? ${CANARY}` },
      ],
    },
  ],
  tools: [{ name: CANARY, description: CANARY, input_schema: SCHEMA }],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  temperature: 0.5,
  stop_sequences: ['END', CANARY],
  thinking: { type: 'adaptive' },
  output_config: { effort: 'low' },
  metadata: { user_id: CANARY },
  stream: false,
};

const count: Plain = Object.fromEntries(
  Object.entries(messages).filter(([name]) => ['model', 'system', 'messages', 'tools'].includes(name)),
);
const embeddings: Plain = {
  model: 'embedding',
  input: [`Hello ${CANARY}`, 'there'],
  encoding_format: 'float',
  dimensions: 8,
  user: CANARY,
};
// names of keys and tenants are kept, so they hold no canary
const key: Plain = {
  name: 'hostile',
  roles: ['client'],
  models: ['fast', 'openai/*'],
  limits: { rpm: 5, concurrency: 2 },
  expires_at: '2999-01-01T00:00:00Z',
};

/** Doors that take calls. */
export const CALLS: readonly Door[] = [
  { path: '/v1/chat/completions', dialect: 'openai', body: chat },
  { path: '/v1/responses', dialect: 'openai', body: responses },
  { path: '/v1/messages', dialect: 'anthropic', body: messages },
  { path: '/v1/messages/count_tokens', dialect: 'anthropic', body: count },
  { path: '/v1/embeddings', dialect: 'openai', body: embeddings },
];

/** Doors for administrators. */
export const ADMINISTRATION: readonly Door[] = [
  { path: '/v1/keys', dialect: 'problem', body: key },
  { path: '/v1/tenants', dialect: 'problem', body: { name: 'hostile' } },
];

/** Whose error shape a path is answered in. */
export function dialectOf(path: string, anthropicVersion: boolean): Dialect {
  const [route = ''] = path.split('?');
  if (/^\/v1\/messages(\/|$)/.test(route)) return 'anthropic';
  if (/^\/v1\/(keys|tenants|requests)(\/|$)/.test(route) || !route.startsWith('/v1/')) return 'problem';
  return anthropicVersion && /^\/v1\/models(\/|$)/.test(route) ? 'anthropic' : 'openai';
}
