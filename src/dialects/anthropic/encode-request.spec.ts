import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import type { ChatRequest } from '../../contract/request';
import { anthropicCount, anthropicMessages } from '.';
import { chat, encode, say, TARGET, USER } from '../../../test/support/anthropic-request';

function refusal(fields: Partial<ChatRequest>): GatewayError {
  try {
    encode(fields);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

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
