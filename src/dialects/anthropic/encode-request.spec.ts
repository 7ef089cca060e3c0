import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Message } from '../../contract/request';
import type { Target } from '../codec';
import { anthropicCount, anthropicMessages } from '.';
import { encodeThinking } from './encode-thinking';

const USER: Message = { role: 'user', parts: [{ type: 'text', text: 'hi' }] };
const TARGET = { model: 'claude' };

function chat(fields: Partial<ChatRequest> = {}): ChatRequest {
  return {
    operation: 'chat',
    model: 'a',
    stream: false,
    messages: [USER],
    tools: [],
    hints: [],
    extras: [],
    ...fields,
  };
}

function encode(fields: Partial<ChatRequest> = {}, target = {}) {
  return anthropicMessages.encodeRequest(chat(fields), { ...TARGET, ...target });
}

function refusal(fields: Partial<ChatRequest>): GatewayError {
  try {
    encode(fields);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const say = (role: Message['role'], ...texts: string[]): Message => ({
  role,
  parts: texts.map((text) => ({ type: 'text', text })),
});

describe('encodeRequest', () => {
  it('spells the smallest request for the version that knows sampling', () => {
    expect(encode()).toEqual({
      body: {
        model: 'claude',
        max_tokens: 8192,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      },
      dropped: [],
      headers: { 'anthropic-version': '2023-06-01' },
    });
    expect(encode({}, { maxOutputTokens: 500 }).body.max_tokens).toBe(500);
    expect(encode({ maxTokens: 7 }, { maxOutputTokens: 500 }).body.max_tokens).toBe(7);
  });

  it('spells options and says which it left out', () => {
    const { body, dropped } = encode({
      stream: true,
      temperature: 0.5,
      topP: 0.9,
      topK: 3,
      seed: 0,
      presencePenalty: 1,
      frequencyPenalty: 0,
      stop: ['a', ' \n'],
      user: 'u',
      n: 1,
      hints: ['store'],
      messages: [{ ...USER, name: 'Ann' }],
    });
    expect(body).toMatchObject({
      stream: true,
      temperature: 0.5,
      top_k: 3,
      stop_sequences: ['a'],
      metadata: { user_id: 'u' },
    });
    expect(dropped).toEqual(['store', 'messages.name', 'top_p', 'stop', 'seed', 'presence_penalty']);
  });

  describe('messages', () => {
    it('makes leading instructions the system prompt and keeps later ones in place', () => {
      const { body } = encode({ messages: [say('system', 'a'), USER, say('system', 'b')] });
      expect(body.system).toBe('a');
      expect(body.messages).toEqual([
        { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        { role: 'system', content: [{ type: 'text', text: 'b' }] },
      ]);
    });

    it('spells several or cached instructions as blocks', () => {
      expect(encode({ messages: [say('system', 'a'), say('system', 'b', ''), USER] }).body.system).toEqual([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ]);
      const cacheControl = { type: 'ephemeral' };
      const cached: Message = { role: 'system', parts: [{ type: 'text', text: 'a', cacheControl }] };
      expect(encode({ messages: [cached, USER] }).body.system).toEqual([
        { type: 'text', text: 'a', cache_control: cacheControl },
      ]);
    });

    it('leaves out blank texts and merges what then stands side by side', () => {
      const { body } = encode({ messages: [say('user', 'a', ''), say('assistant', ' \n'), say('user', 'b')] });
      expect(body.messages).toEqual([
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ]);
    });

    it('names an end user whom Anthropic would refuse by a digest', () => {
      const { body } = encode({ user: 'ada@example.org' });
      expect(body.metadata).toEqual({ user_id: expect.stringMatching(/^[0-9a-f]{64}$/) });
    });

    it('puts tool results first and mends ids the same way on both sides', () => {
      const { body } = encode({
        messages: [
          USER,
          { role: 'assistant', parts: [{ type: 'tool_call', id: 'call:1', name: 'f', arguments: '{"a":1}' }] },
          { role: 'user', parts: [{ type: 'text', text: 'and' }] },
          {
            role: 'user',
            parts: [
              { type: 'tool_result', toolCallId: 'call:1', parts: [{ type: 'text', text: '21' }], isError: true },
            ],
          },
        ],
      });
      expect(body.messages).toEqual([
        { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: { a: 1 } }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_1', content: '21', is_error: true },
            { type: 'text', text: 'and' },
          ],
        },
      ]);
    });

    it('calls a JPEG by the name that Anthropic knows', () => {
      const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'AA==' } } as const;
      expect(encode({ messages: [{ role: 'user', parts: [image] }] }).body.messages).toEqual([
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AA==' } }],
        },
      ]);
    });

    it('spells a result of several parts as blocks, and an empty one without content', () => {
      const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } } as const;
      const { body } = encode({
        messages: [
          {
            role: 'user',
            parts: [
              { type: 'tool_result', toolCallId: 'a', parts: [{ type: 'text', text: 'x' }, image] },
              { type: 'tool_result', toolCallId: 'b', parts: [{ type: 'text', text: '' }] },
            ],
          },
        ],
      });
      const source = { type: 'base64', media_type: 'image/png', data: 'AA==' };
      const content = [
        { type: 'text', text: 'x' },
        { type: 'image', source },
      ];
      expect(body.messages).toEqual([
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content },
            { type: 'tool_result', tool_use_id: 'b' },
          ],
        },
      ]);
    });

    it('spells images, documents, refusals and calls without arguments', () => {
      const { body, dropped } = encode({
        messages: [
          {
            role: 'user',
            parts: [
              { type: 'image', source: { kind: 'url', url: 'https://x' }, detail: 'high' },
              { type: 'document', source: { kind: 'text', text: 'words' }, name: 'n' },
              { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' } },
            ],
          },
          {
            role: 'assistant',
            parts: [
              { type: 'refusal', text: 'no' },
              { type: 'tool_call', id: 't', name: 'f', arguments: '' },
            ],
          },
        ],
      });
      expect(body.messages).toEqual([
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'url', url: 'https://x' } },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' }, title: 'n' },
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'no' },
            { type: 'tool_use', id: 't', name: 'f', input: {} },
          ],
        },
      ]);
      expect(dropped).toEqual(['image detail']);
    });

    it('keeps thoughts that prove where they are from', () => {
      const { body, dropped } = encode({
        messages: [
          USER,
          {
            role: 'assistant',
            parts: [
              { type: 'thinking', text: 'a', signature: 's' },
              { type: 'thinking', text: 'b' },
              { type: 'redacted_thinking', data: 'd' },
            ],
          },
        ],
      });
      expect(body.messages).toMatchObject([
        {},
        {
          content: [
            { type: 'thinking', thinking: 'a', signature: 's' },
            { type: 'redacted_thinking', data: 'd' },
          ],
        },
      ]);
      expect(dropped).toEqual(['thinking']);
    });
  });

  describe('tools', () => {
    const tools = [{ name: 'f', description: 'd', schema: { properties: {} }, strict: true }];

    it('spells tools', () => {
      expect(encode({ tools }).body.tools).toEqual([
        {
          name: 'f',
          description: 'd',
          input_schema: { type: 'object', properties: {}, additionalProperties: false },
          strict: true,
        },
      ]);
    });

    it('holds the model to a schema only where Anthropic would', () => {
      const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
      const free = { type: 'object' };
      const asked = encode({
        tools: [
          { name: 'held', schema, strict: true },
          { name: 'free', schema: free, strict: true },
          { name: 'as it is', schema, strict: false },
        ].map((tool) => ({ ...tool, name: tool.name.replaceAll(' ', '_') })),
      });
      expect(asked.dropped).toEqual(['strict']);
      expect(asked.body.tools).toMatchObject([
        { strict: true, input_schema: { additionalProperties: false } },
        { strict: false, input_schema: free },
        { strict: false, input_schema: schema },
      ]);
    });

    it.each([
      [{ toolChoice: { type: 'required' } }, { type: 'any' }],
      [{ toolChoice: { type: 'auto' } }, { type: 'auto' }],
      [{ toolChoice: { type: 'none' }, parallelToolCalls: false }, { type: 'none' }],
      [{ toolChoice: { type: 'tool', name: 'f' } }, { type: 'tool', name: 'f' }],
      [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
      [{ parallelToolCalls: true }, undefined],
      [{ toolChoice: { type: 'auto' }, tools: [] }, undefined],
    ] as [Partial<ChatRequest>, unknown][])('spells the choice %j', (fields, expected) => {
      expect(encode({ tools, ...fields }).body.tool_choice).toEqual(expected);
    });
  });

  describe('response format', () => {
    it('spells a schema natively and plain JSON as an instruction', () => {
      const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
      const asked = encode({ responseFormat: { type: 'json_schema', name: 'n', schema } });
      expect(asked.body.output_config).toEqual({ format: { type: 'json_schema', schema } });
      expect(asked.dropped).toEqual([]);
      const loose = encode({ responseFormat: { type: 'json_object' }, messages: [say('system', 'a'), USER] });
      expect(loose.body.system).toEqual([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'Answer with one valid JSON object and nothing else.' },
      ]);
      expect(loose.dropped).toEqual([]);
    });

    it('asks in words for what Anthropic would not enforce, and says so', () => {
      const bounded = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
      const part = encode({ responseFormat: { type: 'json_schema', schema: bounded } });
      expect(part.body.output_config).toMatchObject({ format: { schema: { additionalProperties: false } } });
      expect(part.dropped).toEqual(['response_format']);
      const map = { type: 'object', additionalProperties: { type: 'integer' } };
      const whole = encode({ responseFormat: { type: 'json_schema', schema: map } });
      expect(whole.body).not.toHaveProperty('output_config');
      expect(whole.body.system).toContain(JSON.stringify(map));
      expect(whole.dropped).toEqual(['response_format']);
    });
  });

  describe('thinking', () => {
    it.each([
      ['a budget', { mode: 'on', budgetTokens: 2000 }, {}, { budget: 2000, max: 8192 }],
      ['a tiny budget', { mode: 'on', budgetTokens: 5 }, {}, { budget: 1024, max: 8192 }],
      ['a budget above the default bound', { mode: 'on', budgetTokens: 9000 }, {}, { budget: 9000, max: 10024 }],
      [
        'a budget above what the model can',
        { mode: 'on', budgetTokens: 9000 },
        { top: 4000 },
        { budget: 3999, max: 4000 },
      ],
      ['a bound below the budget', { mode: 'on', budgetTokens: 9000 }, { given: 3000 }, { budget: 2999, max: 3000 }],
    ] as const)(
      'fits %s below the bound of the answer',
      (_, thinking, { given, top }: { given?: number; top?: number }, expected) => {
        const { body, dropped } = encode({ thinking, maxTokens: given }, { maxOutputTokens: top });
        expect(body.thinking).toEqual({ type: 'enabled', budget_tokens: expected.budget });
        expect(body.max_tokens).toBe(expected.max);
        expect(dropped).toEqual([]);
      },
    );

    it('asks for no longer answer than the model can give', () => {
      expect(encode({ maxTokens: 9000 }, { maxOutputTokens: 4000 }).body.max_tokens).toBe(4000);
    });

    it('does not think where there is no room or no ability, and says so', () => {
      const small = encode({ thinking: { mode: 'on', budgetTokens: 5000 }, maxTokens: 100 });
      expect(small).toMatchObject({ body: { max_tokens: 100 }, dropped: ['thinking'] });
      expect(small.body).not.toHaveProperty('thinking');
      const unable = encode({ thinking: { mode: 'on', effort: 'high' } }, { thinks: false });
      expect(unable.dropped).toEqual(['thinking']);
      expect(unable.body).not.toHaveProperty('output_config');
    });

    it.each([{ type: 'required' }, { type: 'tool', name: 'f' }] as const)('is left out beside %j', (toolChoice) => {
      const tools = [{ name: 'f', schema: {} }];
      for (const thinks of ['budget', 'adaptive', true] as const) {
        const asked = {
          thinking: { mode: 'on', effort: 'high' },
          tools,
          toolChoice,
          maxTokens: 9000,
          temperature: 0,
        } as const;
        const { body, dropped } = encode(asked, { thinks });
        expect(body).not.toHaveProperty('thinking');
        expect(body).not.toHaveProperty('output_config');
        expect(body).toMatchObject({ max_tokens: 9000, temperature: 0, tool_choice: expect.anything() });
        expect(dropped).toEqual(['thinking']);
      }
      const free = encode({ thinking: { mode: 'on', effort: 'high' }, tools, toolChoice: { type: 'auto' } });
      expect(free.body).toHaveProperty('thinking');
    });

    it('spells effort, and leaves sampling to a thinking model', () => {
      const { body, dropped } = encode({
        thinking: { mode: 'on', effort: 'minimal' },
        temperature: 1,
        topP: 1,
        topK: 1,
      });
      expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } });
      expect(dropped).toEqual(['temperature', 'top_p', 'top_k']);
      expect(body).not.toHaveProperty('temperature');
    });

    it('says temperature or top_p, not both', () => {
      const { body, dropped } = encode({ temperature: 0, topP: 0.9 });
      expect([body.temperature, body.top_p, dropped]).toEqual([0, undefined, ['top_p']]);
      expect(encode({ topP: 0.9 }).body.top_p).toBe(0.9);
    });

    it.each([{ mode: 'off' }, { mode: 'on', effort: 'none' }] as const)('stays silent about %j', (thinking) => {
      const { body, dropped } = encode({ thinking, temperature: 0.2 });
      expect(body).not.toHaveProperty('thinking');
      expect([body.temperature, dropped]).toEqual([0.2, []]);
    });
  });

  it('counts the prompt alone', () => {
    const request = chat({
      operation: 'count_tokens',
      messages: [say('system', 's'), USER],
      temperature: 1,
      stop: ['x'],
      user: 'u',
      tools: [{ name: 'f', schema: { type: 'object' } }],
      toolChoice: { type: 'auto' },
      thinking: { mode: 'adaptive', effort: 'high' },
    });
    const { body } = anthropicCount.encodeRequest(request, TARGET);
    expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'system', 'thinking', 'tool_choice', 'tools']);
  });
});

