import { GatewayError } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { SseSplitter } from '../sse';
import { anthropicMessages } from '.';

const CONTEXT = { requestId: 'req_1', created: 0, body: {} };
const USAGE = { inputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, outputTokens: 7 };
const START: ReplyEvent = { type: 'start', id: 'msg_1', model: 'm', usage: { ...USAGE, outputTokens: 1 } };
const END: ReplyEvent = { type: 'end', usage: USAGE };
const FINISH: ReplyEvent = { type: 'finish', reason: 'stop' };

const text = (block: number, said: string): ReplyEvent => ({ type: 'text', block, text: said });
const thought = (block: number, said: string): ReplyEvent => ({ type: 'thinking', block, text: said });
const call = (block: number): ReplyEvent => ({ type: 'tool_call', block, id: `t${block}`, name: 'f' });
const args = (block: number, json: string): ReplyEvent => ({ type: 'tool_arguments', block, json });

function encode(...events: ReplyEvent[]): string {
  return anthropicMessages.streamEncoder(CONTEXT).encode(events);
}

function encodeAnswer(...events: ReplyEvent[]): string {
  return encode(START, ...events, FINISH, END);
}

function read(sse: string): JsonObject[] {
  return new SseSplitter().push(Buffer.from(sse)).map((frame) => {
    const data: unknown = JSON.parse(frame.data);
    if (!isObject(data)) throw new Error('a frame without an object');
    expect(frame.event).toBe(data.type);
    return data;
  });
}

function decode(sse: string): ReplyEvent[] {
  const decoder = anthropicMessages.streamDecoder();
  const frames = new SseSplitter().push(Buffer.from(sse));
  return [...frames.flatMap((frame) => decoder.decode(frame).events), ...decoder.end()];
}

const FITS: Record<string, unknown> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'thinking',
  input_json_delta: 'tool_use',
};

/** Breaches of what Anthropic's clients rely on: one block at a time, numbered without gaps, inside one message. */
function grammarFaults(sse: string): string[] {
  const events = read(sse);
  const faults: string[] = [];
  const check = (holds: boolean, at: number) => holds || faults.push(`${at}: ${JSON.stringify(events[at])}`);
  let open: { kind: unknown; index: number } | undefined;
  let next = 0;
  events.forEach(({ type, index, content_block, delta }, at) => {
    if (type === 'message_start') check(at === 0, at);
    else if (type === 'message_delta') check(at === events.length - 2 && !open, at);
    else if (type === 'message_stop') check(at === events.length - 1 && at > 1, at);
    else if (type === 'content_block_start' && isObject(content_block)) {
      check(!open && at > 0 && index === next, at);
      open = { kind: content_block.type, index: next++ };
    } else if (type === 'content_block_delta' && isObject(delta))
      check(open?.index === index && FITS[delta.type as string] === open?.kind, at);
    else {
      check(type === 'content_block_stop' && open?.index === index, at);
      open = undefined;
    }
  });
  check(events.at(-1)?.type === 'message_stop' && events.at(-2)?.type === 'message_delta', events.length - 1);
  return faults;
}

/** The blocks of a stream, put together. */
function blocks(sse: string) {
  const { content } = anthropicMessages.encodeReply(decode(sse), CONTEXT);
  return (content as JsonObject[]).map((block) => block.text ?? block.thinking ?? block.input ?? block.data);
}

