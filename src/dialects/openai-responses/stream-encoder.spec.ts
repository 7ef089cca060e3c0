import OpenAI from 'openai';
import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { SseSplitter } from '../sse';
import { encodeReply } from './encode-reply';
import { streamDecoder } from './stream-decoder';
import { ResponsesStreamEncoder } from './stream-encoder';

const context = { requestId: 'req-1', created: 1_700_000_000, body: { model: 'alias', input: 'q' } };
const usage = { inputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 6, thinkingTokens: 0 };
const START: ReplyEvent = { type: 'start', id: 'resp_abc', model: 'claude-x' };
const END: ReplyEvent = { type: 'end', usage };
const TURN: ReplyEvent[] = [
  START,
  { type: 'thinking', text: 'h', block: 0 },
  { type: 'thinking', text: 'm', block: 0 },
  { type: 'thinking_signature', signature: 'sig', block: 0 },
  { type: 'text', text: 'he', block: 1 },
  { type: 'tool_call', id: 'c1', name: 'f', block: 2 },
  { type: 'tool_call', id: 'c2', name: 'g', block: 3 },
  { type: 'tool_arguments', json: '{"a"', block: 2 },
  { type: 'tool_arguments', json: '{}', block: 3 },
  { type: 'text', text: 'llo', block: 1 },
  { type: 'tool_arguments', json: ':1}', block: 2 },
  { type: 'finish', reason: 'tool_calls' },
  END,
];

const frames = (text: string) => new SseSplitter().push(Buffer.from(text));
const parse = (text: string) => frames(text).map((frame) => JSON.parse(frame.data) as JsonObject);
const encode = (events: readonly ReplyEvent[]) => {
  const encoder = new ResponsesStreamEncoder(context);
  return events.map((event) => encoder.encode([event])).join('');
};
function decode(text: string): ReplyEvent[] {
  const decoder = streamDecoder();
  const events = frames(text).flatMap((frame) => decoder.decode(frame).events);
  return [...events, ...decoder.end()];
}
/** The vendor's own client, served with `wire`. */
const client = (wire: string) =>
  new OpenAI({
    apiKey: 'k',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(wire, { headers: { 'content-type': 'text/event-stream' } })),
  });

it('follows the grammar', () => {
  const wire = encode([START, { type: 'text', text: 'hi', block: 0 }, { type: 'finish', reason: 'stop' }, END]);
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const item = { id: 'msg_abc_0', type: 'message', status: 'in_progress', role: 'assistant', content: [] };
  const place = { item_id: 'msg_abc_0', output_index: 0, content_index: 0 };
  const whole = { ...part, text: 'hi' };
  const events = parse(wire);
  expect(events.slice(2, -1)).toEqual([
    { type: 'response.output_item.added', output_index: 0, item, sequence_number: 2 },
    { type: 'response.content_part.added', ...place, part, sequence_number: 3 },
    { type: 'response.output_text.delta', ...place, delta: 'hi', logprobs: [], sequence_number: 4 },
    { type: 'response.output_text.done', ...place, text: 'hi', logprobs: [], sequence_number: 5 },
    { type: 'response.content_part.done', ...place, part: whole, sequence_number: 6 },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { ...item, status: 'completed', content: [whole] },
      sequence_number: 7,
    },
  ]);
  expect(events[0]).toMatchObject({ type: 'response.created', response: { status: 'in_progress', output: [] } });
  expect(events[1]).toMatchObject({ type: 'response.in_progress', sequence_number: 1 });
  for (const frame of frames(wire)) expect(frame.event).toBe((JSON.parse(frame.data) as JsonObject).type);
});

it('ends with the response that a caller without a stream gets', () => {
  expect(parse(encode(TURN)).at(-1)).toEqual({
    type: 'response.completed',
    response: encodeReply(TURN, context),
    sequence_number: expect.any(Number),
  });
});

