import Anthropic from '@anthropic-ai/sdk';
import { startGateway, type Gateway } from '../support/gateway';
import { SAYS, startVendors, type Vendors } from '../support/vendors';

const tool: Anthropic.Tool = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};
const image = {
  type: 'image' as const,
  source: { type: 'base64' as const, media_type: 'image/png' as const, data: 'iVBORw0KGgo=' },
};
const inputs = SAYS.toolCalls.map(({ input }) => input);

describe('the official Anthropic SDK', () => {
  let vendors: Vendors;
  let gateway: Gateway;
  let client: Anthropic;
  beforeAll(async () => {
    vendors = await startVendors();
    gateway = await startGateway({ env: vendors.env });
    client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.rootKey, maxRetries: 0 });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await vendors?.close();
  });
  beforeEach(() => void vendors.seen.splice(0));

  const user = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam => ({ role: 'user', content });
  const text = ({ content }: Anthropic.Message) =>
    content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const calls = ({ content }: Anthropic.Message) => content.filter((block) => block.type === 'tool_use');

  describe.each(['claude-opus-4-8', 'gpt-4o-mini'])('with %s', (model) => {
    const base = { model, max_tokens: 256 };

    it('sends messages', async () => {
      const answer = await client.messages.create({
        ...base,
        system: [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }],
        messages: [
          user('a'),
          { role: 'assistant', content: 'b' },
          user([
            { type: 'text', text: 'x' },
            { type: 'text', text: 'say:text' },
          ]),
        ],
        stop_sequences: ['ZZ'],
        metadata: { user_id: 'u' },
      });
      expect([answer.type, text(answer), answer.stop_reason]).toEqual(['message', SAYS.text, 'end_turn']);
      expect(answer.usage).toMatchObject({ input_tokens: 20, cache_read_input_tokens: 80, output_tokens: 5 });
    });

    it('streams events in their order, tool calls as blocks of their own', async () => {
      const types: string[] = [];
      const stream = client.messages.stream({ ...base, messages: [user('say:tools')], tools: [tool] });
      stream.on('streamEvent', ({ type }) => types.push(type));
      const answer = await stream.finalMessage();
      expect(calls(answer).map(({ input }) => input)).toEqual(inputs);
      expect(answer.usage.output_tokens).toBe(5);
      const order = types.filter((type) => type !== 'ping' && type !== 'content_block_delta');
      const block = ['content_block_start', 'content_block_stop'];
      expect(order).toEqual(['message_start', ...block, ...block, 'message_delta', 'message_stop']);
    });

    it('calls tools and takes their results', async () => {
      const first = await client.messages.create({
        ...base,
        messages: [user('say:tools')],
        tools: [tool],
        tool_choice: { type: 'any' },
      });
      expect([first.stop_reason, calls(first).map(({ input }) => input)]).toEqual(['tool_use', inputs]);
      const results = calls(first).map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: '21' }));
      const last = await client.messages.create({
        ...base,
        tools: [tool],
        messages: [
          user('say:tools'),
          { role: 'assistant', content: first.content as Anthropic.ContentBlockParam[] },
          user(results),
        ],
      });
      expect(text(last)).toBe(SAYS.afterTools);
    });

    it('gets structured output', async () => {
      const schema = {
        type: 'object',
        properties: { name: { type: 'string' }, age: { type: 'number' } },
        additionalProperties: false,
      };
      const answer = await client.messages.create({
        ...base,
        messages: [user('say:json')],
        output_config: { format: { type: 'json_schema', schema } },
      });
      expect(JSON.parse(text(answer))).toEqual(SAYS.json);
    });

    it('sends images', async () => {
      await client.messages.create({ ...base, messages: [user([image, { type: 'text', text: 'say:text' }])] });
      expect(JSON.stringify(vendors.seen[0]?.body['messages'])).toContain('iVBORw0KGgo=');
    });

    it('counts tokens', async () => {
      const count = async (content: string) =>
        (await client.messages.countTokens({ model, messages: [user(content)] })).input_tokens;
      expect(await count('hi')).toBeGreaterThan(0);
    });

    it('sees the vendor’s refusals as refusals, and its outages as outages', async () => {
      const ask = (content: string) => client.messages.create({ ...base, messages: [user(content)] });
      await expect(ask('say:error')).rejects.toMatchObject({
        constructor: Anthropic.BadRequestError,
        error: {
          type: 'error',
          error: { type: 'invalid_request_error', message: expect.stringContaining('the vendor says no') },
        },
      });
      await expect(ask('say:overloaded')).rejects.toMatchObject({
        status: 503,
        error: { error: { type: 'overloaded_error' } },
      });
    });

    it('starts a thread, and is asked for all of it where nobody holds it', async () => {
      const thread = { type: 'continue', previous_message_id: 'msg_0' };
      const body = { ...base, messages: [user('say:text')], thread } as Anthropic.MessageCreateParamsNonStreaming;
      if (model.startsWith('claude')) return expect(await client.messages.create(body)).toMatchObject({ id: 'msg_1' });
      await expect(client.messages.create(body)).rejects.toMatchObject({
        status: 404,
        error: { error: { details: { error_code: 'thread_not_found' } } },
      });
      expect(vendors.seen).toEqual([]);
    });
  });

  it('passes thoughts with their signatures, and its own version and betas, to Anthropic', async () => {
    const answer = await client.beta.messages.create({
      model: 'claude-opus-4-8',
      max_tokens: 2_000,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      messages: [{ role: 'user', content: 'say:think' }],
      betas: ['interleaved-thinking-2025-05-14'],
    });
    expect(answer.content[0]).toMatchObject({ type: 'thinking', thinking: SAYS.thought, signature: 'c2ln' });
    const headers = vendors.seen[0]?.headers ?? {};
    expect(headers).toMatchObject({
      'x-api-key': 'sk-a',
      'anthropic-beta': expect.stringContaining('interleaved-thinking'),
    });
    expect(headers['anthropic-version']).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(headers['authorization']).toBeUndefined();
  });

  it('keeps what it does not know, in both directions', async () => {
    const body = { model: 'claude-opus-4-8', max_tokens: 9, messages: [user('say:text')], brand_new: { deep: [1] } };
    expect(await client.messages.create(body)).toMatchObject({ id: 'msg_1', vendor_field: 'kept' });
    expect(vendors.seen[0]?.body).toEqual(body);
  });

  it('takes a key in either header', async () => {
    const bearer = new Anthropic({ baseURL: gateway.url, apiKey: null, authToken: gateway.rootKey });
    expect(
      text(await bearer.messages.create({ model: 'claude-opus-4-8', max_tokens: 9, messages: [user('say:text')] })),
    ).toBe(SAYS.text);
    const wrong = new Anthropic({ baseURL: gateway.url, apiKey: `gh_${'x'.repeat(43)}`, maxRetries: 0 });
    await expect(
      wrong.messages.create({ model: 'claude-opus-4-8', max_tokens: 9, messages: [user('x')] }),
    ).rejects.toMatchObject({
      constructor: Anthropic.AuthenticationError,
      error: { error: { type: 'authentication_error' } },
    });
  });

  it('lists models in its own shape', async () => {
    const { data } = await client.models.list();
    expect(data[0]).toMatchObject({ type: 'model', id: 'fast', display_name: 'fast' });
  });
});