describe('refusals', () => {
  const file = { type: 'image', source: { kind: 'file', id: 'f' } } as const;
  const result = { type: 'tool_result', toolCallId: 't', parts: [file] } as const;
  it.each([
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { topLogprobs: 3 }],
    ['temperature above 1', { temperature: 1.5 }],
    ['files by id', { messages: [{ role: 'user', parts: [file] }] }],
    ['files by id', { messages: [{ role: 'user', parts: [result] }] }],
    ['instructions other than text', { messages: [{ role: 'system', parts: [file] }, USER] }],
    ['audio', { extras: ['audio'] }],
    ['tools[0].name', { tools: [{ name: 'a b', schema: {} }] }],
    ['messages', { messages: [say('system', 'x')] }],
    ['messages', { messages: [say('user', '')] }],
  ] as [string, Partial<ChatRequest>][])('name %s', (field, fields) => {
    const error = refusal(fields);
    expect(error.code).toBe('invalid_request');
    expect(error.message).toContain(field);
  });

  it('name every field at once', () => {
    expect(refusal({ n: 2, logprobs: true, extras: ['audio'] }).message).toContain('audio, n, logprobs');
  });

  it.each(['{"secret', '[]', '"x"'])('name tool call arguments like %s without showing them', (args) => {
    const call = { type: 'tool_call', id: 't', name: 'f', arguments: args } as const;
    const error = refusal({ messages: [USER, { role: 'assistant', parts: [call] }] });
    expect(error.message).toBe('tool call arguments: expected a JSON object');
  });

  it('never answer from half a thread', () => {
    const error = refusal({ continues: 'msg_1', messages: [] });
    expect([error.code, error.facts.details]).toEqual(['not_found', { error_code: 'thread_not_found' }]);
  });
});

