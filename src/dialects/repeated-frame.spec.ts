import { MessageStreamDecoder } from './anthropic/stream-decoder';
import type { StreamDecoder } from './codec';
import { ChatStreamDecoder } from './openai-chat/stream-decoder';
import { RepeatedFrame } from './repeated-frame';

const frame = (data: string, event = '') => ({ event, data, bytes: Buffer.from(data) });
const spelled = (text: string, id = '"x1"') => `{"id":${id},"choices":[{"delta":{"content":${text}}}]}`;

describe('a frame that is spelled as the one before', () => {
  const repeated = new RepeatedFrame();
  const note = (data: string, text: string) => repeated.note(frame(data), [{ type: 'text', block: 3, text }]);

  it('says its own text', () => {
    note(spelled('"one"'), 'one');
    expect(repeated.read(frame(spelled('" two, três 🙂"')))).toEqual({ type: 'text', block: 3, text: ' two, três 🙂' });
    expect(repeated.read(frame(spelled('"one"')))).toEqual({ type: 'text', block: 3, text: 'one' });
  });

  it.each([
    ['an escape', spelled('"a\\u0041"')],
    ['a quotation mark', spelled('"a","role":"user"')],
    ['a line feed, which is no JSON', spelled('"a\nb"')],
    ['nothing', spelled('""')],
    ['no string', spelled('null')],
    ['another member', spelled('"a"', '"x2"')],
    ['less than the frame before', '{"id":"x1","choices":[{"delta":{"content":"}}]}'],
  ])('is for the parser when it holds %s', (_, data) => {
    note(spelled('"one"'), 'one');
    expect(repeated.read(frame(data))).toBeUndefined();
  });

  it('is for the parser under another name', () => {
    note(spelled('"one"'), 'one');
    expect(repeated.read(frame(spelled('"two"'), 'error'))).toBeUndefined();
  });

  it.each([
    ['says the same elsewhere', spelled('"one"', '"one"'), 'one'],
    ['has a member of that name', spelled('"content"'), 'content'],
    ['is spelled with escapes, and says the same elsewhere', spelled('"\\u006fne"', '"one"'), 'one'],
  ])('is for the parser when the one before %s', (_, data, text) => {
    note(data, text);
    expect(repeated.read(frame(data))).toBeUndefined();
  });

  it('is for the parser when the one before said more, or something else', () => {
    const text = { type: 'text', block: 0, text: 'one' } as const;
    for (const events of [[], [text, text], [{ ...text, type: 'thinking' } as const]]) {
      note(spelled('"one"'), 'one');
      repeated.note(frame(spelled('"one"')), events);
      expect(repeated.read(frame(spelled('"two"')))).toBeUndefined();
    }
  });
});

describe('decoders', () => {
  const TEXTS = ['a', 'b', ' "', '\\', 'é', '\n', 'content', 'text', 'c1', 'stop', ''];
  const pick = (seed: number) => {
    let state = seed;
    return <T>(list: readonly T[]): T => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return list[Math.floor((state / 2 ** 32) * list.length)] as T;
    };
  };
  type Pick = ReturnType<typeof pick>;

  const chat = (one: Pick): unknown => ({
    id: one(['c1', 'c1', 'c1', 'b']),
    model: one(['m', 'm', 'a']),
    choices: one([1, 1, 1, 1, 2, 0])
      ? [
          {
            index: one([0, 0, 0, 1]),
            delta: one([
              { content: one(TEXTS) },
              { content: one(TEXTS) },
              { content: one(TEXTS) },
              { content: one(TEXTS), refusal: one(TEXTS) },
              { tool_calls: [{ index: 0, id: 'b', function: { name: 'f', arguments: one(TEXTS) } }] },
            ]),
            finish_reason: one([null, null, null, null, 'stop']),
          },
        ]
      : [],
    usage: one([null, null, null, { prompt_tokens: 3, completion_tokens: one([1, 2]) }]),
  });

  const messages = (one: Pick): unknown =>
    one([
      { type: 'content_block_delta', index: one([0, 0, 1]), delta: { type: 'text_delta', text: one(TEXTS) } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: one(TEXTS) } },
      { type: 'content_block_delta', index: 2, delta: { type: 'thinking_delta', thinking: one(TEXTS) } },
      { type: 'ping' },
      { type: 'message_delta', delta: {}, usage: { output_tokens: one([1, 2]) } },
    ]);
  const opening = [
    { type: 'message_start', message: { id: 'm', model: 'a', usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_start', index: 2, content_block: { type: 'thinking', thinking: '' } },
  ];

  function told(decoder: StreamDecoder, data: readonly string[]): unknown[] {
    const said = data.map((each) => {
      try {
        return decoder.decode(frame(each));
      } catch (error) {
        return String(error);
      }
    });
    return [...said, decoder.used];
  }

  it.each([
    ['chat completions', () => new ChatStreamDecoder(), [], chat],
    ['messages', () => new MessageStreamDecoder(), opening, messages],
  ] as const)('of %s understand frames that repeat as they understand all others', (_, make, first, next) => {
    for (let seed = 0; seed < 500; seed++) {
      const one = pick(seed);
      const frames = [...first, ...Array.from({ length: 12 }, () => next(one))].map((each) => JSON.stringify(each));
      // spelled so that no frame is like the one before
      const apart = frames.map((data, i) => `${' '.repeat(i + 1)}${data}`);
      expect(told(make(), frames)).toEqual(told(make(), apart));
    }
  });
});
