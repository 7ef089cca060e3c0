import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What the vendors' doubles say. The last user text asks for one of them by name: `say:<name>`. */
export const SAYS = {
  text: 'Olá 👩‍👩‍👧‍👦 — naïve 日本語 “quotes”',
  json: { name: 'Ada', age: 36 },
  toolCalls: [
    { id: 'call_1', name: 'get_weather', input: { city: 'Paris' } },
    { id: 'call_2', name: 'get_weather', input: { city: 'São Paulo' } },
  ],
  afterTools: 'It is 21 °C.',
  thought: 'Let me see.',
  usage: { fresh: 20, read: 80, written: 0, output: 5 },
  vector: [0.5, -0.25, 0.125],
} as const;

export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

export interface Vendors {
  readonly url: string;
  readonly seen: Seen[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

type Turn = 'text' | 'tools' | 'json' | 'after' | 'think' | 'slow' | 'error' | 'overloaded';

/** OpenAI's and Anthropic's APIs over real HTTP, strict about what is theirs: a field of the other vendor is a 400. */
export async function startVendors(): Promise<Vendors> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, seen).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seen,
    env: { OPENAI_API_KEY: 'sk-o', OPENAI_BASE_URL: `${url}/v1`, ANTHROPIC_API_KEY: 'sk-a', ANTHROPIC_BASE_URL: url },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, seen: Seen[]): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const body = JSON.parse(text) as Record<string, unknown>;
  const path = request.url ?? '';
  seen.push({ path, headers: request.headers, body });
  const anthropic = path.startsWith('/v1/messages');
  const foreign = Object.keys(body).filter((key) => (anthropic ? OPENAI_ONLY : ANTHROPIC_ONLY).has(key));
  if (foreign.length)
    return fail(response, anthropic, 400, 'invalid_request_error', `${foreign.join()}: unknown field`);
  const turn = turnOf(text);
  if (turn === 'error') return fail(response, anthropic, 400, 'invalid_request_error', 'the vendor says no');
  if (turn === 'overloaded') return fail(response, anthropic, anthropic ? 529 : 503, 'overloaded_error', 'busy', '9');
  if (path === '/v1/embeddings') return json(response, embeddings(body));
  if (path === '/v1/messages/count_tokens') return json(response, { input_tokens: 42 });
  if (path === '/v1/messages')
    return body['stream']
      ? stream(response, messageEvents(body, turn), true, turn)
      : json(response, message(body, turn));
  if (path === '/v1/chat/completions')
    return body['stream'] ? stream(response, chunks(body, turn), false, turn) : json(response, completion(body, turn));
  return fail(response, anthropic, 404, 'not_found_error', 'no such route');
}

const ANTHROPIC_ONLY = new Set(['system', 'stop_sequences', 'thinking', 'output_config', 'top_k']);
const OPENAI_ONLY = new Set([
  'response_format',
  'stream_options',
  'max_completion_tokens',
  'seed',
  'n',
  'stop',
  'user',
  'parallel_tool_calls',
  'reasoning_effort',
]);

function turnOf(text: string): Turn {
  if (/"(tool_call_id|tool_result)"/.test(text)) return 'after';
  return (/.*say:(\w+)/s.exec(text)?.[1] as Turn | undefined) ?? 'text';
}

function fail(
  response: ServerResponse,
  anthropic: boolean,
  status: number,
  type: string,
  message: string,
  retryAfter?: string,
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter ? { 'retry-after': retryAfter } : {}),
  });
  response.end(
    JSON.stringify(
      anthropic ? { type: 'error', error: { type, message } } : { error: { type, message, param: null, code: null } },
    ),
  );
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'vendor-1' }).end(JSON.stringify(body));
}

async function stream(response: ServerResponse, frames: readonly object[], named: boolean, turn: Turn): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const frame of frames) {
    if (response.destroyed) return;
    response.write(`${named ? `event: ${(frame as { type: string }).type}\n` : ''}data: ${JSON.stringify(frame)}\n\n`);
    await new Promise((resolve) => setTimeout(resolve, turn === 'slow' ? 20 : 1));
  }
  response.end(named ? undefined : 'data: [DONE]\n\n');
}

function words(turn: Turn): string {
  if (turn === 'json') return JSON.stringify(SAYS.json);
  if (turn === 'after') return SAYS.afterTools;
  return turn === 'slow' ? Array.from({ length: 100 }, (_, i) => `word${i}`).join(' ') : SAYS.text;
}

/** Cut every four characters; never inside a surrogate pair, which JSON would not survive. */
const slices = (text: string): readonly string[] => text.match(/.{1,4}/gsu) ?? [];