it('a request of this dialect survives the way through the vocabulary', () => {
  const body: JsonObject = {
    model: 'claude',
    max_tokens: 4096,
    system: 'be brief',
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 's' },
          { type: 'tool_use', id: 't1', name: 'f', input: { a: { b: ['ü'] } } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: '21' }] },
    ],
    tools: [{ name: 'f', input_schema: { type: 'object' } }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    thinking: { type: 'enabled', budget_tokens: 2048 },
    stop_sequences: ['END'],
    metadata: { user_id: 'u' },
    stream: true,
  };
  const decoded = anthropicMessages.decodeRequest(body);
  expect(anthropicMessages.encodeRequest(decoded, TARGET).body).toEqual(body);
});

describe('thinking, as the model knows it', () => {
  const plan = (thinking: ChatRequest['thinking'], thinks: Target['thinks']) =>
    encodeThinking(
      { operation: 'chat', model: 'm', stream: false, messages: [], tools: [], hints: [], extras: [], thinking },
      { model: 'm', thinks },
      new Set(),
    );

  it.each([
    [
      'an effort, by a model that only knows budgets',
      { mode: 'on', effort: 'high' },
      'budget',
      { type: 'enabled', budget_tokens: 16_384 },
      undefined,
    ],
    [
      'no measure, by a model that only knows budgets',
      { mode: 'adaptive' },
      'budget',
      { type: 'enabled', budget_tokens: 8_192 },
      undefined,
    ],
    [
      'a budget, by a model that decides itself',
      { mode: 'on', budgetTokens: 2_000 },
      'adaptive',
      { type: 'adaptive' },
      'low',
    ],
    [
      'an effort, by a model that decides itself',
      { mode: 'on', effort: 'max' },
      'adaptive',
      { type: 'adaptive' },
      'max',
    ],
    [
      'a budget, by a model that knows both',
      { mode: 'on', budgetTokens: 2_000 },
      true,
      { type: 'enabled', budget_tokens: 2_000 },
      undefined,
    ],
  ] as const)('is asked for with %s', (_name, thinking, thinks, expected, effort) => {
    expect(plan(thinking, thinks)).toMatchObject({ thinking: expected });
    expect(plan(thinking, thinks).effort).toBe(effort);
  });
});
