import { GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { UNKNOWN_USAGE } from '../../contract/reply';
import { anthropicMessages } from '.';
import { encodeUsage } from './usage';

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [{ type: 'text', text: 'hi', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 5, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 7 },
};

function decode(fields: JsonObject = {}) {
  return anthropicMessages.decodeReply({ ...MESSAGE, ...fields });
}

function failure(body: JsonObject): GatewayError {
  try {
    anthropicMessages.decodeReply(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('decodeReply', () => {
  it('runs from start to end', () => {
    const usage = { inputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, outputTokens: 7 };
    expect(decode()).toEqual([
      { type: 'start', id: 'msg_1', model: 'claude', usage },
      { type: 'text', block: 0, text: 'hi' },
      { type: 'finish', reason: 'stop' },
      { type: 'end', usage },
    ]);
  });

  it('tells what was written to the cache for an hour from what stays for minutes', () => {
    const written = { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 70 };
    const told = { ...MESSAGE.usage, cache_creation_input_tokens: 100, cache_creation: written };
    const usage = {
      inputTokens: 5,
      cacheReadTokens: 3,
      cacheWriteTokens: 100,
      cacheWriteLongTokens: 70,
      outputTokens: 7,
    };
    expect(decode({ usage: told }).at(-1)).toEqual({ type: 'end', usage });
    expect(encodeUsage(usage)).toMatchObject({ cache_creation_input_tokens: 100, cache_creation: written });
  });

  it('has no part that is more than its whole', () => {
    const told = {
      ...MESSAGE.usage,
      cache_creation: { ephemeral_1h_input_tokens: 70 },
      output_tokens_details: { thinking_tokens: 70 },
    };
    expect(decode({ usage: told }).at(-1)).toMatchObject({ usage: { cacheWriteLongTokens: 2, thinkingTokens: 7 } });
  });

  it.each([[undefined], [{}], [{ input_tokens: 5 }]])('says so when nobody counted the answer: %j', (usage) => {
    expect(decode({ usage: usage ?? null }).at(-1)).toEqual({ type: 'end', usage: UNKNOWN_USAGE });
  });

  it('reads every kind of block, the unknown ones by name', () => {
    const content: JsonObject[] = [
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'xx' },
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
      { type: 'tool_use', id: 't2', name: 'g', input: {} },
    ];
    expect(decode({ content }).slice(1, -2)).toEqual([
      { type: 'thinking', block: 0, text: 'hm' },
      { type: 'thinking_signature', block: 0, signature: 'sig' },
      { type: 'redacted_thinking', block: 1, data: 'xx' },
      { type: 'native', block: 2, name: 'server_tool_use' },
      { type: 'tool_call', block: 3, id: 't1', name: 'f' },
      { type: 'tool_arguments', block: 3, json: '{"a":1}' },
      { type: 'tool_call', block: 4, id: 't2', name: 'g' },
    ]);
  });

  it.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['pause_turn', 'pause'],
    ['constructor', 'stop'],
    [null, 'stop'],
  ])('reads the stop reason %s', (stop_reason, reason) => {
    expect(decode({ stop_reason })).toContainEqual({ type: 'finish', reason });
  });

  it('keeps the stop sequence', () => {
    expect(decode({ stop_reason: 'stop_sequence', stop_sequence: 'END' })).toContainEqual({
      type: 'finish',
      reason: 'stop_sequence',
      stopSequence: 'END',
    });
  });

  it('keeps what was spent on thinking and takes missing counts for zero', () => {
    const usage = {
      input_tokens: 1,
      output_tokens: 9,
      cache_read_input_tokens: null,
      output_tokens_details: { thinking_tokens: 4 },
    };
    expect(decode({ usage }).at(-1)).toEqual({
      type: 'end',
      usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 9, thinkingTokens: 4 },
    });
  });

  it.each([
    ['overloaded_error', 'overloaded'],
    ['rate_limit_error', 'rate_limited'],
    ['invalid_request_error', 'invalid_request'],
    ['timeout_error', 'deadline_exceeded'],
    ['authentication_error', 'provider_failed'],
    ['api_error', 'provider_failed'],
  ])('understands an error object of type %s', (type, code) => {
    const error = failure({ type: 'error', error: { type, message: 'm'.repeat(600), details: { error_code: 'why' } } });
    expect([error.code, error.message, error.facts.providerCode]).toEqual([code, 'm'.repeat(500), 'why']);
  });

  it.each<JsonObject>([
    {},
    { ...MESSAGE, id: 1 },
    { ...MESSAGE, model: null },
    { ...MESSAGE, content: 'secret' },
    { ...MESSAGE, content: ['secret'] },
    { ...MESSAGE, content: [{ text: 'secret' }] },
    { ...MESSAGE, content: [{ type: 'text', text: 1 }] },
    { ...MESSAGE, content: [{ type: 'thinking', thinking: 'secret', signature: 1 }] },
    { ...MESSAGE, content: [{ type: 'tool_use', id: 't', name: 'f', input: 'secret' }] },
    { type: 'error' },
    { type: 'error', error: 'secret' },
  ])('fails on nonsense without repeating it: %j', (body) => {
    const error = failure(body);
    expect(error.code).toBe('provider_failed');
    expect(error.message).not.toContain('secret');
  });
});
