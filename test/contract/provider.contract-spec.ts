import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { Attempt } from '../../src/contract/attempt';
import { GatewayError } from '../../src/contract/errors';
import type { Piece, ReplyEvent } from '../../src/contract/reply';
import type { ChatRequest, EmbeddingsRequest } from '../../src/contract/request';
import type { Provider } from '../../src/features/providers/provider';
import { createProvider } from '../../src/features/providers/providers';
import type { ConfiguredProvider } from '../../src/platform/config/config';
import { LiveKeys } from '../../src/platform/secrets/live-keys';
import { anAttempt, QUESTION } from '../support/attempt';
import { SAYS, startVendors, type Vendors } from '../support/vendors';

const http = (type: 'anthropic' | 'openai' | 'local', baseUrl: string): ConfiguredProvider => ({
  name: type,
  type,
  baseUrl,
  models: [],
  place: 'external',
  apiKeys: LiveKeys.of('sk-1'),
  connections: 4,
  connectMs: 500,
  totalMs: 10_000,
});
const sandbox: ConfiguredProvider = {
  name: 'sandbox',
  type: 'sandbox',
  models: [],
  place: 'external',
  firstTokenMs: 0,
  tokensPerSecond: 0,
};

/** Each kind, and how its double or the sandbox is told what to do. */
const KINDS = [
  {
    type: 'anthropic',
    text: 'say:text',
    tools: 'say:tools',
    slow: 'say:slow',
    refuse: 'say:error',
    busy: 'say:overloaded',
  },
  {
    type: 'openai',
    text: 'say:text',
    tools: 'say:tools',
    slow: 'say:slow',
    refuse: 'say:error',
    busy: 'say:overloaded',
  },
  {
    type: 'local',
    text: 'say:text',
    tools: 'say:tools',
    slow: 'say:slow',
    refuse: 'say:error',
    busy: 'say:overloaded',
  },
  {
    type: 'sandbox',
    text: 'hello',
    tools: 'sandbox:tools=1',
    slow: 'sandbox:words=500 sandbox:pace=50',
    refuse: 'sandbox:fail=invalid_request',
    busy: 'sandbox:fail=overloaded',
  },
] as const;

