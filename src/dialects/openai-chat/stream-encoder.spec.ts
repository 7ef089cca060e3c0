import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { SseSplitter } from '../sse';
import { ChatStreamDecoder } from './stream-decoder';
import { ChatStreamEncoder } from './stream-encoder';

const encoder = (body: JsonObject = {}) => new ChatStreamEncoder({ requestId: 'req-1', created: 1700000000, body });
const withUsage = { stream_options: { include_usage: true } };

const start: ReplyEvent = { type: 'start', id: 'msg_1', model: 'gpt-x' };
const end: ReplyEvent = {
  type: 'end',
  usage: { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 4, thinkingTokens: 0 },
};
const events: ReplyEvent[] = [
  start,
  { type: 'thinking', text: 'h', block: 0 },
  { type: 'thinking', text: 'm', block: 0 },
  { type: 'thinking_signature', signature: 's1', block: 0 },
  { type: 'redacted_thinking', data: 'zz', block: 1 },
  { type: 'text', text: 'Grüße 👋', block: 2 },
  { type: 'text', text: 'other', block: 0, choice: 1 },
  { type: 'tool_call', id: 'a', name: 'f', block: 3 },
  { type: 'tool_call', id: 'b', name: 'g', block: 4 },
  { type: 'tool_arguments', json: '{"x":', block: 3 },
  { type: 'tool_arguments', json: '{}', block: 4 },
  { type: 'tool_arguments', json: '1}', block: 3 },
  { type: 'refusal', text: 'no', block: 1, choice: 1 },
  { type: 'finish', reason: 'stop', choice: 1 },
  { type: 'finish', reason: 'tool_calls' },
  end,
];

const frames = (sse: string) => new SseSplitter().push(Buffer.from(sse)).map((frame) => frame.data);
function chunks(sse: string): JsonObject[] {
  return frames(sse).flatMap((data) => (data === '[DONE]' ? [] : [JSON.parse(data) as JsonObject]));
}
const choices = (sse: string) => chunks(sse).flatMap((chunk) => chunk.choices as JsonObject[]);

describe('ChatStreamEncoder', () => {
  it('spells each event as a chunk', () => {
    const sse = encoder().encode([
      start,
      { type: 'text', text: 'hi', block: 0 },
      { type: 'finish', reason: 'stop' },
      end,
    ]);
    const fields = { id: 'chatcmpl-msg_1', object: 'chat.completion.chunk', created: 1700000000, model: 'gpt-x' };
    expect(chunks(sse)).toStrictEqual([
      {
        ...fields,
        choices: [{ index: 0, delta: { role: 'assistant', content: 'hi' }, logprobs: null, finish_reason: null }],
      },
      { ...fields, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] },
    ]);
    expect(sse.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('says who speaks once in every choice', () => {
    const roles = choices(encoder().encode(events)).flatMap(({ index, delta }) =>
      (delta as JsonObject).role ? [index] : [],
    );
    expect(roles).toEqual([0, 1]);
    expect(choices(encoder().encode([start, { type: 'finish', reason: 'length' }]))).toMatchObject([
      { delta: { role: 'assistant', content: '' }, finish_reason: null },
      { delta: {}, finish_reason: 'length' },
    ]);
  });

  it('numbers tool calls within their choice', () => {
    const calls = choices(encoder().encode(events)).flatMap(({ delta }) => (delta as JsonObject).tool_calls ?? []);
    expect(calls).toEqual([
      { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
      { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
      { index: 0, function: { arguments: '{"x":' } },
      { index: 1, function: { arguments: '{}' } },
      { index: 0, function: { arguments: '1}' } },
    ]);
  });

  it('gives a call without arguments an empty object', () => {
    const sse = encoder().encode([
      start,
      { type: 'tool_call', id: 'a', name: 'f', block: 0 },
      { type: 'finish', reason: 'tool_calls' },
    ]);
    expect(choices(sse)[1]).toMatchObject({ delta: { tool_calls: [{ index: 0, function: { arguments: '{}' } }] } });
  });

  it('tells the usage only to those who asked', () => {
    expect(encoder().encode(events)).not.toContain('usage');
    const all = chunks(encoder(withUsage).encode(events));
    expect(all.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, total_tokens: 14 } });
    expect(new Set(all.slice(0, -1).map((chunk) => chunk.usage))).toEqual(new Set([null]));
  });

  it('is read back as the same events', () => {
    const decoder = new ChatStreamDecoder();
    const read = new SseSplitter()
      .push(Buffer.from(encoder(withUsage).encode(events)))
      .flatMap((frame) => [...decoder.decode(frame).events]);
    expect(read.slice(1)).toEqual(events.slice(1));
  });

  it('spells the same whether the events come together or one by one', () => {
    const one = encoder(withUsage);
    expect(events.map((event) => one.encode([event])).join('')).toBe(encoder(withUsage).encode(events));
  });

  it('goes on where native frames left off', () => {
    const mixed = encoder();
    mixed.pass([{ ...start, id: 'local-7' } as ReplyEvent, ...events.slice(1, 8)]);
    const sse = mixed.encode([
      { type: 'tool_call', id: 'b', name: 'g', block: 4 },
      { type: 'tool_arguments', json: '{}', block: 3 },
    ]);
    expect(choices(sse).map(({ delta }) => delta)).toEqual([
      { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    ]);
    expect(chunks(sse)[0].id).toBe('local-7');
  });

  it('ends a broken stream with an error and without [DONE]', () => {
    expect(frames(encoder().error(new GatewayError('provider_failed', 'cut off')))).toEqual([
      JSON.stringify({
        error: { message: 'cut off', type: 'server_error', param: null, code: 'provider_failed' },
      }),
    ]);
  });
});
