import { GatewayError } from '../../contract/errors';
import type { Json } from '../../contract/json';
import { type ReplyEvent, UNKNOWN_USAGE } from '../../contract/reply';
import { SseSplitter } from '../sse';
import { anthropicMessages } from '.';

const RECORDED = `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":11,"cache_creation_input_tokens":4,"cache_read_input_tokens":20,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Größe 😀"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"abc"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

: keep-alive

event: content_block_start
data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"東京\\n\\n"}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{}}}

event: content_block_stop
data: {"type":"content_block_stop","index":2}

event: content_block_start
data: {"type":"content_block_start","index":3,"content_block":{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\\"q\\":1}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":3}

event: content_block_start
data: {"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"{\\"city\\":\\"Zür"}}

event: content_block_delta
data: {"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"ich\\"}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":4}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":42,"cache_read_input_tokens":null}}

event: message_stop
data: {"type":"message_stop"}

`;

const usage = { inputTokens: 11, cacheReadTokens: 20, cacheWriteTokens: 4, outputTokens: 1 };
const EVENTS: ReplyEvent[] = [
  { type: 'start', id: 'msg_1', model: 'claude', usage },
  { type: 'thinking', block: 0, text: '' },
  { type: 'thinking', block: 0, text: 'Größe 😀' },
  { type: 'thinking_signature', block: 0, signature: 'EqQB' },
  { type: 'redacted_thinking', block: 1, data: 'abc' },
  { type: 'text', block: 2, text: '' },
  { type: 'text', block: 2, text: '東京\n\n' },
  { type: 'native', block: 3, name: 'server_tool_use' },
  { type: 'tool_call', block: 4, id: 't1', name: 'f' },
  { type: 'tool_arguments', block: 4, json: '{"city":"Zür' },
  { type: 'tool_arguments', block: 4, json: 'ich"}' },
  { type: 'finish', reason: 'tool_calls' },
  { type: 'end', usage: { ...usage, outputTokens: 42 } },
];

function decodeChunks(chunks: Buffer[]): ReplyEvent[] {
  const splitter = new SseSplitter();
  const decoder = anthropicMessages.streamDecoder();
  const frames = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
  return [...frames.flatMap((frame) => decoder.decode(frame).events), ...decoder.end()];
}

function decode(...frames: Json[]): ReplyEvent[] {
  return decodeChunks([Buffer.from(frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join(''))]);
}

function failure(run: () => unknown): GatewayError {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

const start = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 3, output_tokens: 1 } },
};
const openText = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
const delta = (type: string, field: Record<string, Json>, index: Json = 0): Json => ({
  type: 'content_block_delta',
  index,
  delta: { type, ...field },
});
const stopped = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } };

describe('the stream decoder', () => {
  it('reads a recorded stream, wherever the network cuts it', () => {
    const bytes = Buffer.from(RECORDED);
    for (let at = 0; at <= bytes.length; at++)
      expect(decodeChunks([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(EVENTS);
  });

  it('reads it byte by byte and with other line endings', () => {
    const bytes = Buffer.from(RECORDED.replaceAll('\n', '\r\n'));
    expect(decodeChunks(Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(EVENTS);
  });

  it('forwards every frame', () => {
    const decoder = anthropicMessages.streamDecoder();
    const frames = new SseSplitter().push(Buffer.from(RECORDED));
    expect(frames.every((frame) => decoder.decode(frame).forward)).toBe(true);
  });

  it('takes what the final usage leaves out from the start', () => {
    expect(decode(start, stopped, { type: 'message_stop' }).at(-1)).toEqual({
      type: 'end',
      usage: { inputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 9 },
    });
  });

  it('does not take what a stream begins with for the count of an answer that nobody counted', () => {
    const untold = { ...stopped, usage: null };
    expect(decode(start, untold).at(-1)).toEqual({ type: 'end', usage: UNKNOWN_USAGE });
  });

  it.each([1.5, -1, 1e18, '9', null])('takes %j for no count of the answer', (output_tokens) => {
    expect(decode(start, { ...stopped, usage: { output_tokens } }).at(-1)).toEqual({
      type: 'end',
      usage: UNKNOWN_USAGE,
    });
  });

  it('has no prompt where nobody counted what came in, whatever is said of the cache', () => {
    const message = { id: 'msg_1', model: 'claude', usage: { cache_read_input_tokens: 50, output_tokens: 1 } };
    expect(decode({ type: 'message_start', message }, stopped).at(-1)).toEqual({
      type: 'end',
      usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 9 },
    });
  });

  it('reads the input that stands in the opening of a tool call', () => {
    const content_block = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } };
    expect(decode(start, { type: 'content_block_start', index: 0, content_block }, stopped)).toContainEqual({
      type: 'tool_arguments',
      block: 0,
      json: '{"a":1}',
    });
  });

  it('ends once: after message_stop, or when the answer is known to be whole', () => {
    const ends = (events: ReplyEvent[]) => events.filter((event) => event.type === 'end').length;
    expect(ends(decode(start, stopped))).toBe(1);
    expect(ends(decode(start, stopped, { type: 'message_stop' }, { type: 'message_stop' }))).toBe(1);
    expect(decode(start, { type: 'message_stop' }).slice(1)).toMatchObject([{ type: 'finish' }, { type: 'end' }]);
  });

  it.each([[[]], [[start]], [[start, openText, delta('text_delta', { text: 'half' })]]])(
    'says when the answer was cut off: %#',
    (frames: Json[]) => {
      const error = failure(() => decode(...frames));
      expect([error.code, error.message]).toEqual(['provider_failed', 'The provider cut the answer off']);
    },
  );

  it('turns an error event into an error', () => {
    const error = failure(() =>
      decode(start, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
    );
    expect([error.code, error.message]).toEqual(['overloaded', 'Overloaded']);
  });

  it('ignores events it does not know', () => {
    expect(decode({ type: 'new_event' }, start, openText, delta('new_delta', { text: 1 }), stopped)).toEqual(
      decode(start, openText, stopped),
    );
  });

  it('fails on broken JSON without repeating it', () => {
    const error = failure(() => decodeChunks([Buffer.from('data: {"secret\n\n')]));
    expect([error.code, error.message.includes('secret')]).toEqual(['provider_failed', false]);
  });

  const tool = {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
  };
  const nonsense: Json[][] = [
    ['secret'],
    [null],
    [[]],
    [{}],
    [{ type: 5 }],
    [{ type: 'message_start' }],
    [{ type: 'message_start', message: { id: 'x' } }],
    [start, start],
    [openText],
    [stopped],
    [{ type: 'message_stop' }],
    [start, { type: 'content_block_start', index: 0 }],
    [start, { type: 'content_block_start', index: '0', content_block: { type: 'text', text: '' } }],
    [start, openText, openText],
    [start, delta('text_delta', { text: 'secret' })],
    [start, openText, { type: 'content_block_delta', index: 0, delta: 'secret' }],
    [start, openText, delta('text_delta', { text: 1 })],
    [start, openText, delta('text_delta', { text: 'secret' }, 0.5)],
    [start, openText, delta('input_json_delta', { partial_json: 'secret' })],
    [start, tool, delta('text_delta', { text: 'secret' })],
    [start, { type: 'message_delta' }],
  ];
  it.each(nonsense.map((frames) => [frames]))('fails on nonsense without repeating it: %j', (frames) => {
    const error = failure(() => decode(...frames));
    expect(error).toMatchObject({
      code: 'provider_failed',
      message: expect.stringContaining('not an Anthropic message'),
    });
  });
});