describe.each(KINDS)('the provider $type', (kind) => {
  let vendors: Vendors;
  let provider: Provider;
  beforeAll(async () => {
    vendors = await startVendors();
    provider = createProvider(kind.type === 'sandbox' ? sandbox : http(kind.type, vendors.url));
  });
  afterAll(async () => {
    await provider.close();
    await vendors.close();
  });

  const controller = () => new AbortController();
  const attempt = (
    say: string,
    { signal = controller().signal, ...more }: Partial<ChatRequest> & { signal?: AbortSignal } = {},
  ): Attempt =>
    anAttempt({
      request: { ...QUESTION, messages: [{ role: 'user', parts: [{ type: 'text', text: say }] }], ...more },
      candidate: { provider: provider.name, model: 'm' },
      signal,
    });
  const events = async (asked: Attempt): Promise<ReplyEvent[]> => {
    const found: Piece[] = [];
    for await (const piece of (await provider.send(asked)).pieces) found.push(piece);
    return found.flatMap((piece) => [...piece.events]);
  };
  const textOf = (all: readonly ReplyEvent[]) => all.map((event) => (event.type === 'text' ? event.text : '')).join('');

  it.each([true, false])('answers from start to end, streamed: %s', async (stream) => {
    const all = await events(attempt(kind.text, { stream }));
    expect(all[0]).toMatchObject({ type: 'start', id: expect.any(String), model: expect.any(String) });
    expect(all.filter(({ type }) => type === 'start' || type === 'finish' || type === 'end')).toHaveLength(3);
    expect(all.at(-1)).toMatchObject({ type: 'end', usage: { outputTokens: expect.any(Number) } });
    expect(textOf(all).length).toBeGreaterThan(0);
  });

  it.each([true, false])('calls tools with arguments that are JSON, streamed: %s', async (stream) => {
    const tool = { name: 'get_weather', schema: { type: 'object', properties: { city: { type: 'string' } } } };
    const all = await events(attempt(kind.tools, { stream, tools: [tool] }));
    const calls = all.filter((event) => event.type === 'tool_call');
    expect(calls.length).toBeGreaterThan(0);
    for (const { block, name } of calls) {
      const json = all
        .map((event) => (event.type === 'tool_arguments' && event.block === block ? event.json : ''))
        .join('');
      expect([name, typeof JSON.parse(json)]).toEqual(['get_weather', 'object']);
    }
    expect(all).toContainEqual(expect.objectContaining({ type: 'finish', reason: 'tool_calls' }));
  });

  it('refuses what is wrong with the request, and says when it is busy', async () => {
    await expect(events(attempt(kind.refuse))).rejects.toMatchObject({ code: 'invalid_request', status: 400 });
    await expect(events(attempt(kind.busy))).rejects.toMatchObject({ code: 'overloaded', status: 503 });
  });

  it('stops when it is told to, for the reason it is given', async () => {
    const own = controller();
    const reply = await provider.send(attempt(kind.slow, { stream: true, signal: own.signal }));
    const gone = new GatewayError('client_closed', 'gone');
    const reading = (async () => {
      for await (const { events: some } of reply.pieces) if (some.some(({ type }) => type === 'text')) own.abort(gone);
    })();
    // with what the provider said that it took until then, where it said anything
    await expect(reading).rejects.toMatchObject({ code: gone.code, message: gone.message });
  });

  it('lets go when its reader has had enough', async () => {
    const reply = await provider.send(attempt(kind.slow, { stream: true }));
    for await (const { events: some } of reply.pieces) if (some.some(({ type }) => type === 'text')) break;
    expect((await provider.send(attempt(kind.text))).provider).toBe(provider.name);
  });

  it('can be reached without being asked anything', async () => {
    const before = vendors.seen.length;
    expect(await provider.reach()).toEqual({ reachable: true });
    expect(vendors.seen.length).toBe(before);
  });

  it('embeds, or says that it does not', async () => {
    const request: EmbeddingsRequest = {
      operation: 'embeddings',
      model: 'm',
      stream: false,
      input: ['a', 'b'],
      format: 'float',
      hints: [],
      extras: [],
    };
    const asked = events({ ...attempt(''), request });
    if (kind.type === 'anthropic') return expect(asked).rejects.toMatchObject({ code: 'invalid_request' });
    expect((await asked).filter(({ type }) => type === 'embedding')).toHaveLength(2);
  });
});

describe('the vendors’ own SDKs', () => {
  let vendors: Vendors;
  beforeAll(async () => {
    vendors = await startVendors();
  });
  afterAll(() => vendors.close());

  it('hear from the doubles what providers hear', async () => {
    const openai = new OpenAI({ baseURL: `${vendors.url}/v1`, apiKey: 'sk-o' });
    const anthropic = new Anthropic({ baseURL: vendors.url, apiKey: 'sk-a' });
    const messages = [{ role: 'user' as const, content: 'say:text' }];
    const chat = await openai.chat.completions.create({ model: 'm', messages });
    const message = await anthropic.messages.stream({ model: 'm', max_tokens: 9, messages }).finalMessage();
    expect(chat.choices[0]?.message.content).toBe(SAYS.text);
    expect(message.content[0]).toMatchObject({ text: SAYS.text });
  });
});

describe('a provider that is not there', () => {
  it('is reported as such, by probes and to callers', async () => {
    const provider = createProvider(http('openai', 'http://127.0.0.1:9'));
    expect(await provider.reach()).toEqual({ reachable: false, detail: 'ECONNREFUSED' });
    const request = {
      operation: 'chat',
      model: 'm',
      stream: false,
      messages: [],
      tools: [],
      hints: [],
      extras: [],
    } as ChatRequest;
    const asked = provider.send(anAttempt({ request, candidate: { provider: 'openai', model: 'm' } }));
    await expect(asked).rejects.toMatchObject({ code: 'provider_failed', message: 'The provider cannot be reached' });
    await provider.close();
  });
});
