import { GatewayError } from '../../contract/errors';
import type { Json, JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { SseSplitter } from '../sse';
import { streamDecoder } from './stream-decoder';

const sse = (...events: JsonObject[]) =>
  events.map((event) => `event: ${event.type as string}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const snapshot = (type: string, fields: JsonObject = {}) => ({
  type: `response.${type}`,
  response: { id: 'resp_1', model: 'gpt-x', output: [], ...fields },
});
const added = (output_index: number, item: JsonObject) => ({ type: 'response.output_item.added', output_index, item });
const done = (output_index: number, item: JsonObject) => ({ type: 'response.output_item.done', output_index, item });
const at = (name: string, output_index: number, fields: JsonObject) => ({
  type: `response.${name}`,
  output_index,
  ...fields,
});

const created = snapshot('created');
const completed = snapshot('completed', { usage: { input_tokens: 3, output_tokens: 2 } });
const call = (index: number) => ({ type: 'function_call', id: `fc_${index}`, call_id: `c${index}`, name: 'f' });

/** A thought, a text and two tool calls that grow at the same time. */
const TURN = sse(
  created,
  snapshot('in_progress'),
  added(0, { type: 'reasoning', id: 'rs_0', summary: [] }),
  at('reasoning_summary_text.delta', 0, { summary_index: 0, delta: 'hm ' }),
  at('reasoning_summary_text.delta', 0, { summary_index: 1, delta: 'ah' }),
  at('reasoning_summary_text.done', 0, { summary_index: 1, text: 'ah' }),
  done(0, { type: 'reasoning', id: 'rs_0', summary: [{ text: 'hm ' }, { text: 'ah' }], encrypted_content: 'gAAAA' }),
  added(1, { type: 'message', id: 'msg_1', content: [] }),
  at('output_text.delta', 1, { content_index: 0, delta: 'Grüße 👩‍👩‍👧‍👦 ' }),
  added(2, { ...call(2), arguments: '' }),
  added(3, { ...call(3), arguments: '' }),
  at('function_call_arguments.delta', 2, { delta: '{"q":' }),
  at('function_call_arguments.delta', 3, { delta: '{}' }),
  at('output_text.delta', 1, { content_index: 0, delta: '日本' }),
  at('function_call_arguments.delta', 2, { delta: '1}' }),
  at('function_call_arguments.done', 2, { arguments: '{"q":1}' }),
  done(1, { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Grüße 👩‍👩‍👧‍👦 日本' }] }),
  done(2, { ...call(2), arguments: '{"q":1}' }),
  done(3, { ...call(3), arguments: '{}' }),
  completed,
);
const END = { type: 'end', usage: { inputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2 } };
const START = { type: 'start', id: 'resp_1', model: 'gpt-x' };

function read(wire: string, { cut, body }: { cut?: number; body?: JsonObject } = {}) {
  const bytes = Buffer.from(wire);
  const splitter = new SseSplitter();
  const decoder = streamDecoder(body);
  const events: ReplyEvent[] = [];
  let forwarded = '';
  for (const chunk of cut === undefined ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)])
    for (const frame of splitter.push(chunk)) {
      const decoded = decoder.decode(frame);
      events.push(...decoded.events);
      if (decoded.forward) forwarded += (decoded.rewritten ?? frame.bytes).toString();
    }
  events.push(...decoder.end());
  return { events, forwarded };
}
const events = (...sent: JsonObject[]) => read(sse(...sent)).events;

function failure(wire: string): GatewayError {
  try {
    read(wire);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('meaning', () => {
  const expected = [
    START,
    { type: 'thinking', text: 'hm ', block: 0 },
    { type: 'thinking', text: 'ah', block: 1 },
    { type: 'text', text: 'Grüße 👩‍👩‍👧‍👦 ', block: 2 },
    { type: 'tool_call', id: 'c2', name: 'f', block: 3 },
    { type: 'tool_call', id: 'c3', name: 'f', block: 4 },
    { type: 'tool_arguments', json: '{"q":', block: 3 },
    { type: 'tool_arguments', json: '{}', block: 4 },
    { type: 'text', text: '日本', block: 2 },
    { type: 'tool_arguments', json: '1}', block: 3 },
    { type: 'finish', reason: 'tool_calls' },
    END,
  ];

  it('is the same wherever the network cuts the stream', () => {
    for (let cut = 0; cut <= Buffer.byteLength(TURN); cut++) expect(read(TURN, { cut }).events).toEqual(expected);
  });

  it('tells once what came without deltas', () => {
    const output: JsonObject[] = [
      { type: 'reasoning', summary: [{ text: 'hm' }], content: [{ text: 'raw' }] },
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'a' },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      { ...call(2), arguments: '{"x":1}' },
    ];
    const told = [
      START,
      { type: 'thinking', text: 'hm', block: 0 },
      { type: 'thinking', text: 'raw', block: 1 },
      { type: 'text', text: 'a', block: 2 },
      { type: 'refusal', text: 'no', block: 3 },
      { type: 'tool_call', id: 'c2', name: 'f', block: 4 },
      { type: 'tool_arguments', json: '{"x":1}', block: 4 },
      { type: 'finish', reason: 'tool_calls' },
      END,
    ];
    expect(events(created, ...output.map((item, index) => done(index, item)), completed)).toEqual(told);
    expect(events(snapshot('completed', { output, usage: { input_tokens: 3, output_tokens: 2 } }))).toEqual([
      { ...START, usage: END.usage },
      ...told.slice(1),
    ]);
  });

  it('takes arguments from the first event that has them', () => {
    const sent = [
      created,
      added(0, { ...call(0), arguments: '' }),
      at('function_call_arguments.done', 0, { arguments: '{"x":1}' }),
    ];
    const told = events(...sent, done(0, { ...call(0), arguments: '{"x":1}' }), completed);
    expect(told.filter(({ type }) => type === 'tool_arguments')).toEqual([
      { type: 'tool_arguments', json: '{"x":1}', block: 0 },
    ]);
  });

  it('names items it does not know', () => {
    const search = { type: 'web_search_call', id: 'ws_1' };
    expect(events(created, added(0, search), done(0, search), completed)[1]).toEqual({
      type: 'native',
      name: 'web_search_call',
      block: 0,
    });
  });

  it.each<[string, JsonObject, string]>([
    ['completed', completed, 'stop'],
    ['incomplete', snapshot('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }), 'length'],
    ['filtered', snapshot('incomplete', { incomplete_details: { reason: 'content_filter' } }), 'content_filter'],
    ['completed, but cut short', snapshot('completed', { status: 'incomplete' }), 'length'],
  ])('says why a %s answer ended', (_, last, reason) => {
    expect(events(created, last)).toContainEqual({ type: 'finish', reason });
  });

  it('tolerates comments, keep-alives and habits of other dialects', () => {
    const wire = `: ping\n\ndata: {}\n\n${sse(created, { type: 'keepalive' }, completed)}data: [DONE]\n\n`;
    const { events: told, forwarded } = read(wire);
    expect(told.map(({ type }) => type)).toEqual(['start', 'finish', 'end']);
    expect(forwarded).toBe(wire.replace('data: [DONE]\n\n', ''));
  });
});

describe('failures', () => {
  const error = { code: 'rate_limit_exceeded', message: 'Slow down' };
  it.each<[string, string]>([
    ['a failed response', sse(created, snapshot('failed', { error }))],
    ['an error event', sse(created, { type: 'error', ...error })],
    ['a nested error event', sse(created, { type: 'error', error })],
    ['an error of a chat server', `${sse(created)}data: ${JSON.stringify({ error })}\n\n`],
  ])('reports %s', (_, wire) => {
    expect(failure(wire)).toMatchObject({
      code: 'rate_limited',
      message: 'Slow down',
      facts: { providerCode: 'rate_limit_exceeded' },
    });
  });

  it('says what a response took that failed, where its provider said that', () => {
    const took = { usage: { input_tokens: 5, output_tokens: 7 } };
    expect(failure(sse(created, snapshot('failed', { ...error, ...took })))).toMatchObject({
      facts: { usage: { inputTokens: 5, outputTokens: 7 } },
    });
  });

  it('reports a stream that stops before its end', () => {
    expect(failure(TURN.slice(0, TURN.lastIndexOf('event:')))).toMatchObject({
      code: 'provider_failed',
      message: 'The provider cut the answer off',
    });
    expect(failure('')).toMatchObject({ code: 'provider_failed' });
  });

  it.each<[string, string]>([
    ['broken JSON', 'data: {"secret\n\n'],
    ['no object', 'data: "secret"\n\n'],
    ['no response', sse({ type: 'response.created', response: 'secret' })],
    ['no id', sse(snapshot('created', { id: null }))],
    ['no item', sse(created, { type: 'response.output_item.added', item: 'secret' })],
    ['a delta that is no text', sse(created, at('output_text.delta', 0, { delta: { secret: 1 } }))],
    ['an impossible place', sse(created, at('output_text.delta', -1, { delta: 'secret' }))],
    ['arguments of no call', sse(created, at('function_call_arguments.delta', 0, { delta: 'secret' }))],
    ['a call without a name', sse(created, done(0, { type: 'function_call', arguments: 'secret' }))],
  ])('turns %s into a failure of the provider', (_, wire) => {
    const failed = failure(wire);
    expect(failed.code).toBe('provider_failed');
    expect(failed.message).not.toContain('secret');
  });
});

describe('rewriting', () => {
  const request = { model: 'm', input: 'q', temperature: 0.1 };
  const frames = (text: string) =>
    text
      .split('\n\n')
      .filter(Boolean)
      .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)) as JsonObject);

  it('adds what a server left out, for callers of this dialect only', () => {
    expect(read(TURN).forwarded).toBe(TURN);
    const rewritten = read(TURN, { body: request });
    const sent = frames(rewritten.forwarded);
    expect(rewritten.events).toEqual(read(TURN).events);
    expect(sent.map((event) => event.sequence_number)).toEqual(sent.map((_, i) => i));
    expect(sent.map((event) => event.type)).toEqual(frames(TURN).map((event) => event.type));
    expect(sent[0].response).toMatchObject({ object: 'response', temperature: 0.1, tools: [], instructions: null });
    expect(sent[8]).toMatchObject({ item_id: 'msg_1', output_index: 1, content_index: 0, logprobs: [] });
    expect(sent[15]).toMatchObject({ item_id: 'fc_2', name: 'f', arguments: '{"q":1}' });
    expect(sent[16].item).toMatchObject({ role: 'assistant', status: 'completed' });
    expect(sent.at(-1)?.response).toMatchObject({
      usage: { total_tokens: 5, input_tokens_details: { cached_tokens: 0 } },
    });
  });

  it('leaves complete frames alone, byte for byte', () => {
    const complete = read(TURN, { body: request }).forwarded.replaceAll('"type":', '"type" :');
    expect(read(complete, { body: request }).forwarded).toBe(complete);
  });

  it('finds the place of events that do not say where they belong', () => {
    const sent: JsonObject[] = [
      created,
      { type: 'response.output_item.added', item: { type: 'message' } },
      { type: 'response.output_text.delta', delta: 'a' },
      { type: 'response.output_item.added', item: { ...call(1) } },
      { type: 'response.function_call_arguments.delta', item_id: 'fc_1', delta: '{}' },
      { type: 'response.output_item.done', item: { ...call(1), arguments: '{}' } },
      completed,
    ];
    const { events: told, forwarded } = read(sse(...sent), { body: request });
    expect(told.slice(1, 4)).toEqual([
      { type: 'text', text: 'a', block: 0 },
      { type: 'tool_call', id: 'c1', name: 'f', block: 1 },
      { type: 'tool_arguments', json: '{}', block: 1 },
    ]);
    const place = ({ output_index, item_id }: JsonObject): Json[] => [output_index ?? null, item_id ?? null];
    expect(frames(forwarded).slice(1, 6).map(place)).toEqual([
      [0, null],
      [0, 'msg_1_0'],
      [1, null],
      [1, 'fc_1'],
      [1, null],
    ]);
  });

  it('names frames that have no event field', () => {
    const wire = `data: ${JSON.stringify({ ...created, sequence_number: 0 })}\n\n`;
    const [frame] = new SseSplitter().push(Buffer.from(wire));
    expect(streamDecoder(request).decode(frame).rewritten?.toString()).toMatch(/^event: response\.created\ndata: \{/);
  });
});
