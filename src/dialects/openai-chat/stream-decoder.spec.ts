import type { GatewayError } from '../../contract/errors';
import type { Json, JsonObject } from '../../contract/json';
import type { ReplyEvent } from '../../contract/reply';
import { SseSplitter } from '../sse';
import { ChatStreamDecoder } from './stream-decoder';

const chunk = (choices: Json, fields: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-x',
  choices,
  ...fields,
});
const delta = (value: JsonObject, index = 0) => chunk([{ index, delta: value, logprobs: null, finish_reason: null }]);
const finish = (finish_reason: string, index = 0) => chunk([{ index, delta: {}, finish_reason }]);
const usage = chunk([], { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } });
const toolDelta = (index: number, fn: JsonObject, id?: string) =>
  delta({ tool_calls: [{ index, ...(id && { id, type: 'function' }), function: fn }] });
const sse = (...chunks: Json[]) => chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join('');
const DONE = 'data: [DONE]\n\n';

/** Everything a stream means when it comes in pieces cut at `cuts`, and what of it a caller gets to see. */
function read(wire: string, { cuts = [] as number[], body = undefined as JsonObject | undefined } = {}) {
  const bytes = Buffer.from(wire);
  const splitter = new SseSplitter();
  const decoder = new ChatStreamDecoder(body);
  const events: ReplyEvent[] = [];
  let forwarded = '';
  const edges = [0, ...cuts, bytes.length];
  for (let i = 1; i < edges.length; i++)
    for (const frame of splitter.push(bytes.subarray(edges[i - 1], edges[i]))) {
      const decoded = decoder.decode(frame);
      events.push(...decoded.events);
      if (decoded.forward) forwarded += frame.bytes.toString();
    }
  events.push(...decoder.end());
  return { events, forwarded };
}

