import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Message, Part } from '../../contract/request';
import { decodeRequest } from './decode-request';
import { encodeRequest } from './encode-request';

const target = { model: 'gpt-x' };

function chat(fields: Partial<ChatRequest> = {}): ChatRequest {
  return {
    operation: 'chat',
    model: 'alias',
    stream: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
    tools: [],
    hints: [],
    extras: [],
    ...fields,
  };
}
const user = (...parts: Part[]): Message => ({ role: 'user', parts });
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts });
const messagesOf = (...messages: Message[]) => encodeRequest(chat({ messages }), target).body.messages;

describe('encodeRequest', () => {
  it('says nothing that was not asked', () => {
    expect(encodeRequest(chat(), target)).toStrictEqual({
      body: { model: 'gpt-x', messages: [{ role: 'user', content: 'hi' }] },
      dropped: [],
    });
  });

  it('carries the options', () => {
    const { body } = encodeRequest(
      chat({
        stream: true,
        maxTokens: 9000,
        temperature: 0,
        stop: ['a'],
        n: 2,
        seed: 1,
        user: 'u',
        tools: [{ name: 'f', schema: { type: 'object' }, strict: true }],
        toolChoice: { type: 'tool', name: 'f' },
        parallelToolCalls: false,
        responseFormat: { type: 'json_schema', schema: { type: 'object' } },
      }),
      { model: 'gpt-x', maxOutputTokens: 4096 },
    );
    expect(body).toEqual({
      model: 'gpt-x',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 4096,
      temperature: 0,
      stop: ['a'],
      n: 2,
      seed: 1,
      user: 'u',
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'response', schema: { type: 'object' } } },
    });
  });

  it.each([
    [{ mode: 'on', effort: 'low' }, 'low'],
    [{ mode: 'on', effort: 'max' }, 'xhigh'],
    [{ mode: 'on', budgetTokens: 2048 }, 'low'],
    [{ mode: 'on', budgetTokens: 8192 }, 'medium'],
    [{ mode: 'on', budgetTokens: 8193 }, 'high'],
    [{ mode: 'adaptive' }, 'medium'],
    [{ mode: 'off' }, undefined],
  ] as const)('spells the thinking %j as effort %s', (thinking, effort) => {
    expect(encodeRequest(chat({ thinking }), target).body.reasoning_effort).toBe(effort);
  });

  it('reports what it left out, once each', () => {
    const marked = { type: 'text', text: 'a', cacheControl: { type: 'ephemeral' } } as const;
    const { body, dropped } = encodeRequest(
      chat({
        topK: 3,
        thinking: { mode: 'on', effort: 'high' },
        hints: ['service_tier'],
        messages: [
          user(marked, marked),
          assistant({ type: 'thinking', text: 'hm', signature: 's' }, { type: 'text', text: 'ok' }),
          user({ type: 'tool_result', toolCallId: 'c', parts: [{ type: 'text', text: 'broken' }], isError: true }),
        ],
      }),
      { model: 'gpt-x', thinks: false },
    );
    expect(dropped.toSorted()).toEqual(['cache_control', 'service_tier', 'thinking', 'tool_result.is_error', 'top_k']);
    expect(body.reasoning_effort).toBeUndefined();
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'a' },
        ],
      },
      { role: 'assistant', content: 'ok' },
      { role: 'tool', tool_call_id: 'c', content: 'broken' },
    ]);
  });

  it('puts tool results before what the user adds', () => {
    expect(
      messagesOf(
        assistant(
          { type: 'tool_call', id: 'a', name: 'f', arguments: '{}' },
          { type: 'tool_call', id: 'b', name: 'g', arguments: '' },
        ),
        user(
          { type: 'text', text: 'and?' },
          { type: 'tool_result', toolCallId: 'a', parts: [] },
          {
            type: 'tool_result',
            toolCallId: 'b',
            parts: [{ type: 'document', source: { kind: 'text', text: 'file' } }],
          },
        ),
      ),
    ).toStrictEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
          { id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '' },
      { role: 'tool', tool_call_id: 'b', content: 'file' },
      { role: 'user', content: 'and?' },
    ]);
  });

  it('names an end user whom OpenAI would refuse by a digest', () => {
    const { body } = encodeRequest(chat({ user: 'x'.repeat(65) }), target);
    expect(body.user).toMatch(/^[0-9a-f]{64}$/);
  });

  it('sends a user message that is empty, and none that is only tool results', () => {
    const result = { type: 'tool_result', toolCallId: 'a', parts: [] } as const;
    expect(messagesOf(user())).toStrictEqual([{ role: 'user', content: '' }]);
    expect(messagesOf(user(result))).toStrictEqual([{ role: 'tool', tool_call_id: 'a', content: '' }]);
  });

  it('carries images and documents', () => {
    expect(
      messagesOf(
        user(
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, detail: 'high' },
          { type: 'image', source: { kind: 'url', url: 'https://x.test/a' } },
          { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'BB' } },
        ),
      ),
    ).toStrictEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'high' } },
          { type: 'image_url', image_url: { url: 'https://x.test/a' } },
          { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,BB' } },
        ],
      },
    ]);
  });

  it('never sends an assistant message that OpenAI refuses as empty', () => {
    expect(messagesOf(assistant({ type: 'thinking', text: 'hm' }))).toStrictEqual([{ role: 'assistant', content: '' }]);
    expect(messagesOf(assistant({ type: 'refusal', text: 'no' }))).toStrictEqual([
      { role: 'assistant', content: null, refusal: 'no' },
    ]);
  });

  it('refuses everything it cannot carry, by name', () => {
    const file = { kind: 'file', id: 'secret-id' } as const;
    const image = { type: 'image', source: { kind: 'url', url: 'https://x.test' } } as const;
    const request = chat({
      extras: ['container'],
      tools: [{ name: 'x'.repeat(65), schema: {} }],
      messages: [
        user({ type: 'image', source: file }, { type: 'document', source: file }),
        user({ type: 'document', source: { kind: 'url', url: 'https://x.test' } }),
        user({ type: 'tool_result', toolCallId: 'c', parts: [image] }),
        assistant(image),
      ],
    });
    const message = refusal(request);
    for (const name of [
      'container',
      'images given by file id',
      'documents given by file id',
      'documents given by URL',
      'images in tool results',
      'images in assistant messages',
      `the tool name ${'x'.repeat(65)} (longer than 64 characters)`,
    ])
      expect(message).toContain(name);
    expect(message).not.toContain('secret-id');
  });

  it('refuses to continue a thread it does not hold, and to count tokens', () => {
    expect(() => encodeRequest(chat({ continues: 'msg_1' }), target)).toThrow(/whole conversation/);
    expect(() => encodeRequest(chat({ operation: 'count_tokens' }), target)).toThrow(/count/);
  });

  it('gives back what it read', () => {
    const body: JsonObject = {
      model: 'gpt-x',
      messages: [
        { role: 'system', content: 'be brief', name: 'ops' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } },
          ],
        },
        {
          role: 'assistant',
          content: 'b',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'r' },
      ],
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }],
      tool_choice: 'required',
      max_completion_tokens: 10,
      temperature: 0.2,
      top_p: 0.9,
      seed: 4,
      stop: ['x'],
      reasoning_effort: 'low',
      response_format: { type: 'json_object' },
      user: 'u',
    };
    expect(encodeRequest(decodeRequest(body), target).body).toEqual(body);
  });
});

function refusal(request: ChatRequest): string {
  try {
    encodeRequest(request, target);
  } catch (error) {
    return String(error);
  }
  throw new Error('was accepted');
}
