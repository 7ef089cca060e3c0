import { Random } from '../../../test/support/hostile/random';
import type { ChatRequest, Part } from '../../contract/request';
import type { JsonObject } from '../../contract/json';
import { asksForCacheWrites, mostInputTokens, outputBound, UNKNOWN_OUTPUT } from './estimate';

const SEED = Number(process.env['GATEHOUSE_TEST_SEED'] ?? Date.now() % 0x1_0000_0000);
const ALPHABETS = [
  'abcdefghij klmnop',
  '0123456789',
  'äöüßéñç',
  '漢字仮名交じり文',
  '🙂👩‍👩‍👧🏽',
  '\u0000\u001b"\\\n',
  '\ud800\udfff',
  '{}[]<|>',
];

const chat = (parts: readonly Part[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  operation: 'chat',
  model: 'm',
  stream: false,
  messages: [{ role: 'user', parts }],
  tools: [],
  hints: [],
  extras: [],
  ...more,
});
const body = (messages: unknown, more: object = {}) => ({ model: 'm', messages, ...more }) as unknown as JsonObject;
const sendable = (request: ChatRequest, wire: JsonObject) => ({
  request,
  wire: { dialect: 'openai-chat' as const, body: wire, headers: {} },
});

describe(`mostInputTokens (seed ${SEED})`, () => {
  const random = new Random(SEED);
  const text = () => {
    const alphabet = Array.from(random.pick(ALPHABETS));
    return Array.from({ length: random.below(60) }, () => random.pick(alphabet)).join('');
  };
  /** The worst that a byte-level vocabulary can make of a text: a token of each byte, with what is put around it. */
  const worstCount = (texts: readonly string[], messages: number) =>
    texts.reduce((sum, one) => sum + Buffer.byteLength(one), 3 + 4 * messages);

  it('is never less than a vocabulary of bytes makes of messages and tools in any script', () => {
    for (let i = 0; i < 300; i++) {
      const texts = Array.from({ length: 1 + random.below(5) }, text);
      const tools = Array.from({ length: random.below(3) }, () => ({ name: text(), schema: { description: text() } }));
      const request = chat([], {
        messages: texts.map((one) => ({ role: 'user' as const, parts: [{ type: 'text' as const, text: one }] })),
        tools,
      });
      const wire = body(
        texts.map((content) => ({ role: 'user', content })),
        { tools: tools.map(({ name, schema: parameters }) => ({ function: { name, parameters } })) },
      );
      const all = [...texts, ...tools.flatMap(({ name, schema }) => [name, schema.description])];
      expect(mostInputTokens(sendable(request, wire))).toBeGreaterThanOrEqual(worstCount(all, texts.length));
    }
  });

  it('counts pictures and files by what they can come to, wherever they stand, and not by their bytes', () => {
    const data = 'A'.repeat(2_000_000);
    const image: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } };
    const url = `data:image/png;base64,${data}`;
    const content = [{ type: 'image_url', image_url: { url } }];
    const alone = mostInputTokens(sendable(chat([image]), body([{ role: 'user', content }])));
    expect(alone).toBeGreaterThan(48_000);
    expect(alone).toBeLessThan(60_000);
    const result: Part = { type: 'tool_result', toolCallId: 'c', parts: [image] };
    expect(
      mostInputTokens(sendable(chat([image, result]), body([{ content: [...content, ...content] }]))),
    ).toBeGreaterThan(96_000);
    const linked: Part = { type: 'image', source: { kind: 'url', url: 'https://example.org/x.png' } };
    expect(mostInputTokens(sendable(chat([linked]), body([])))).toBeGreaterThan(48_000);
    const file: Part = { type: 'document', source: { kind: 'file', id: 'f' } };
    expect(mostInputTokens(sendable(chat([file]), body([])))).toBeGreaterThan(200_000);
  });

  it('knows that a provider may hold more of the conversation, and never more than the model reads', () => {
    const continued = sendable(chat([], { continues: 'resp_1' }), body([]));
    expect(mostInputTokens(continued)).toBeGreaterThan(200_000);
    expect(mostInputTokens(continued, 128_000)).toBe(128_000);
  });

  it('reads what was made here from the vocabulary, and token ids as tokens', () => {
    const internal = { dialect: 'internal' as const, body: {}, headers: {} };
    const request = chat([{ type: 'text', text: 'x'.repeat(5_000) }]);
    expect(mostInputTokens({ request, wire: internal })).toBeGreaterThan(5_000);
    const ids = Array.from({ length: 900 }, () => 7);
    const embeddings = {
      operation: 'embeddings',
      model: 'm',
      stream: false,
      input: [ids],
      format: 'float',
      hints: [],
      extras: [],
    } as const;
    expect(mostInputTokens({ request: embeddings, wire: internal })).toBeGreaterThan(900);
  });
});

describe('outputBound', () => {
  it.each([
    [
      'what the caller named',
      { maxTokens: 50 },
      { maxOutputTokens: 1_000 },
      { tokens: 50, elastic: false, told: false, answers: 1 },
    ],
    ['no more than the model can', { maxTokens: 5_000 }, { maxOutputTokens: 1_000 }, { tokens: 1_000, elastic: false }],
    [
      'all that goes out to a model that the caller named',
      { maxTokens: 5_000 },
      { maxOutputTokens: 1_000, named: true },
      { tokens: 5_000, elastic: false },
    ],
    ['the model’s own maximum', {}, { maxOutputTokens: 1_000 }, { tokens: 1_000, elastic: true, told: false }],
    ['a cautious one where nobody knows it', {}, {}, { tokens: UNKNOWN_OUTPUT, elastic: true, told: true }],
    ['one for each answer', { maxTokens: 50, n: 4 }, {}, { tokens: 50, answers: 4 }],
    [
      'nothing for counting',
      { operation: 'count_tokens' as const },
      { maxOutputTokens: 1_000 },
      { tokens: 0, answers: 0 },
    ],
  ])('is %s', (_what, more, model, expected) => {
    expect(outputBound(chat([], more), model)).toMatchObject(expected);
  });
});

describe('asksForCacheWrites', () => {
  const cacheControl = { type: 'ephemeral' };
  it.each([
    [false, chat([{ type: 'text', text: 'x' }])],
    [true, chat([{ type: 'text', text: 'x', cacheControl }])],
    [true, chat([{ type: 'tool_result', toolCallId: 'c', parts: [{ type: 'text', text: 'x', cacheControl }] }])],
    [true, chat([], { tools: [{ name: 't', schema: {}, cacheControl }] })],
    [true, chat([], { hints: ['cache_control'] })],
  ])('is %s', (expected, request) => expect(asksForCacheWrites(request)).toBe(expected));
});