function failure(wire: string): GatewayError {
  try {
    read(wire);
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('was accepted');
}

const TOOLS = sse(
  delta({ role: 'assistant', content: '' }),
  delta({ content: 'Grüße 👩‍👩‍👧‍👦 ' }),
  toolDelta(0, { name: 'f', arguments: '' }, 'a'),
  toolDelta(0, { arguments: '{"q":' }),
  toolDelta(1, { name: 'g', arguments: '{' }, 'b'),
  toolDelta(0, { arguments: '"日本"}' }),
  delta({ content: 'more' }),
  toolDelta(1, { arguments: '}' }),
  finish('tool_calls'),
  usage,
);

describe('ChatStreamDecoder', () => {
  const expected: ReplyEvent[] = [
    { type: 'start', id: 'chatcmpl-1', model: 'gpt-x' },
    { type: 'text', text: 'Grüße 👩‍👩‍👧‍👦 ', block: 0 },
    { type: 'tool_call', id: 'a', name: 'f', block: 1 },
    { type: 'tool_arguments', json: '{"q":', block: 1 },
    { type: 'tool_call', id: 'b', name: 'g', block: 2 },
    { type: 'tool_arguments', json: '{', block: 2 },
    { type: 'tool_arguments', json: '"日本"}', block: 1 },
    { type: 'text', text: 'more', block: 0 },
    { type: 'tool_arguments', json: '}', block: 2 },
    { type: 'finish', reason: 'tool_calls' },
    { type: 'end', usage: { inputTokens: 7, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 3 } },
  ];

  it('reads interleaved text and tool calls', () => {
    expect(read(TOOLS + DONE).events).toEqual(expected);
  });

  it.each([
    ['LF', TOOLS + DONE],
    ['CRLF', (TOOLS + DONE).replaceAll('\n', '\r\n')],
  ])('means the same wherever the network cuts it (%s)', (_, wire) => {
    const length = Buffer.byteLength(wire);
    for (let at = 1; at < length; at++) expect(read(wire, { cuts: [at] }).events).toEqual(expected);
    expect(read(wire, { cuts: Array.from({ length: length - 1 }, (_byte, i) => i + 1) }).events).toEqual(expected);
  });

  it('keeps interleaved choices apart', () => {
    const { events } = read(
      sse(
        delta({ content: 'a' }),
        delta({ content: 'b' }, 1),
        finish('stop'),
        delta({ content: 'c' }, 1),
        finish('length', 1),
      ) + DONE,
    );
    expect(events.slice(1, -1)).toEqual([
      { type: 'text', text: 'a', block: 0 },
      { type: 'text', text: 'b', block: 0, choice: 1 },
      { type: 'finish', reason: 'stop' },
      { type: 'text', text: 'c', block: 0, choice: 1 },
      { type: 'finish', reason: 'length', choice: 1 },
    ]);
  });

  it('reads thoughts, refusals and native content', () => {
    const { events } = read(
      sse(
        delta({ reasoning_content: 'h' }),
        delta({ reasoning: 'm' }),
        delta({ thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }] }),
        delta({ refusal: 'no' }),
        delta({ audio: { data: 'AA' } }),
        finish('content_filter'),
      ) + DONE,
    );
    expect(events.slice(1, -1)).toEqual([
      { type: 'thinking', text: 'h', block: 0 },
      { type: 'thinking', text: 'm', block: 0 },
      { type: 'thinking_signature', signature: 's', block: 0 },
      { type: 'refusal', text: 'no', block: 1 },
      { type: 'native', name: 'audio', block: 2 },
      { type: 'finish', reason: 'content_filter' },
    ]);
  });

  describe('the usage chunk', () => {
    it('is hidden from a caller who did not ask', () => {
      const { events, forwarded } = read(TOOLS + DONE, { body: { stream: true } });
      expect(forwarded).toBe(TOOLS.replace(sse(usage), '') + DONE);
      expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 7 } });
    });

    it('reaches a caller who did', () => {
      const body = { stream: true, stream_options: { include_usage: true } };
      expect(read(TOOLS + DONE, { body }).forwarded).toBe(TOOLS + DONE);
    });

    it('is forwarded where it came with content', () => {
      const last = sse({ ...finish('stop'), usage: { prompt_tokens: 2, completion_tokens: 1 } });
      const { events, forwarded } = read(last + DONE, { body: {} });
      expect(forwarded).toBe(last + DONE);
      expect(events.at(-1)).toMatchObject({ type: 'end', usage: { inputTokens: 2, outputTokens: 1 } });
    });

    it('is not forgotten when later chunks say nothing of it', () => {
      const wire = sse({ ...delta({ content: 'a' }), usage: { prompt_tokens: 2 } }, { ...finish('stop'), usage: null });
      expect(read(wire + DONE).events.at(-1)).toMatchObject({ usage: { inputTokens: 2 } });
    });

    it('is owned to be missing', () => {
      expect(read(sse(finish('stop')) + DONE).events.at(-1)).toMatchObject({
        type: 'end',
        usage: { outputTokens: 0, estimated: true },
      });
    });
  });

  describe('servers that differ', () => {
    it('may say comments and empty frames', () => {
      const wire = `: ping\n\n${sse(delta({ content: 'a' }))}data:\n\n${sse(finish('stop'))}${DONE}`;
      expect(read(wire).forwarded).toBe(wire);
    });

    it('may begin with a chunk that has no id', () => {
      const wire = sse({ choices: [], prompt_filter_results: [] }, delta({ content: 'a' }), finish('stop')) + DONE;
      expect(read(wire).events[0]).toEqual({ type: 'start', id: 'chatcmpl-1', model: 'gpt-x' });
    });

    it('may forget ids, indexes and the order of a tool call', () => {
      const { events } = read(
        sse(
          delta({ tool_calls: [{ function: { arguments: '{"a"' } }] }),
          delta({ tool_calls: [{ function: { name: 'f', arguments: ':1}' } }] }),
          finish('stop'),
        ) + DONE,
      );
      expect(events.slice(1, -1)).toEqual([
        { type: 'tool_call', id: 'call_1_0', name: 'f', block: 0 },
        { type: 'tool_arguments', json: '{"a":1}', block: 0 },
        { type: 'finish', reason: 'tool_calls' },
      ]);
    });

    it('may give every parallel call the same index', () => {
      const { events } = read(
        sse(
          toolDelta(0, { name: 'f', arguments: '{}' }, 'a'),
          toolDelta(0, { name: 'f', arguments: '{}' }, 'b'),
          finish('tool_calls'),
        ) + DONE,
      );
      expect(events.flatMap((e) => (e.type === 'tool_call' ? [[e.id, e.block]] : []))).toEqual([
        ['a', 0],
        ['b', 1],
      ]);
    });

    it('may repeat id and name, and leave out the final newline', () => {
      const wire = sse(
        toolDelta(0, { name: 'f', arguments: '{' }, 'a'),
        toolDelta(0, { name: 'f', arguments: '}' }, 'a'),
      );
      const { events } = read(wire + sse(finish('tool_calls')));
      expect(events.filter((e) => e.type === 'tool_call')).toHaveLength(1);
    });

    it('may never say why a choice stopped, once they are done', () => {
      expect(read(sse(delta({ content: 'a' })) + DONE).events.slice(2)).toMatchObject([
        { type: 'finish', reason: 'stop' },
        { type: 'end' },
      ]);
    });

    it('may go on after the end, unheard', () => {
      const whole = sse(finish('stop')) + DONE;
      const { events, forwarded } = read(whole + sse(delta({ content: 'late' })) + DONE);
      expect(forwarded).toBe(whole);
      expect(events.filter((e) => e.type === 'end')).toHaveLength(1);
    });
  });

  describe('a stream that breaks', () => {
    it('is complete without [DONE] when every choice had finished', () => {
      expect(read(sse(delta({ content: 'a' }), finish('stop'), usage)).events.at(-1)).toMatchObject({
        type: 'end',
        usage: { inputTokens: 7 },
      });
    });

    it('says what it took, where its provider said that', () => {
      const decoder = new ChatStreamDecoder();
      for (const frame of new SseSplitter().push(Buffer.from(sse(delta({ content: 'a' }), usage))))
        decoder.decode(frame);
      expect(() => decoder.end()).toThrow('cut the answer off');
      expect(decoder.used).toMatchObject({ inputTokens: 7 });
    });

    it.each([
      ['nothing came', ''],
      ['a choice had not finished', sse(delta({ content: 'a' }), delta({ content: 'b' }, 1), finish('stop'))],
      ['only [DONE] came', DONE],
    ])('is cut off when %s', (_, wire) => {
      expect(failure(wire)).toMatchObject({ code: 'provider_failed', message: 'The provider cut the answer off' });
    });

    it.each([
      [{ message: 'busy', type: 'overloaded_error' }, 'overloaded'],
      [{ message: 'busy', code: 503 }, 'overloaded'],
      [{ message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' }, 'rate_limited'],
      [{ message: 'oops', type: 'server_error' }, 'provider_failed'],
      ['oops', 'provider_failed'],
      [{ message: { nested: true } }, 'provider_failed'],
    ] as const)('is told apart by its error %j', (error, code) => {
      expect(failure(sse(delta({ content: 'a' }), { error } as JsonObject))).toMatchObject({ code });
    });

    it("hands on the provider's words, not all of them", () => {
      const error = failure(sse({ error: { message: 'x'.repeat(9999), code: 'odd' } }));
      expect(error.message).toHaveLength(500);
      expect(error.facts.providerCode).toBe('odd');
    });

    it('knows an error by the name of its frame', () => {
      expect(failure('event: error\ndata: {"message":"down","type":"server_error"}\n\n').message).toBe('down');
    });

    it.each(['{"choices":[{"delta":{"content":"my secret', '"my secret"', '[1]', 'null'])(
      'is refused without echoing %j',
      (data) => {
        const error = failure(`data: ${data}\n\n`);
        expect(error.code).toBe('provider_failed');
        expect(error.message).not.toContain('secret');
      },
    );

    it('names a tool call that never got a name', () => {
      expect(failure(sse(toolDelta(0, { arguments: '{}' }, 'a'), finish('tool_calls')))).toMatchObject({
        code: 'provider_failed',
      });
    });
  });

  it('makes the best of wrong types', () => {
    const hostile: JsonObject = {
      id: 4,
      model: [],
      choices: [null, 3, { index: -1, delta: [], finish_reason: {} }, { index: 1e99, delta: { content: {} } }],
    };
    expect(read(sse(hostile) + DONE).events).toMatchObject([
      { type: 'start', id: '', model: '' },
      { type: 'finish', reason: 'stop' },
      { type: 'end' },
    ]);
  });
});
