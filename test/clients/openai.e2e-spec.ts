import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { startGateway, type Gateway } from '../support/gateway';
import { SAYS, startVendors, type Vendors } from '../support/vendors';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const tool = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'w',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
};
const inputs = SAYS.toolCalls.map(({ input }) => input);

describe('the official openai SDK', () => {
  let vendors: Vendors;
  let gateway: Gateway;
  let client: OpenAI;
  beforeAll(async () => {
    vendors = await startVendors();
    gateway = await startGateway({ env: vendors.env });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.rootKey, maxRetries: 0 });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await vendors?.close();
  });
  beforeEach(() => void vendors.seen.splice(0));

  const user = (content: OpenAI.ChatCompletionUserMessageParam['content']) => ({ role: 'user' as const, content });

  describe.each(['gpt-4o-mini', 'claude-opus-4-8'])('with %s', (model) => {
    it('chats', async () => {
      const answer = await client.chat.completions.create({
        model,
        messages: [
          { role: 'developer', content: 'be brief' },
          user('a'),
          { role: 'assistant', content: 'b' },
          user('say:text'),
        ],
        temperature: 0.2,
        max_completion_tokens: 64,
        stop: ['ZZZ'],
        seed: 7,
        user: 'u1',
      });
      expect(answer.choices[0]?.message.content).toBe(SAYS.text);
      expect(answer.choices[0]?.finish_reason).toBe('stop');
      expect(answer.usage).toMatchObject({
        prompt_tokens: 100,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 80 },
      });
    });

    it('streams, with usage only when it is asked for', async () => {
      for (const include of [true, false]) {
        const stream = await client.chat.completions.create({
          model,
          messages: [user('say:text')],
          stream: true,
          ...(include ? { stream_options: { include_usage: true } } : {}),
        });
        const found = [];
        for await (const chunk of stream) found.push(chunk);
        expect(found.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(SAYS.text);
        expect(found.filter(({ usage }) => usage).map(({ usage }) => usage?.prompt_tokens)).toEqual(
          include ? [100] : [],
        );
        expect(new Set(found.map(({ id }) => id)).size).toBe(1);
      }
    });

    it('calls tools in parallel, streamed or not, and takes their results', async () => {
      const ask = {
        model,
        messages: [user('say:tools')],
        tools: [tool],
        tool_choice: 'auto' as const,
        parallel_tool_calls: true,
      };
      const answer = (await client.chat.completions.create(ask)).choices[0];
      const calls = answer?.message.tool_calls?.filter((call) => call.type === 'function') ?? [];
      expect(answer?.finish_reason).toBe('tool_calls');
      expect(calls.map(({ function: { arguments: json } }) => JSON.parse(json))).toEqual(inputs);
      const streamed = await client.chat.completions.stream(ask).finalChatCompletion();
      expect(
        streamed.choices[0]?.message.tool_calls?.map(
          (call) => 'function' in call && JSON.parse(call.function.arguments),
        ),
      ).toEqual(inputs);
      const last = await client.chat.completions.create({
        model,
        tools: [tool],
        messages: [
          user('say:tools'),
          answer?.message as OpenAI.ChatCompletionMessageParam,
          ...calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: '21' })),
        ],
      });
      expect(last.choices[0]?.message.content).toBe(SAYS.afterTools);
    });

    it('gets structured output', async () => {
      const schema = z.object({ name: z.string(), age: z.number() });
      const answer = await client.chat.completions.parse({
        model,
        messages: [user('say:json')],
        response_format: zodResponseFormat(schema, 'person'),
      });
      expect(answer.choices[0]?.message.parsed).toEqual(SAYS.json);
    });

    it('sends images', async () => {
      await client.chat.completions.create({
        model,
        messages: [
          user([
            { type: 'image_url', image_url: { url: PNG } },
            { type: 'text', text: 'say:text' },
          ]),
        ],
      });
      expect(JSON.stringify(vendors.seen[0]?.body['messages'])).toContain('iVBORw0KGgo=');
    });

    it('speaks Responses, streamed or not, and goes on from what it was told', async () => {
      const first = await client.responses
        .create({ model: `${model}`, input: 'say:text', store: false })
        .catch((error: unknown) => error);
      // the doubles do not speak Responses: only the provider of the other dialect can answer
      if (model.startsWith('gpt')) return expect(first).toMatchObject({ status: 404 });
      expect(first).toMatchObject({ output_text: SAYS.text, usage: { input_tokens: 100, output_tokens: 5 } });
      const types: string[] = [];
      for await (const event of await client.responses.create({ model, input: 'say:text', stream: true }))
        types.push(event.type);
      expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
      const responseTool = {
        type: 'function' as const,
        name: 'get_weather',
        parameters: tool.function.parameters,
        strict: false,
      };
      const called = await client.responses.create({ model, input: 'say:tools', tools: [responseTool] });
      const again = await client.responses.create({
        model,
        tools: [responseTool],
        // by reference, as SDKs do that believe responses are stored
        input: [
          { role: 'user', content: 'say:tools' },
          ...called.output.map((item) => ({ type: 'item_reference' as const, id: item.id as string })),
          ...called.output.flatMap((item) =>
            item.type === 'function_call'
              ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: '21' }]
              : [],
          ),
        ],
      });
      expect(again.output_text).toBe(SAYS.afterTools);
    });

    it('cancels the provider’s work when it goes away', async () => {
      const stream = await client.chat.completions.create({ model, messages: [user('say:slow')], stream: true });
      let seen = 0;
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content && ++seen === 3) stream.controller.abort();
      expect(seen).toBeLessThan(20);
    });

    it('sees the vendor’s refusals as refusals, and its outages as outages', async () => {
      await expect(client.chat.completions.create({ model, messages: [user('say:error')] })).rejects.toMatchObject({
        constructor: OpenAI.BadRequestError,
        message: expect.stringContaining('the vendor says no'),
      });
      await expect(
        client.chat.completions.create({ model, messages: [user('say:overloaded')], stream: true }),
      ).rejects.toMatchObject({
        status: 503,
        headers: expect.any(Headers),
      });
    });
  });

  it('keeps what it does not know, in both directions, where both ends speak the same dialect', async () => {
    const body = { model: 'gpt-4o-mini', messages: [user('say:text')], brand_new_field: { deep: [1] } };
    const answer = await client.chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming);
    expect(answer).toMatchObject({ vendor_field: 'kept', id: 'chatcmpl-1' });
    expect(vendors.seen[0]?.body).toEqual(body);
    const stream = await client.chat.completions.create({
      ...body,
      stream: true,
    } as OpenAI.ChatCompletionCreateParamsStreaming);
    for await (const chunk of stream) expect(chunk).toMatchObject({ vendor_field: 'kept' });
  });

  it('is told by name what cannot be carried, and in a header what was left out', async () => {
    const ask = (more: object) =>
      client.chat.completions.create({
        model: 'claude-opus-4-8',
        messages: [user('say:text')],
        ...more,
      } as OpenAI.ChatCompletionCreateParamsNonStreaming);
    await expect(ask({ n: 2, logit_bias: { '5': 1 }, logprobs: true })).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/logit_bias.*n.*logprobs|n.*logprobs.*logit_bias/s),
    });
    const { response } = await client.chat.completions
      .create({
        model: 'claude-opus-4-8',
        messages: [user('say:text')],
        seed: 1,
        presence_penalty: 0.5,
        temperature: 0.1,
      })
      .withResponse();
    const left = response.headers.get('x-gatehouse-dropped')?.split(', ').sort();
    // this model refuses to be told how to sample
    expect(left).toEqual(['presence_penalty', 'seed', 'temperature']);
    expect(vendors.seen.at(-1)?.body).not.toHaveProperty('temperature');
  });

  it('embeds, in base64 as it asks by default and in floats', async () => {
    const model = 'text-embedding-3-small';
    expect(
      (await client.embeddings.create({ model, input: ['a', 'b'] })).data.map(({ embedding }) => embedding),
    ).toEqual([SAYS.vector, SAYS.vector]);
    expect(
      (await client.embeddings.create({ model, input: 'a', encoding_format: 'float' })).data[0]?.embedding,
    ).toEqual(SAYS.vector);
    await expect(client.embeddings.create({ model: 'claude-opus-4-8', input: 'a' })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('lists models and finds each', async () => {
    for (const { id } of (await client.models.list()).data) expect((await client.models.retrieve(id)).id).toBe(id);
    await expect(client.models.retrieve('no-such-model')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });

  it('never hands on the gateway’s key or a stranger’s headers', async () => {
    const other = new OpenAI({
      baseURL: `${gateway.url}/v1`,
      apiKey: gateway.rootKey,
      defaultHeaders: { 'x-openwebui-user-email': 'a@b.c' },
    });
    await other.chat.completions.create({ model: 'gpt-4o-mini', messages: [user('say:text')] });
    const headers = JSON.stringify(vendors.seen[0]?.headers);
    expect(headers).not.toContain(gateway.rootKey);
    expect(headers).not.toContain('a@b.c');
    expect(vendors.seen[0]?.headers.authorization).toBe('Bearer sk-o');
  });
});
