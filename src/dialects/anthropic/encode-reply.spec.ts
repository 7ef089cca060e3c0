import type { FinishReason, ReplyEvent } from '../../contract/reply';
import { anthropicMessages } from '.';

const CONTEXT = { requestId: 'req_1', created: 0, body: {} };
const USAGE = { inputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, outputTokens: 7, thinkingTokens: 1 };
const START: ReplyEvent = { type: 'start', id: 'chatcmpl-1', model: 'gpt' };
const END: ReplyEvent = { type: 'end', usage: USAGE };

function encode(events: ReplyEvent[], reason: FinishReason = 'stop') {
  return anthropicMessages.encodeReply([START, ...events, { type: 'finish', reason }, END], CONTEXT);
}

const call = (block: number, ...fragments: string[]): ReplyEvent[] => [
  { type: 'tool_call', block, id: `t${block}`, name: 'f' },
  ...fragments.map((json) => ({ type: 'tool_arguments', block, json }) as const),
];

describe('encodeReply', () => {
  it('gives every field that a message must have', () => {
    expect(encode([{ type: 'text', block: 0, text: 'hi' }])).toEqual({
      id: 'msg_chatcmpl-1',
      type: 'message',
      role: 'assistant',
      model: 'gpt',
      content: [{ type: 'text', text: 'hi', citations: null }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: 5,
        cache_creation_input_tokens: 2,
        cache_read_input_tokens: 3,
        cache_creation: null,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 1 },
        server_tool_use: null,
        service_tier: null,
        inference_geo: null,
        speed: null,
      },
    });
  });

  it('keeps an id that looks like one', () => {
    const events: ReplyEvent[] = [{ ...START, id: 'msg_7' } as ReplyEvent, END];
    expect(anthropicMessages.encodeReply(events, CONTEXT)).toMatchObject({ id: 'msg_7', content: [] });
  });

  it('gathers interleaved blocks and orders them by number', () => {
    const [openB, restB] = call(2, '{"b":2}');
    const reply = encode(
      [
        openB,
        { type: 'thinking', block: 0, text: 'h' },
        { type: 'text', block: 1, text: 'a' },
        { type: 'thinking', block: 0, text: 'm' },
        restB,
        { type: 'text', block: 1, text: 'b' },
        { type: 'thinking_signature', block: 0, signature: 's' },
        { type: 'redacted_thinking', block: 3, data: 'd' },
        { type: 'native', block: 4, name: 'server_tool_use' },
        { type: 'text', block: 5, text: '' },
      ],
      'tool_calls',
    );
    expect(reply.content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'text', text: 'ab', citations: null },
      { type: 'tool_use', id: 't2', name: 'f', input: { b: 2 }, caller: { type: 'direct' } },
      { type: 'redacted_thinking', data: 'd' },
    ]);
  });

  it('gives a thought without a signature an empty one', () => {
    expect(encode([{ type: 'thinking', block: 0, text: 'h' }]).content).toEqual([
      { type: 'thinking', thinking: 'h', signature: '' },
    ]);
  });

  it('tells the first answer only', () => {
    const reply = encode([
      { type: 'text', block: 0, text: 'one' },
      { type: 'text', block: 0, choice: 1, text: 'two' },
    ]);
    expect(reply.content).toMatchObject([{ text: 'one' }]);
  });

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool_calls', 'tool_use'],
    ['content_filter', 'refusal'],
    ['pause', 'pause_turn'],
  ] as const)('spells the finish %s as %s', (reason, stop_reason) => {
    expect(encode([], reason)).toMatchObject({ stop_reason, stop_sequence: null });
  });

  it('names the stop sequence', () => {
    const finish: ReplyEvent = { type: 'finish', reason: 'stop_sequence', stopSequence: 'END' };
    expect(anthropicMessages.encodeReply([START, finish, END], CONTEXT)).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
  });

  it('says tool_use after a call, whatever the vendor called it', () => {
    expect(encode(call(0, '{}'), 'stop').stop_reason).toBe('tool_use');
  });

  it('spells a refusal as text', () => {
    expect(encode([{ type: 'refusal', block: 0, text: 'no' }])).toMatchObject({
      content: [{ type: 'text', text: 'no' }],
      stop_reason: 'refusal',
    });
  });

  it('reads arguments once they are joined', () => {
    expect(encode(call(0, '{"a', '":[1]}'), 'tool_calls').content).toMatchObject([{ input: { a: [1] } }]);
    expect(encode(call(0), 'tool_calls').content).toMatchObject([{ input: {} }]);
  });

  it('fails on arguments that are not JSON, except where the bound cut them', () => {
    const failed = expect.objectContaining({
      code: 'provider_failed',
      message: 'The provider sent tool arguments that are not JSON',
    });
    expect(() => encode(call(0, '{"secret'), 'tool_calls')).toThrow(failed);
    expect(() => encode(call(0, '"x"'), 'tool_calls')).toThrow(failed);
    expect(encode(call(0, '{"a'), 'length')).toMatchObject({ content: [{ input: {} }], stop_reason: 'max_tokens' });
  });

  it('is read back as it was', () => {
    const events: ReplyEvent[] = [
      { type: 'start', id: 'msg_1', model: 'm', usage: USAGE },
      { type: 'thinking', block: 0, text: 'h' },
      { type: 'thinking_signature', block: 0, signature: 's' },
      { type: 'text', block: 1, text: 'Zürich 😀' },
      ...call(2, '{"a":1}'),
      { type: 'finish', reason: 'tool_calls' },
      END,
    ];
    expect(anthropicMessages.decodeReply(anthropicMessages.encodeReply(events, CONTEXT))).toEqual(events);
  });
});
