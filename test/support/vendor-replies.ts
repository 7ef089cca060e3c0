import type { Exchange } from './upstream';

type Asked = Pick<Exchange, 'path'>;

/** What the vendor behind a path answers, in its own words. */
export function replyFor({ path }: Asked, text: string): Record<string, unknown> {
  if (path.endsWith('/embeddings'))
    return {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.25, -0.5] }],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 2, total_tokens: 2 },
    };
  if (path.endsWith('/count_tokens')) return { input_tokens: 42 };
  if (path.endsWith('/chat/completions'))
    return {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4o',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: text, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    };
  if (path.endsWith('/responses')) return response('completed', [item(text)]);
  return {
    ...message([{ type: 'text', text, citations: null }]),
    stop_reason: 'end_turn',
    usage: { input_tokens: 5, output_tokens: 7 },
  };
}

/** The same as a stream, a word to a frame. */
export function framesFor(asked: Asked, text: string): string[] {
  const words = text.match(/\S+\s*/g) ?? [];
  if (asked.path.endsWith('/chat/completions')) return [...chatChunks(words), 'data: [DONE]\n\n'];
  return (asked.path.endsWith('/responses') ? responseEvents(words) : messageEvents(words)).map(
    (event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`,
  );
}

type Event = Record<string, unknown>;

function chatChunks(words: readonly string[]): string[] {
  const chunk = (choices: unknown[], more: object = {}) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices, ...more })}\n\n`;
  const choice = (delta: object, finish_reason: string | null = null) => [
    { index: 0, delta, logprobs: null, finish_reason },
  ];
  return [
    chunk(choice({ role: 'assistant', content: '' })),
    ...words.map((content) => chunk(choice({ content }))),
    chunk(choice({}, 'stop')),
    chunk([], { usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } }),
  ];
}

function message(content: unknown[]): Event {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content,
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 1 },
  };
}

function messageEvents(words: readonly string[]): Event[] {
  return [
    { type: 'message_start', message: message([]) },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    ...words.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ];
}

function response(status: string, output: unknown[]): Event {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status,
    model: 'gpt-4o',
    output,
    error: null,
    incomplete_details: null,
    usage: status === 'completed' ? { input_tokens: 5, output_tokens: 7, total_tokens: 12 } : null,
  };
}

function item(text: string): Event {
  return { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part(text)] };
}

function part(text: string): Event {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function responseEvents(words: readonly string[]): Event[] {
  const text = words.join('');
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const events: Event[] = [
    { type: 'response.created', response: response('in_progress', []) },
    { type: 'response.in_progress', response: response('in_progress', []) },
    { type: 'response.output_item.added', output_index: 0, item: { ...item(''), status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: part('') },
    ...words.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: part(text) },
    { type: 'response.output_item.done', output_index: 0, item: item(text) },
    { type: 'response.completed', response: response('completed', [item(text)]) },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}