it('keeps interleaved blocks apart and numbers every event', () => {
  const events = parse(encode(TURN));
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, i) => i));
  expect(
    events
      .filter(({ type }) => type === 'response.function_call_arguments.delta')
      .map(({ output_index, item_id, delta }) => [output_index, item_id, delta]),
  ).toEqual([
    [2, 'fc_abc_2', '{"a"'],
    [3, 'fc_abc_3', '{}'],
    [2, 'fc_abc_2', ':1}'],
  ]);
});

it('ends a thought as soon as something else is said', () => {
  const types = parse(encode(TURN)).map(({ type, output_index }) => JSON.stringify([type, output_index]));
  expect(types.indexOf('["response.output_item.done",0]')).toBeLessThan(
    types.indexOf('["response.output_item.added",1]'),
  );
});

it('means the same when it is read again', () => {
  expect(decode(encode(TURN))).toEqual(TURN);
});

it('says that an answer is incomplete', () => {
  const events = parse(
    encode([START, { type: 'text', text: 'a', block: 0 }, { type: 'finish', reason: 'length' }, END]),
  );
  expect(events.at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  });
});

it('is read by the official client', async () => {
  const stream = client(encode(TURN)).responses.stream({ model: 'm', input: 'q' });
  const final = await stream.finalResponse();
  expect(final.output_text).toBe('hello');
  expect(final.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call', 'function_call']);
  expect(final.output[2]).toMatchObject({ call_id: 'c1', arguments: '{"a":1}' });
});

describe('a stream that breaks', () => {
  const error = new GatewayError('overloaded', 'Come back later', { providerCode: 'server_is_overloaded' });

  it('fails the response it had begun and raises in the official client', async () => {
    const encoder = new ResponsesStreamEncoder(context);
    const wire = encoder.encode([START, { type: 'text', text: 'a', block: 0 }]) + encoder.error(error);
    const [failed, raised] = parse(wire).slice(-2);
    expect(failed).toMatchObject({
      type: 'response.failed',
      response: {
        id: 'resp_abc',
        status: 'failed',
        error: { code: 'server_is_overloaded', message: 'Come back later' },
      },
    });
    expect(raised).toEqual({
      type: 'error',
      code: 'server_is_overloaded',
      message: 'Come back later',
      param: null,
      error: { type: 'server_error', code: 'server_is_overloaded', message: 'Come back later', param: null },
      sequence_number: 6,
    });
    const read = async () => {
      for await (const event of await client(wire).responses.create({ model: 'm', input: 'q', stream: true }))
        expect(event.type).toMatch(/^response\./);
    };
    await expect(read()).rejects.toMatchObject({ code: 'server_is_overloaded', message: 'Come back later' });
    expect(() => decode(wire)).toThrow('Come back later');
  });

  it('has nothing to fail before the start, and nothing to say after the end', () => {
    expect(parse(new ResponsesStreamEncoder(context).error(error)).map(({ type }) => type)).toEqual(['error']);
    const encoder = new ResponsesStreamEncoder(context);
    encoder.encode(TURN);
    expect(encoder.error(error)).toBe('');
  });

  it.each([
    ['rate_limited', 'rate_limit_exceeded'],
    ['prompt_rejected', 'invalid_prompt'],
    ['provider_failed', 'server_error'],
  ] as const)('spells %s in the codes of the API', (code, spelt) => {
    const encoder = new ResponsesStreamEncoder(context);
    encoder.encode([START]);
    const [failed] = parse(encoder.error(new GatewayError(code, 'm')));
    expect(failed.response).toMatchObject({ error: { code: spelt } });
  });
});

it('goes on where events that reached the caller natively ended', () => {
  const [head, tail] = [TURN.slice(0, 6), TURN.slice(6)];
  const encoder = new ResponsesStreamEncoder(context);
  encoder.pass(head);
  expect(encode(head) + encoder.encode(tail)).toBe(encode(TURN));
});