const openaiUsage = {
  prompt_tokens: SAYS.usage.fresh + SAYS.usage.read,
  completion_tokens: SAYS.usage.output,
  total_tokens: SAYS.usage.fresh + SAYS.usage.read + SAYS.usage.output,
  prompt_tokens_details: { cached_tokens: SAYS.usage.read },
};

function completion({ model }: Record<string, unknown>, turn: Turn): object {
  const calls = SAYS.toolCalls.map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }));
  const content = {
    role: 'assistant',
    content: turn === 'tools' ? null : words(turn),
    ...(turn === 'tools' ? { tool_calls: calls } : {}),
  };
  const choice = {
    index: 0,
    message: content,
    logprobs: null,
    finish_reason: turn === 'tools' ? 'tool_calls' : 'stop',
  };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [choice],
    usage: openaiUsage,
    vendor_field: 'kept',
  };
}

function chunks({ model, stream_options: options }: Record<string, unknown>, turn: Turn): object[] {
  const chunk = (delta: object, finish: string | null = null) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
    vendor_field: 'kept',
  });
  const body =
    turn === 'tools'
      ? SAYS.toolCalls.flatMap(({ id, name, input }, index) => [
          chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
          ...slices(JSON.stringify(input)).map((part) =>
            chunk({ tool_calls: [{ index, function: { arguments: part } }] }),
          ),
        ])
      : slices(words(turn)).map((content) => chunk({ content }));
  const usage = (options as { include_usage?: boolean } | undefined)?.include_usage
    ? [{ ...chunk({}), choices: [], usage: openaiUsage }]
    : [];
  return [
    chunk({ role: 'assistant', content: '' }),
    ...body,
    chunk({}, turn === 'tools' ? 'tool_calls' : 'stop'),
    ...usage,
  ];
}

const anthropicUsage = {
  input_tokens: SAYS.usage.fresh,
  cache_read_input_tokens: SAYS.usage.read,
  cache_creation_input_tokens: SAYS.usage.written,
  output_tokens: SAYS.usage.output,
};

function blocks(turn: Turn): Record<string, unknown>[] {
  if (turn === 'tools') return SAYS.toolCalls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input }));
  const thought = turn === 'think' ? [{ type: 'thinking', thinking: SAYS.thought, signature: 'c2ln' }] : [];
  return [...thought, { type: 'text', text: words(turn) }];
}

function message({ model }: Record<string, unknown>, turn: Turn): object {
  const stop = turn === 'tools' ? 'tool_use' : 'end_turn';
  const base = { id: 'msg_1', type: 'message', role: 'assistant', model, stop_sequence: null, vendor_field: 'kept' };
  return { ...base, content: blocks(turn), stop_reason: stop, usage: anthropicUsage };
}

function messageEvents(body: Record<string, unknown>, turn: Turn): object[] {
  const start = {
    ...message(body, turn),
    content: [],
    stop_reason: null,
    usage: { ...anthropicUsage, output_tokens: 1 },
  };
  return [
    { type: 'message_start', message: start },
    { type: 'ping' },
    ...blocks(turn).flatMap((block, index) => blockEvents(block, index)),
    {
      type: 'message_delta',
      delta: { stop_reason: turn === 'tools' ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: anthropicUsage,
    },
    { type: 'message_stop' },
  ];
}

function blockEvents(block: Record<string, unknown>, index: number): object[] {
  const delta = (inner: object) => ({ type: 'content_block_delta', index, delta: inner });
  const opened = {
    tool_use: { ...block, input: {} },
    text: { type: 'text', text: '' },
    thinking: { type: 'thinking', thinking: '', signature: '' },
  };
  const deltas = {
    tool_use: () =>
      slices(JSON.stringify(block['input'])).map((json) => delta({ type: 'input_json_delta', partial_json: json })),
    text: () => slices(block['text'] as string).map((text) => delta({ type: 'text_delta', text })),
    thinking: () => [
      delta({ type: 'thinking_delta', thinking: block['thinking'] }),
      delta({ type: 'signature_delta', signature: block['signature'] }),
    ],
  };
  const type = block['type'] as keyof typeof deltas;
  return [
    { type: 'content_block_start', index, content_block: opened[type] },
    ...deltas[type](),
    { type: 'content_block_stop', index },
  ];
}

function embeddings({ input, model, encoding_format: format }: Record<string, unknown>): object {
  const vector =
    format === 'base64' ? Buffer.from(new Float32Array(SAYS.vector).buffer).toString('base64') : SAYS.vector;
  const data = [input].flat().map((_, index) => ({ object: 'embedding', index, embedding: vector }));
  return { object: 'list', data, model, usage: { prompt_tokens: 4, total_tokens: 4 } };
}