describe('the stream encoder', () => {
  it('spells a text as Anthropic does', () => {
    const sse = encodeAnswer(text(0, 'Zür'), text(0, 'ich 😀'));
    expect(sse.startsWith('event: message_start\ndata: {"type":"message_start"')).toBe(true);
    expect(read(sse)).toEqual([
      {
        type: 'message_start',
        message: expect.objectContaining({
          id: 'msg_1',
          content: [],
          stop_reason: null,
          usage: expect.objectContaining({ input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 1 }),
        }),
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Zür' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ich 😀' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null },
        usage: {
          input_tokens: 5,
          cache_creation_input_tokens: 2,
          cache_read_input_tokens: 3,
          output_tokens: 7,
          output_tokens_details: null,
          server_tool_use: null,
        },
      },
      { type: 'message_stop' },
    ]);
  });

  it('starts with zero tokens in and one out when nothing is known', () => {
    const [{ message }] = read(encode({ type: 'start', id: 'x', model: 'm' }));
    expect(message).toMatchObject({ id: 'msg_x', usage: { input_tokens: 0, output_tokens: 1 } });
  });

  it('is read back as it was', () => {
    const events = [
      START,
      thought(0, ''),
      thought(0, 'hm'),
      { type: 'thinking_signature', block: 0, signature: 's' } as const,
      { type: 'redacted_thinking', block: 1, data: 'd' } as const,
      text(2, ''),
      text(2, 'a\n\nb'),
      call(3),
      args(3, '{"a"'),
      args(3, ':1}'),
      call(4),
      { type: 'finish', reason: 'stop_sequence', stopSequence: 'END' } as const,
      END,
    ];
    const sse = encode(...events);
    expect(grammarFaults(sse)).toEqual([]);
    expect(decode(sse)).toEqual(events);
  });

  it('says things as soon as they are known, and the end last', () => {
    const encoder = anthropicMessages.streamEncoder(CONTEXT);
    const types = (...events: ReplyEvent[]) => read(encoder.encode(events)).map((event) => event.type);
    expect(types(START)).toEqual(['message_start']);
    expect(types(call(0))).toEqual(['content_block_start']);
    expect(types(args(0, '{'))).toEqual(['content_block_delta']);
    expect(types(FINISH)).toEqual(['content_block_stop']);
    expect(types(END)).toEqual(['message_delta', 'message_stop']);
  });

  it('keeps parallel calls waiting until the open one is complete', () => {
    const encoder = anthropicMessages.streamEncoder(CONTEXT);
    let sse = encoder.encode([START, call(0), args(0, '{"a":'), call(1)]);
    expect(encoder.encode([args(1, '{"b":'), text(2, 'done')])).toBe('');
    const rest = encoder.encode([args(0, '1}')]);
    expect(read(rest).map((event) => event.type)).toEqual([
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
    ]);
    sse += rest + encoder.encode([args(1, '2}'), args(0, '\n'), FINISH, END]);
    expect(grammarFaults(sse)).toEqual([]);
    expect(blocks(sse)).toEqual([{ a: 1 }, { b: 2 }, 'done']);
  });

  it('lets go of calls without arguments at the finish', () => {
    const sse = encodeAnswer(call(0), call(1), call(2), args(2, '{"c":'), args(1, '{}'), args(2, '3}'));
    expect(grammarFaults(sse)).toEqual([]);
    expect(blocks(sse)).toEqual([{}, {}, { c: 3 }]);
  });

  it('goes on in a new block when a text is interrupted', () => {
    const sse = encodeAnswer(text(0, 'a'), thought(1, 'h'), text(0, 'b'), call(2), args(2, '{}'), text(0, 'c'));
    expect(grammarFaults(sse)).toEqual([]);
    expect(blocks(sse)).toEqual(['a', 'h', 'b', {}, 'c']);
  });

  it('opens no block for an empty text and none for what it cannot spell', () => {
    const native: ReplyEvent = { type: 'native', block: 1, name: 'web_search_call' };
    const other: ReplyEvent = { type: 'text', choice: 1, block: 0, text: 'other' };
    const finished: ReplyEvent = { type: 'finish', choice: 1, reason: 'length' };
    const sse = encodeAnswer(text(0, ''), native, other, finished);
    expect(read(sse).map((event) => event.type)).toEqual(['message_start', 'message_delta', 'message_stop']);
    expect(sse).toContain('end_turn');
  });

  it('spells a refusal as text that ends so', () => {
    const sse = encodeAnswer({ type: 'refusal', block: 0, text: 'no' });
    expect(grammarFaults(sse)).toEqual([]);
    expect(blocks(sse)).toEqual(['no']);
    expect(read(sse).at(-2)).toMatchObject({ delta: { stop_reason: 'refusal' } });
  });

  it('says tool_use after a call, whatever the vendor called it', () => {
    expect(read(encodeAnswer(call(0))).at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  it('keeps the grammar and loses nothing, whatever the order', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 200; round++) {
      const queues = Array.from({ length: 1 + random(5) }, (_, block) => answerBlock(random(3), block));
      const said = queues.map((queue) => queue.flatMap(contentOf).join(''));
      const events: ReplyEvent[] = [];
      for (let left = queues; left.length; left = left.filter((queue) => queue.length))
        events.push(...left[random(left.length)].splice(0, 1));
      const sse = encodeAnswer(...events);
      expect(grammarFaults(sse)).toEqual([]);
      const heard = decode(sse).flatMap(contentOf).join('');
      expect(heard.split('').sort()).toEqual(said.join('').split('').sort());
      for (const json of said.filter((content) => content.startsWith('{'))) expect(heard).toContain(json);
    }
  });

  it('ends a broken stream with an error event', () => {
    const encoder = anthropicMessages.streamEncoder(CONTEXT);
    encoder.encode([START, text(0, 'half')]);
    expect(read(encoder.error(new GatewayError('overloaded', 'Busy')))).toEqual([
      { type: 'error', error: { type: 'overloaded_error', message: 'Busy' }, request_id: 'req_1' },
    ]);
  });
});

describe('after native frames', () => {
  const types = (sse: string) => read(sse).map((event) => [event.type, event.index]);

  it('goes on in the open block', () => {
    const encoder = anthropicMessages.streamEncoder(CONTEXT);
    encoder.pass([START, thought(0, ''), { type: 'redacted_thinking', block: 1, data: 'd' }, text(2, '')]);
    expect(types(encoder.encode([text(2, 'x'), call(3), args(3, '{}'), FINISH, END]))).toEqual([
      ['content_block_delta', 2],
      ['content_block_stop', 2],
      ['content_block_start', 3],
      ['content_block_delta', 3],
      ['content_block_stop', 3],
      ['message_delta', undefined],
      ['message_stop', undefined],
    ]);
  });

  it('goes on in an open call and knows when it is complete', () => {
    const encoder = anthropicMessages.streamEncoder(CONTEXT);
    encoder.pass([START, call(0), args(0, '{"a":')]);
    expect(types(encoder.encode([args(0, '1}'), text(1, 'x')]))).toEqual([
      ['content_block_delta', 0],
      ['content_block_stop', 0],
      ['content_block_start', 1],
      ['content_block_delta', 1],
    ]);
  });

  it('does not repeat how the message ended', () => {
    const encoder = anthropicMessages.streamEncoder(CONTEXT);
    encoder.pass([START, text(0, 'x'), FINISH]);
    expect(types(encoder.encode([END]))).toEqual([['message_stop', undefined]]);
  });
});

function answerBlock(kind: number, block: number): ReplyEvent[] {
  if (kind === 0) return [text(block, `${block}a`), text(block, `${block}b`)];
  if (kind === 1) return [thought(block, `${block}c`), { type: 'thinking_signature', block, signature: 's' }];
  return [call(block), args(block, `{"k${block}":`), args(block, `"}`), args(block, `{"}`)];
}

function contentOf(event: ReplyEvent): string[] {
  if (event.type === 'text' || event.type === 'thinking') return [event.text];
  return event.type === 'tool_arguments' ? [event.json] : [];
}
